import { type FailureKind, WITHOUT_PODS } from "./failures.ts";
import { labelsOf, ownedBy, randomOf, time, type Manifest, type Stored } from "./objects.ts";
import type { Plan, Planned } from "./plan.ts";
import { podOf, type PodState } from "./pods.ts";
import type { Random } from "./random.ts";

export const MINUTES_A_DAY = 1_440;

/** Who made it, as people deploy. */
export function managerOf(plan: Plan, planned: Planned): string {
  return randomOf(plan, planned, "manager").pick(["helm", "argocd-controller", "kubectl-client-side-apply"]);
}

/** When it was made: days or months before. */
export function birthOf({ size }: Plan, random: Random): Date {
  return new Date(size.built.getTime() - (1 + random.below(200)) * MINUTES_A_DAY * 60_000);
}

/** Its name and labels, as all that is made for it has them. */
export function head(plan: Plan, planned: Planned, born: Date, generation: number): Manifest["metadata"] {
  const random = randomOf(plan, planned, "uid");
  const annotations = {
    "meta.helm.sh/release-name": planned.name,
    "meta.helm.sh/release-namespace": planned.namespace,
  };
  return {
    name: planned.name,
    namespace: planned.namespace,
    uid: random.uid(),
    creationTimestamp: time(born),
    generation,
    labels: labelsOf(planned),
    annotations,
  };
}

/** How many of its pods are there, and how many of these are ready. */
export function countsOf({ replicas, failure, failing }: Planned): { there: number; ready: number; bad: number } {
  if (failure === "quota") return { there: replicas - 1, ready: replicas - 1, bad: 0 };
  const bad = failure === undefined || WITHOUT_PODS.includes(failure) ? 0 : failing;
  return { there: replicas, ready: replicas - bad, bad };
}

/** How the failing pods of a workload are, by what is wrong with it. */
export function podStateOf(failure: FailureKind | undefined): PodState {
  switch (failure) {
    case undefined:
    case "quota":
    case "hpa-at-maximum":
    case "hpa-without-metrics":
    case "job":
    case "cron-job":
      return "well";
    default:
      return failure;
  }
}

/** A node, drawn. */
export function nodeFor({ nodes }: Plan, random: Random): string {
  return nodes[random.below(nodes.length)] ?? "";
}

/** The pods of a workload that makes them itself. */
export function* podsOf(
  plan: Plan,
  planned: Planned,
  owner: Manifest,
  bad: number,
  born: Date,
  own: (random: Random, number: number) => { name: string; labels: Record<string, string>; node?: string },
): Generator<Stored> {
  const state: PodState = podStateOf(planned.failure);
  const taken = new Set<string>();
  for (let number = 0; number < planned.replicas; number++) {
    const random = randomOf(plan, planned, "pod-name", number);
    let { name, labels, node = nodeFor(plan, random) } = own(random, number);
    // As a controller does whose first name is refused.
    while (taken.has(name)) ({ name, labels, node = nodeFor(plan, random) } = own(random, number));
    taken.add(name);
    const plain = { name: `${planned.name}-${name}`, revision: 1, owner: ownedBy(owner), labels, node, born };
    yield podOf(plan, planned, { ...plain, state: number < bad ? state : "well" });
  }
}
