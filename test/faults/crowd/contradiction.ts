import { workloadKey } from "../../../functions/scan/incidents.ts";
import { FaultProxy } from "../proxy/proxy.ts";
import { quickPolicy, withOverrides } from "../../../local/scenarios/quick-policy.ts";
import { Ground } from "../ground.ts";
import { effectiveWrites } from "../invariants.ts";
import type { Stage } from "../stage.ts";
import { POLICY } from "../situations.ts";
import { differences, takeSnapshot } from "../snapshot.ts";
import { claimAnswers, executionOf, runAtOnce, type Planned } from "./executions.ts";
import { claimsHeld, wronglyRefused, type Episode } from "./episode.ts";
import { makeFail, planFailing, somePod, type Failing } from "./twenty.ts";

const PATIENCE_SECONDS = 240;
/** Long enough that nobody acts again; the test's workloads are many, and no storm. */
const OVERRIDES = { cool_down: { base_seconds: 300 }, storm: { min_workloads: 1_000, node_share: 1 } };

/**
 * Agents with runbooks that contradict each other, and the scheduled scan, over workloads that fail in different ways:
 * one of them acts on each workload.
 */
export async function contradict(stage: Stage, workloads: number, agents: number): Promise<Episode> {
  const ground = await Ground.create(stage.cluster, "crowd-agents");
  const proxy = await FaultProxy.start({ upstream: stage.upstream });
  try {
    const failing = planFailing(workloads);
    await makeFail(ground, failing);
    const before = await takeSnapshot(ground);
    const planned: Planned[] = [{ name: "scan", request: { namespace: ground.namespace } }];
    for (let agent = 0; agent < agents; agent++) {
      planned.push({ name: `agent-${agent}`, request: await runbook(ground, failing, agent) });
    }
    const began = Date.now();
    const ended = await runAtOnce(proxy, planned, quickPolicy(withOverrides(POLICY, OVERRIDES)), PATIENCE_SECONDS);
    const seconds = (Date.now() - began) / 1_000;

    const answers = claimAnswers(ended);
    const results = ended.flatMap(({ name, run }) => (run?.workloads ?? []).map((result) => ({ name, ...result })));
    const writes = effectiveWrites(proxy.requests).map((request) => ({
      execution: executionOf(request),
      workload: failing.find(({ name }) => request.path.split("/").some((part) => isOf(part, name)))?.name,
      request: `${request.method} ${request.path}`,
    }));
    const actors = Map.groupBy(writes, ({ workload }) => workload);
    const mayChange = Object.fromEntries(
      failing.flatMap(({ name, kind }) => [
        [`${kind.toLowerCase()}s/${name}`, ["spec.template", "spec.replicas"]],
        [`horizontalpodautoscalers/${name}`, ["spec.minReplicas", "spec.maxReplicas"]],
      ]),
    );
    const answered = ended.filter(({ name }) => name !== "scan");

    const violations = [
      ...ended
        .filter(({ run }) => run === undefined)
        .map(({ name }) => `${name} was still running after ${PATIENCE_SECONDS} s`),
      ...ended.flatMap(({ name, run }) =>
        run?.result.status === "failed"
          ? [`${name} failed with ${run.result.error.name}: ${run.result.error.cause}`]
          : [],
      ),
      ...(actors.get(undefined) ?? []).map(
        ({ execution, request }) => `${execution} touched something else: ${request}`,
      ),
      ...[...actors].flatMap(([workload, made]) => {
        const who = [...new Set(made.map(({ execution }) => execution))];
        return workload === undefined || who.length === 1 ? [] : [`${workload} was changed by ${who.join(" and ")}`];
      }),
      ...failing.flatMap(({ name }) => {
        const claimed = answers.some(({ workload, claim }) => workload.name === name && claim.status === "claimed");
        return claimed ? [] : [`nobody claimed ${name}`];
      }),
      ...wronglyRefused(answers),
      ...answered
        .filter(({ run }) => run !== undefined && run.notifications.length !== 1)
        .map(({ name, run }) => `${name} got ${run?.notifications.length ?? 0} answers instead of one`),
      ...repeated(results.filter(({ name }) => name === "scan").map(({ workload }) => workload)).map(
        (key) => `the scan reported ${key} twice`,
      ),
      ...differences(before, await takeSnapshot(ground), mayChange).map(
        (name) => `${name} changed beside the remedies`,
      ),
      ...(await claimsHeld(ground)),
    ];
    const claims = (status: string) => answers.filter(({ claim }) => claim.status === status);
    const already = claims("refused").filter(({ claim }) => claim.refusal === "AlreadyClaimed").length;
    return {
      what: `${agents} agents with contradictory runbooks and one scan, over ${workloads} workloads that fail in ${new Set(failing.map(({ way }) => way)).size} ways`,
      executions: planned.length,
      acted: claims("claimed").length,
      refused: already,
      otherwise: claims("refused").length - already,
      writes: writes.length,
      seconds,
      violations,
    };
  } finally {
    await proxy.stop();
    await ground.remove();
  }
}

/** What one agent asks for. Those that are as many agents apart as there are workloads contradict each other. */
async function runbook(ground: Ground, failing: readonly Failing[], agent: number): Promise<object> {
  const { namespace } = ground;
  const target = failing[agent % failing.length];
  if (target === undefined) throw new Error("There are no workloads.");
  const turn = Math.floor(agent / failing.length) % 3;
  if (target.kind === "StatefulSet" || turn === 0) {
    const pod = await somePod(ground, target);
    return { action: "restart_pod", namespace, pod_name: pod?.metadata?.name };
  }
  return turn === 1
    ? { action: "rollback_deployment", namespace, deployment_name: target.name }
    : { action: "scale_deployment", namespace, deployment_name: target.name, replicas: agent % 2 === 0 ? 3 : 1 };
}

/** Whether a part of a path is a workload's name, or that of one of its pods. */
function isOf(part: string, name: string): boolean {
  return part === name || part.startsWith(`${name}-`);
}

function repeated(workloads: readonly ({ kind: string; namespace: string; name: string } | undefined)[]): string[] {
  const keys = workloads.flatMap((workload) => (workload === undefined ? [] : [workloadKey(workload)]));
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}
