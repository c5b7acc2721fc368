import type { Incident } from "./contracts.ts";

/**
 * What is looked at beside workloads, and reported only: objects that send to pods, scale them, make them by a schedule, carry them, measure them or keep them. Nothing is ever
 * written to them; what is wrong is told in one sentence, and again after a day at the earliest while it stays so.
 */
export const LOOKED_AT = {
  Service: ["SelectsNoPod", "NoSuchTargetPort", "TargetAtZero"],
  Ingress: ["NoSuchService"],
  HorizontalPodAutoscaler: ["TargetAtZero"],
  CronJob: ["MissedSchedule", "HeldUpByItsJob"],
  Node: ["NodeNotReady"],
  APIService: ["ApiNotServed"],
  Application: ["AutomatedSyncPaused"],
  Kustomization: ["SuspendedByRemedy"],
  HelmRelease: ["SuspendedByRemedy"],
} as const;

/** The API groups of those that are not of Kubernetes itself. */
const GROUPS: ReadonlyMap<string, string> = new Map([["Application", "argoproj.io"]]);

type LookedAt = typeof LOOKED_AT;
/** What may be wrong with one of them. */
export type LookedAtReason = LookedAt[keyof LookedAt][number];

/** What is wrong with it, where the incident is about such an object and not about a workload; undefined otherwise. */
export function lookedAt({ workload, failures, failing_pods, requested }: Incident): LookedAtReason | undefined {
  const { kind, group } = workload;
  if (group !== GROUPS.get(kind) || failing_pods > 0 || requested !== undefined || !isKind(kind)) return undefined;
  const reasons: readonly LookedAtReason[] = LOOKED_AT[kind];
  const [first, ...others] = failures.map(({ reason }) => reasons.find((known) => known === reason));
  return others.length === 0 ? first : undefined;
}

function isKind(kind: string): kind is keyof LookedAt {
  return Object.hasOwn(LOOKED_AT, kind);
}
