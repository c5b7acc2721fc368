import { type Discovered } from "../../shared/discovered.ts";
import type { DiscoveryDocument } from "./document.ts";
import { commandsFor } from "./words.ts";

/** How often running an account that was asked before cannot be asked, until people are told: what passes within a quarter of an hour is no news. */
const TIMES = 3;

/** What people are to be told of an account and region, and all that they know of it then. */
export interface News extends Pick<DiscoveryDocument, "waiting" | "failed" | "left_out"> {
  told: string[];
}

/**
 * What people were not told yet of what was discovered. Each is told once, and again after it was over. A cluster that is being
 * created is no news. Pure.
 * @param isFirst whether nobody has asked there before
 */
export function newsOf(
  { account, region, roles, clusters, left_out: leftOut, failed, told }: Discovered,
  isFirst: boolean,
): News {
  const known = new Set(told);
  const news: News = { told: [], waiting: [], failed: [], left_out: [] };
  const isNew = (key: string) => {
    news.told.push(key);
    return !known.has(key);
  };
  for (const { name, waits } of clusters) {
    if (waits === undefined || waits.for === "endpoint") continue;
    const functions = waits.for === "access entries" ? waits.functions.map((each) => each.name) : [];
    if (!isNew([waits.for, name, ...functions].join(" "))) continue;
    const cluster = { name, account, region, roles, waits };
    news.waiting.push({ ...cluster, commands: commandsFor(cluster) });
  }
  if (leftOut > 0 && isNew("left out")) news.left_out.push({ account, region, number: leftOut });
  const isTold = failed !== undefined && (known.has("failed") || isFirst || failed.times >= TIMES);
  if (isTold && isNew("failed")) {
    const { why, since } = failed;
    const kept = clusters.filter(({ waits }) => waits === undefined).length;
    news.failed.push({ account, region, why, since, kept });
  }
  return news;
}
