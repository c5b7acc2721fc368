import * as z from "zod";
import type { PastOutcome } from "../executions/runs.ts";
import { WorkloadResult, type Report, type WorkloadRun } from "../run/contracts.ts";
import { coolDownMs } from "../run/cool-down.ts";
import { unseenSeconds } from "../run/pauses.ts";
import type { Policy } from "../shared/policy.ts";

/** How long ago a run may have ended that met the same, in seconds; as for a workload that is met again. */
export const GAP_SECONDS = 900;

const Output = z.object({ workloads: z.array(z.unknown()) });

/** Whether the workload could not be claimed, so that no claim can remember what people were told of it. */
export function isUnclaimed({ claim, error, incident, dry_run }: WorkloadRun): boolean {
  return claim === undefined && error !== undefined && incident.requested === undefined && !dry_run;
}

/**
 * The report on a workload that could not be claimed, with when people were told the same where they are not told again. The
 * outputs of the runs before remember it: people are told after the pauses of the policy's cool-down, which double.
 * @param past what the runs before ended with, the latest first
 */
export function withMemory(report: Report, past: readonly PastOutcome[], policy: Policy, now: Date): Report {
  const gap = Math.max(GAP_SECONDS, policy.cool_down.base_seconds, unseenSeconds(policy)) * 1_000;
  const before = past
    .filter(({ ended }) => now.getTime() - ended.getTime() < gap)
    .flatMap(({ ended, output }) => resultsIn(output).map((result) => ({ ended, result })))
    .find(({ result }) => isSame(result, report));
  if (before === undefined) return { ...report, told_times: 1 };
  const { ended, result } = before;
  const { told_before, told_times = 1, delivered } = result;
  // Who could not be told is told now.
  if (told_before === undefined && !delivered) return { ...report, told_times };
  const told = told_before === undefined ? ended : new Date(told_before);
  return now.getTime() >= told.getTime() + coolDownMs(told_times, policy)
    ? { ...report, told_times: told_times + 1 }
    : { ...report, told_times, told_before: told.toISOString() };
}

function resultsIn(output: unknown): WorkloadResult[] {
  const { data } = Output.safeParse(output);
  return (data?.workloads ?? []).flatMap((result) => WorkloadResult.safeParse(result).data ?? []);
}

function isSame(one: Report, other: Report): boolean {
  const words = ({ workload: of, outcome, cause, reason }: Report) =>
    JSON.stringify([of?.kind, of?.group, of?.namespace, of?.name, outcome, cause, reason]);
  return words(one) === words(other);
}
