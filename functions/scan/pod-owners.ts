import { REPLICA_SET } from "../kinds/replica-set/kind.ts";
import { isOfKind } from "../kinds/kinds.ts";
import type { WorkloadFinder } from "../kinds/workload-finder.ts";
import { collectionOf } from "../shared/cluster/paths.ts";
import { controllerOf } from "../shared/kubernetes/owners.ts";
import { POD_TEMPLATE_HASH } from "../shared/kubernetes/template.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import { MOST_WITH_EACH } from "./batch-choice.ts";
import { answerOf, chunks, halves } from "./batches.ts";
import type { Missed } from "./missed.ts";
import type { Table } from "./table.ts";
import type { View } from "./view.ts";

/** So few ReplicaSets are read one by one. */
const FEW = 4;
/** So many are asked for in one request, as long as a URL may be. */
const AT_ONCE = 100;

/**
 * Reads the metadata of the ReplicaSets that control these pods, many at a time, by the label that they and their pods
 * share. What does not come is asked for by the finder itself.
 * @param namespace the one that all the pods are in; none for those of the whole cluster
 * @param missed counts it where the server is too busy, or cannot answer
 */
export async function learnOwners(
  view: View,
  finder: WorkloadFinder,
  pods: readonly (ObjectMeta | undefined)[],
  namespace: string | undefined,
  missed: Missed,
): Promise<void> {
  const wanted = new Map<string, string>();
  for (const metadata of pods) {
    const controller = controllerOf(metadata);
    const hash = metadata?.labels?.[POD_TEMPLATE_HASH];
    if (controller === undefined || hash === undefined || !isOfKind(controller, REPLICA_SET)) continue;
    wanted.set(`${metadata?.namespace ?? ""}/${controller.name}`, hash);
  }
  if (wanted.size <= FEW) return;
  const path = collectionOf(REPLICA_SET, namespace);
  const ask = async (hashes: readonly string[]): Promise<void> => {
    const query = { includeObject: "Metadata", labelSelector: `${POD_TEMPLATE_HASH} in (${hashes.join(",")})` };
    const answer = await view.large(() =>
      answerOf(async () => {
        const table = await view.cluster.table<Partial<Table>>(path, query, MOST_WITH_EACH * hashes.length);
        for (const { object } of table.rows ?? []) {
          if (wanted.has(`${object?.metadata?.namespace ?? ""}/${object?.metadata?.name ?? ""}`))
            finder.learn(REPLICA_SET, object?.metadata);
        }
      }),
    );
    // Somebody may have copied such a label many times over: it is found by which one too much comes.
    if (answer === "too much") await Promise.all(halves(hashes).map(ask));
  };
  try {
    await Promise.all(chunks([...new Set(wanted.values())], AT_ONCE).map(ask));
  } catch (error) {
    missed.fail(error, 0);
  }
}
