import type { Rollout } from "../../../functions/kinds/argo-rollout/rollout.ts";
import type { Scenario } from "../../kubernetes/scenario.ts";
import { webSpec } from "../web-spec.ts";

/** The policy under which Rollouts are looked after. */
export const ON = { owners: { argo_rollouts: true } };

/** How a Rollout `web` of two pods is to be. */
export interface Wanted {
  image?: string;
  /** How its pods fail, as the simulated kubelet knows it. */
  failure?: string;
  strategy?: object;
  metadata?: object;
  spec?: object;
}

const CANARY = { canary: { steps: [{ setWeight: 50 }, { pause: {} }] } };

/** Applies a Rollout as somebody does who writes no more than they have to. */
export async function applyRollout(
  scenario: Scenario,
  { image, failure, strategy = CANARY, metadata = {}, spec = {} }: Wanted = {},
): Promise<void> {
  await scenario.applyText(
    JSON.stringify({
      apiVersion: "argoproj.io/v1alpha1",
      kind: "Rollout",
      metadata: { name: "web", ...metadata },
      spec: { ...webSpec({ image, failure }), strategy, ...spec },
    }),
  );
}

export async function readRollout(scenario: Scenario): Promise<Rollout> {
  const text = await scenario.kubectl("-n", scenario.namespace, "get", "rollouts.argoproj.io", "web", "-o", "json");
  return JSON.parse(text) as Rollout;
}

/** The image that its template runs. */
export async function imageOf(scenario: Scenario): Promise<string | undefined> {
  return (await readRollout(scenario)).spec?.template?.spec?.containers[0]?.image;
}

/** Waits until its controller has seen its spec, and calls it so. */
export async function untilPhase(scenario: Scenario, phase: string): Promise<void> {
  await scenario.until(`the Rollout is ${phase}`, async () => {
    const { metadata, status } = await readRollout(scenario);
    return status?.observedGeneration === String(metadata?.generation) && status.phase === phase;
  });
}

/** Patches its status, as the plugin of kubectl does. */
export async function patchStatus(scenario: Scenario, status: object): Promise<void> {
  const patch = ["--subresource=status", "--type=merge", "-p", JSON.stringify({ status })];
  await scenario.kubectl("-n", scenario.namespace, "patch", "rollouts.argoproj.io", "web", ...patch);
}

/** A Rollout that is well, and then one of which every new pod crashes. */
export async function spoil(scenario: Scenario, wanted: Wanted = {}): Promise<void> {
  await applyRollout(scenario, wanted);
  await untilPhase(scenario, "Healthy");
  await applyRollout(scenario, { ...wanted, image: "shop/web:2", failure: "crash-loop" });
  await scenario.untilFailing("CrashLoopBackOff");
}

/** What was written, claims and Events left out. */
export function writes(scenario: Scenario): string[] {
  return scenario
    .writes()
    .filter(({ status, resource }) => status < 300 && !["leases", "events"].includes(resource))
    .map(({ verb, resource }) => `${verb} ${resource}`);
}
