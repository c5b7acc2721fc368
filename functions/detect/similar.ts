import { KINDS, handledKinds, isOfKind } from "../kinds/kinds.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import { collectionOf, paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import { groupField } from "../shared/kubernetes/groups.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { among } from "./spelling.ts";

/** How many similar names are told. */
const MAX_TOLD = 3;
/** How many objects of a kind are looked through: of a namespace that holds more, nothing is told of that kind. */
const MAX_OBJECTS = 500;

/**
 * What there is under a name like that of a workload, or a pod, that is not there: of the pods for a pod, of all kinds that are
 * remedied for a workload. What cannot be read is not among it.
 */
export async function readSimilar(cluster: Reader, wanted: WorkloadRef): Promise<WorkloadRef[]> {
  const { namespace } = wanted;
  const kinds =
    wanted.kind === "Pod"
      ? [{ ref: { kind: "Pod" }, path: paths.pods(namespace) }]
      : handledKinds().map((each) => ({
          ref: { kind: each.kind, ...groupField(each.apiVersion) },
          path: collectionOf(each, namespace),
        }));
  const lists = await Promise.all(
    kinds.map(async ({ ref, path }) => (await namesIn(cluster, path)).map((name) => ({ ...ref, namespace, name }))),
  );
  const there = lists.flat();
  const names = among(
    wanted.name,
    there.map(({ name }) => name),
  );
  const sameKindFirst = there.toSorted((a, b) => Number(!isAlike(a, wanted)) - Number(!isAlike(b, wanted)));
  return names.flatMap((name) => sameKindFirst.filter((each) => each.name === name)).slice(0, MAX_TOLD);
}

/** What is said of it: ` There is Deployment shop/api.`; nothing where there is none. */
export function similarWords(similar: readonly WorkloadRef[]): string {
  const [first, ...others] = similar.map(describeWorkload);
  if (first === undefined) return "";
  return others.length === 0 ? ` There is ${first}.` : ` There are ${[first, ...others].join(", ")}.`;
}

function isAlike(one: WorkloadRef, other: WorkloadRef): boolean {
  const known = KINDS.find((kind) => isOfKind(other, kind));
  return known === undefined ? one.kind === other.kind : isOfKind(one, known);
}

async function namesIn(cluster: Reader, path: string): Promise<string[]> {
  try {
    const objects = await cluster.listSmall<{ metadata?: ObjectMeta }>(path, MAX_OBJECTS);
    return (objects ?? []).flatMap(({ metadata }) => metadata?.name ?? []);
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    return [];
  }
}
