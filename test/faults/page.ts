import { format } from "prettier";
import { figures, promises, type Results } from "./report.ts";

/** docs/reliability.md: what is promised, how it is tested, and what the last run measured. */
export async function reliabilityPage(results: Results): Promise<string> {
  return await format(text(results), { parser: "markdown", printWidth: 120 });
}

function text(results: Results): string {
  return `# Reliability

What the workflow promises when the network and the API server fail it, and how often it was seen to keep that.

## What is promised

| promise | in words |
| --- | --- |
${promises()}

## How it is tested

The functions reach a real control plane (etcd, kube-apiserver and the controllers; only the kubelet is simulated) through
a proxy that spoils requests. A situation is first played without a fault, which tells how many requests its run makes.
Then it is played once for each pair of a request and a fault, in a namespace of its own, as the functions' own Kubernetes
groups. After each run, what reached the API server is held against what was reported:

- The proxy's log says which writes took effect, whatever the functions were told. A dry run, a claim and an Event are no
  change of a workload.
- The specs, labels, annotations and data of everything in the namespace are read before and after. Beside the target stand
  a Deployment and a ConfigMap that nothing may touch.
- A workflow that fails is handed to the notify function as EventBridge does it, and what that sends counts as told.
- A failing workload that is not reported is overlooked, unless the run's output names what it could not see (\`unseen\`).

A fault is not a reason to end otherwise than without it: where an outcome differs, it is because the step that met the fault
may not guess (403, 409 and 410 say that something is so) or because a wait was over meanwhile.

## How to run it

\`\`\`
npm run test:faults -- --limit 30                      # a spread-out sample of 30 pairs of each situation
npm run test:faults                                    # every pair
npm run test:faults -- --rate 0.1 --runs 20            # a tenth of all requests, with any fault
npm run test:faults -- --scenario bad-rollout --fault 503 --request 12
\`\`\`

It starts a control plane of its own; \`REMEDIATION_TEST_CLUSTER=.cluster\` uses the one that runs in that directory. Every
violation is printed with the command that plays it alone; \`test-results/faults.json\` has each run.

## Figures
${figures(results)}`;
}
