import type { FailureKind, Pool } from "./failures.ts";
import type { Plan, Planned } from "./plan.ts";
import { workloadObjects } from "./workloads.ts";

/** A workload that has to be found. */
export interface Injected {
  kind: Pool;
  namespace: string;
  name: string;
  failure: FailureKind;
  /** The names of its pods. */
  pods: string[];
}

/** The workloads that have to be found, by `keyOf`. */
export type Truth = ReadonlyMap<string, Injected>;

export function keyOf({ kind, namespace, name }: { kind: string; namespace: string; name: string }): string {
  return `${kind}/${namespace}/${name}`;
}

/** What fails in a population. */
export function truthOf(plan: Plan): Truth {
  return new Map(
    plan.workloads.flatMap((planned) => {
      const injected = injectedOf(plan, planned);
      return injected === undefined ? [] : [[keyOf(injected), injected] as const];
    }),
  );
}

function injectedOf(plan: Plan, planned: Planned): Injected | undefined {
  const { failure, pool: kind, namespace, name } = planned;
  if (failure === undefined) return undefined;
  const objects = [...workloadObjects(plan, planned)].filter(({ resource }) => resource === "pods");
  return { kind, namespace, name, failure, pods: objects.map(({ object }) => object.metadata.name) };
}

/** What one way told, held to what there is to find. */
export interface Score {
  injected: number;
  found: number;
  /** How many of each kind of failure were not found; empty when all were. */
  missed: Partial<Record<FailureKind, number>>;
  /** Those that were told, and are well. */
  healthyTold: string[];
}

/** @param told the workloads that were told, by `keyOf`; a pod that is told stands for the workload that it belongs to */
export function scoreOf(truth: Truth, told: Iterable<string>): Score {
  const byPod = new Map<string, string>();
  for (const [key, { namespace, pods }] of truth) {
    for (const name of pods) byPod.set(keyOf({ kind: "Pod", namespace, name }), key);
  }
  const found = new Set<string>();
  const healthyTold: string[] = [];
  for (const key of new Set(told)) {
    const workload = truth.has(key) ? key : byPod.get(key);
    if (workload === undefined) healthyTold.push(key);
    else found.add(workload);
  }
  const missed: Score["missed"] = {};
  for (const [key, { failure }] of truth) if (!found.has(key)) missed[failure] = (missed[failure] ?? 0) + 1;
  return { injected: truth.size, found: found.size, missed, healthyTold };
}
