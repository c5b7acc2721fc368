import { readState } from "../../facts/state.ts";
import type { Reader } from "../../shared/cluster/cluster.ts";
import { isRemediationError, type ErrorName } from "../../shared/errors.ts";
import type { OutcomeRecord } from "../record/record.ts";
import type { Records } from "../record/week.ts";
import type { Published } from "../sns.ts";
import { SCORECARD_VERSION, type ClusterScore, type NamespaceScore, type ScorecardDocument } from "./document.ts";
import { scorecardMessage } from "./message.ts";
import { scorecardOf, tallyOf, type LookAt } from "./scorecard.ts";

/** What the function may use. */
export interface WeeklyEnvironment {
  /** The cluster that it is for; a hub's own. */
  clusterName: string;
  now: () => Date;
  /** The latest outcomes since then, so many at most. */
  records: (since: string, most: number) => Promise<Records>;
  connect: (clusterName: string) => Promise<Reader>;
  /** Whether `https` subscribers get the form for chat. */
  isForChat: boolean;
  /** @throws RemediationError `NotificationFailed` */
  publish: (message: Published) => Promise<void>;
}

const WEEK_MS = 7 * 24 * 3_600_000;
/** How many outcomes are looked through. */
const MOST = 10_000;
/** How many namespaces are told of: a message of SNS has 256 KiB, and people read less. */
const MAX_NAMESPACES = 200;
/** After these a cluster is not asked again: one that is gone must not keep the others' numbers from being told. */
const LOST: ErrorName[] = [
  "ClusterNotFound",
  "ClusterNotPermitted",
  "ClusterUnavailable",
  "ClusterUnreachable",
  "FleetUnreadable",
  "Unauthorized",
];

/**
 * Tells how the decisions of the last week compare with what happened, and what became of what was done: one message for all
 * clusters. What cannot be looked at counts as not known.
 * @throws RemediationError `NotificationFailed`; what reading the record throws
 */
export async function tellTheWeek(environment: WeeklyEnvironment): Promise<ScorecardDocument> {
  const to = environment.now();
  const from = new Date(to.getTime() - WEEK_MS).toISOString();
  const { records, unread, isCut } = await environment.records(from, MOST);
  const names = [...new Set([environment.clusterName, ...records.map((record) => record.cluster_name)])];
  const clusters: ClusterScore[] = [];
  for (const name of names) {
    const own = records.filter((record) => record.cluster_name === name);
    clusters.push(await scoreOf(name, own, environment));
  }
  const range = { from, to: to.toISOString() };
  const document = {
    ...({ version: SCORECARD_VERSION, about: "scorecard", ...range, unread, is_cut: isCut } as const),
    ...withFewNamespaces(clusters),
  };
  await environment.publish(scorecardMessage(document, environment.isForChat));
  return document;
}

async function scoreOf(
  clusterName: string,
  records: readonly OutcomeRecord[],
  { connect }: WeeklyEnvironment,
): Promise<ClusterScore> {
  const card = await scorecardOf(records, lookAt(clusterName, connect));
  const unseen = card.decisions.filter(({ afterwards }) => afterwards.is === "unknown").length;
  return { cluster_name: clusterName, ...tallyOf(card), not_looked_at: unseen, namespaces: card.namespaces };
}

/** The clusters with so many namespaces as there is room for in all, those that are ready for something first. */
function withFewNamespaces(
  clusters: readonly ClusterScore[],
): Pick<ScorecardDocument, "clusters" | "omitted_namespaces"> {
  const all = clusters.flatMap(({ namespaces }) => namespaces);
  const isReady = (each: NamespaceScore) => each.ready_for !== undefined;
  const told = new Set([...all.filter(isReady), ...all.filter((each) => !isReady(each))].slice(0, MAX_NAMESPACES));
  return {
    clusters: clusters.map((each) => ({ ...each, namespaces: each.namespaces.filter((one) => told.has(one)) })),
    omitted_namespaces: all.length - told.size,
  };
}

function lookAt(clusterName: string, connect: WeeklyEnvironment["connect"]): LookAt {
  let isLost = false;
  return async (workload) => {
    if (isLost) return "not looked at";
    try {
      return (await readState(await connect(clusterName), workload)) ?? "not looked at";
    } catch (error) {
      if (!isRemediationError(error)) throw error;
      if (isRemediationError(error, "WorkloadNotFound", "NotFound")) return "gone";
      isLost = isRemediationError(error, ...LOST);
      return "not looked at";
    }
  };
}
