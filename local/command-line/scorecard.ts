import { readState } from "../../functions/facts/state.ts";
import { subjectOf, type OutcomeRecord } from "../../functions/notify/record/record.ts";
import type { Look } from "../../functions/notify/scorecard/afterwards.ts";
import { scorecardOf, type LookAt } from "../../functions/notify/scorecard/scorecard.ts";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { isRemediationError } from "../../functions/shared/errors.ts";
import { RecordUnreadable, type RecordStore } from "../record/store.ts";
import { scorecardText } from "../scorecard/text.ts";
import { EXIT } from "./exit.ts";
import { connectionFromKubeconfig } from "./kubeconfig.ts";
import { storeOf, tellUnread, type RecordOptions } from "./look-back.ts";

/** What the scorecard is of. */
export interface ScorecardOptions extends RecordOptions {
  namespace?: string;
  since?: string;
  cluster?: string;
  kubeconfig?: string;
  context?: string;
}

/** How many outcomes are looked through. */
const MOST = 10_000;
/** How many executions are read at once. */
const AT_ONCE = 10;

/** Prints what became of what was decided, and of what was done. */
export async function scorecard(options: ScorecardOptions): Promise<number> {
  const records = await recordsIn(storeOf(options), options);
  const clusters = new Set(records.map(({ cluster_name }) => cluster_name));
  if (isLookedAt(options) && clusters.size > 1) {
    const names = [...clusters].sort().join(", ");
    throw new RecordUnreadable(
      `The record is of several clusters: ${names}. Say with --cluster which one the context is of.`,
    );
  }
  const card = await scorecardOf(records, await lookThrough(options));
  process.stdout.write(`${options.json === true ? JSON.stringify(card) : scorecardText(card)}\n`);
  return EXIT.nothingToDo;
}

async function recordsIn(store: RecordStore, options: ScorecardOptions): Promise<OutcomeRecord[]> {
  const { since, namespace, cluster } = options;
  const { outcomes: listed, unread } = await store.list({ since, namespace, limit: MOST });
  tellUnread(unread);
  const wanted = listed.filter(({ cluster_name }) => cluster === undefined || cluster_name === cluster);
  const subjects = new Set(wanted.map(({ execution, subject }) => `${execution} ${subject}`));
  const executions = [...new Set(wanted.map(({ execution }) => execution))];
  const records: OutcomeRecord[] = [];
  for (let start = 0; start < executions.length; start += AT_ONCE) {
    const some = await Promise.all(executions.slice(start, start + AT_ONCE).map((each) => store.of(each)));
    records.push(...some.flatMap(({ outcomes }) => outcomes));
  }
  return records.filter((record) => subjects.has(`${record.execution.name} ${subjectOf(record)}`));
}

function isLookedAt({ kubeconfig, context }: ScorecardOptions): boolean {
  return kubeconfig !== undefined || context !== undefined;
}

/** How a workload is looked at: not at all where no cluster is named. */
async function lookThrough(options: ScorecardOptions): Promise<LookAt> {
  const { kubeconfig, context } = options;
  if (!isLookedAt(options)) return () => Promise.resolve("not looked at");
  const cluster = new HttpCluster(await connectionFromKubeconfig(kubeconfig, context));
  return async (workload): Promise<Look> => {
    try {
      return (await readState(cluster, workload)) ?? "not looked at";
    } catch (error) {
      if (isRemediationError(error, "WorkloadNotFound", "NotFound")) return "gone";
      throw error;
    }
  };
}
