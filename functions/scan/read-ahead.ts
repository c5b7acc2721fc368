import { objectIn, collectionOf } from "../shared/cluster/paths.ts";
import type { Named, Scanned } from "../kinds/kind.ts";
import type { SuspectRule } from "../kinds/suspects.ts";
import { readTogether } from "./batches.ts";
import { Missed } from "./missed.ts";
import type { View } from "./view.ts";

/** A workload that is to be read, and the labels that it may have: those of one of its pods, or of its HPA. */
export interface Wanted {
  namespace: string;
  name: string;
  labels: Readonly<Record<string, string>>;
}

/** What is wanted is known by its name, whatever its row would show. */
const BY_NAME: SuspectRule = { columns: ["Name"], isSuspect: () => true };

/**
 * Reads workloads many at a time, by a label that has the workload's name as its value where their pods or HPAs have one: as a
 * rule they have it themselves, and nothing else has it. The view hands each of them out when it is asked for; what did not come in this way is
 * read then.
 * @param namespace the one that all of them are in; none for those of the whole cluster
 */
export async function readAhead(
  view: View,
  kind: Scanned,
  wanted: readonly Wanted[],
  namespace: string | undefined,
): Promise<void> {
  const collection = collectionOf(kind, namespace);
  const suspects = [...Map.groupBy(wanted, ({ name }) => name)].map(([name, members]) => {
    const label = Object.entries(members[0]?.labels ?? {}).find(([, value]) => value === name)?.[0];
    const batch = label === undefined ? undefined : { label, value: name };
    const selector = `metadata.name=${name}`;
    return { name, selector, count: members.length, suspected: members.length, batch, others: [] };
  });
  const rows = { collection, rule: BY_NAME, query: {}, everywhere: true, seen: wanted.length, suspects };
  const take = (object: Named) => {
    const { namespace: place = "", name = "" } = object.metadata ?? {};
    view.keep(objectIn(collectionOf(kind, place), name), object);
  };
  await readTogether(view, rows, take, new Missed());
}
