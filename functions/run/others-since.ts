import { describeWorkload } from "../kinds/workloads.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { isAnswered } from "./asked-for.ts";
import type { Claim, HistoryEntry, Incident, WorkloadRun } from "./contracts.ts";
import { historyOf, leaseName } from "./lease.ts";

/** Who found a workload, and when. */
type Finder = Pick<WorkloadRun, "execution" | "found_at">;

/**
 * What other executions have done about a workload since this one found it, newest first, as its claim remembers it and by the
 * clocks of those who wrote it; what is not past by this one's says nothing of the order. What was found then is no reason to
 * act any more. Nothing where it is not known when that was.
 */
export function othersSince(lease: Lease, { execution, found_at: found }: Finder, now: Date): HistoryEntry[] {
  if (found === undefined) return [];
  const isSince = (at: number) => at > Date.parse(found) && at <= now.getTime();
  return historyOf(lease).filter((entry) => entry.execution !== execution.name && isSince(Date.parse(entry.at)));
}

/** What is answered to an execution that would claim what others have looked after since; undefined where nobody has. */
export function lookedAfterSince(run: WorkloadRun, lease: Lease, now: Date): Claim | undefined {
  const { incident, found_at: found = "" } = run;
  const [latest] = othersSince(lease, run, now);
  if (latest === undefined) return undefined;
  const { execution, cause, outcome, at } = latest;
  const who = `${execution} has looked after ${describeWorkload(incident.workload)} (${cause}: ${outcome}, at ${at})`;
  return {
    status: "refused",
    lease: leaseName(incident.workload),
    refusal: "AlreadyClaimed",
    message: `${who} since this execution found it at ${found}, so nothing is done about what was found then. ${nextFor(incident)}`,
    needs_person: false,
  };
}

/** Who comes back to it: a scan by itself, and what somebody has decided or asks for only when they say so again. */
function nextFor({ approval, ...incident }: Incident): string {
  if (approval !== undefined) {
    return approval.decision === "approve"
      ? "Approve it again if it is still proposed."
      : "Decline it again if it is still proposed.";
  }
  return incident.requested === undefined && !isAnswered(incident)
    ? "The next scan looks at it anew."
    : "Ask for it again if it is still wanted.";
}
