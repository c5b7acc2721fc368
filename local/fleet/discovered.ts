import { waitsWords } from "../../functions/notify/discovery/words.ts";
import { itemsOf } from "../../functions/notify/record/table.ts";
import { shownCluster } from "../../functions/shared/cluster-name.ts";
import { DISCOVERED, parseDiscovered, type Discovered } from "../../functions/shared/discovered.ts";
import { reading, tableClient } from "../record/table.ts";

/** For how long what was discovered is shown after nobody has looked for clusters there any more, in milliseconds. */
const SHOWN_MS = 86_400_000;

/** How a cluster came to be looked at. */
export type Came = "own" | "list" | "tag";

/**
 * What was discovered, of those accounts and regions in which it was looked for clusters within a day.
 * @param region as the AWS SDK finds it by default
 * @throws RecordUnreadable with what AWS answers
 */
export async function discoveredIn(table: string, region: string | undefined, now: Date): Promise<Discovered[]> {
  const items = await reading("table", () => itemsOf(tableClient(region), table, DISCOVERED));
  return items
    .flatMap(({ discovered }) => parseDiscovered(discovered?.S ?? "") ?? [])
    .filter(({ at }) => now.getTime() - Date.parse(at) < SHOWN_MS);
}

/** How a cluster came, by the name that its look has. */
export function cameBy(name: string, discovered: readonly Discovered[]): Came {
  const [, , , region, account, resource] = name.split(":");
  if (resource === undefined) return "own";
  const source = discovered.find((each) => each.account === account && each.region === region);
  const isFound = source?.clusters.some((cluster) => resource === `cluster/${cluster.name}`) === true;
  return isFound ? "tag" : "list";
}

/** A line on what is in the way of clusters that are discovered. */
export interface Hindrance {
  line: string;
  /** Not where it passes by itself. */
  needsPerson: boolean;
}

/** What is in the way of clusters that are discovered. */
export function inTheWay(discovered: readonly Discovered[]): Hindrance[] {
  return discovered.flatMap((each) => [...waiting(each), ...inFull(each).map((line) => ({ line, needsPerson: true }))]);
}

function waiting({ account, region, clusters, at }: Discovered): Hindrance[] {
  return clusters.flatMap(({ name, waits }) => {
    if (waits === undefined) return [];
    const shown = shownCluster(`arn:aws:eks:${region}:${account}:cluster/${name}`);
    const line = `${shown} is tagged, and not looked at as of ${at}: ${waitsWords(waits)}.`;
    return [{ line, needsPerson: waits.for !== "endpoint" }];
  });
}

function inFull({ account, region, failed, left_out: left }: Discovered): string[] {
  const unknown =
    failed === undefined
      ? []
      : [
          `Which clusters of account ${account} in ${region} are tagged cannot be known in full since ${failed.since}: ${failed.why}`,
        ];
  return left === 0
    ? unknown
    : [
        ...unknown,
        `In account ${account} in ${region}, ${left} more ${left === 1 ? "is" : "are"} tagged than are looked at.`,
      ];
}
