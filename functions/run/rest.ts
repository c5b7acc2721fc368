import { isAnswered } from "./asked-for.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Incident } from "./contracts.ts";
import { pause, pauseOfLookedAt, type Pause, type Wish } from "./cool-down.ts";
import { expiryOf, historyOf, holderOf } from "./lease.ts";
import { lookedAt } from "./looked-at.ts";
import { templateSince } from "./present-template.ts";
import { openOf } from "./works-again.ts";

/** Whom a claim is asked about. */
export interface RestRequest extends Wish {
  workload: WorkloadRef;
  /** Since when what is no workload is as it is, where the incident is about such an object; absent for a workload. */
  lookedAt?: { since: string | undefined };
  /** Whether somebody asks for a remedy, or what would be done; a scan that acts does not. */
  asked?: boolean;
  /** Whether people are to be told that it works again, and nothing is done. */
  worksAgain?: boolean;
  policy: Policy;
  now: Date;
}

/** Of several runs that find that it works again, the first tells it. */
const TOLD_BEFORE: Pause = {
  refusal: "AlreadyClaimed",
  message: "People were told already that it works again, or is gone.",
  needsPerson: false,
  leftToPerson: false,
};

/** What a claim is asked about an incident. A dry run looks again at what people were only told of, as whoever asks may. */
export function restRequest(incident: Incident, policy: Policy, now: Date, dryRun: boolean): RestRequest {
  return {
    workload: incident.workload,
    ...(lookedAt(incident) === undefined ? {} : { lookedAt: { since: incident.failures[0]?.since } }),
    asked: dryRun || isAnswered(incident),
    ...(incident.approval?.decision === "approve" ? { approves: incident.approval.plan } : {}),
    ...(incident.requested?.action === "undo" ? { undoes: incident.requested.execution } : {}),
    ...(incident.works_again === undefined ? {} : { worksAgain: true }),
    policy,
    now,
  };
}

/**
 * Why a workload rests: another execution has claimed it, it cools down, or it is left to a person. The scan leaves it out
 * for that, and the claim refuses it; undefined where nothing speaks against looking after it. The workload is read only
 * where that depends on its template.
 * @param lease its claim
 */
export async function restOf(
  cluster: Reader,
  lease: Lease,
  { workload, lookedAt, asked, worksAgain = false, policy, now, ...wish }: RestRequest,
): Promise<Pause | undefined> {
  const holder = holderOf(lease, now);
  if (holder !== undefined) {
    const message = `${describeWorkload(workload)} is being looked after by ${holder}, at the latest until ${expiryOf(lease).toISOString()}.`;
    return { refusal: "AlreadyClaimed", message, needsPerson: false, leftToPerson: false };
  }
  const history = historyOf(lease);
  if (worksAgain) return openOf(history) === undefined ? TOLD_BEFORE : undefined;
  if (lookedAt !== undefined) return pauseOfLookedAt(history, lookedAt.since, policy, now);
  const speaks = (template: string | undefined) => pause(history, template, policy, now, asked, wish);
  if (!history.some(({ template }) => speaks(template) !== undefined)) return undefined;
  return speaks(await templateSince(cluster, workload, history[0]?.template));
}
