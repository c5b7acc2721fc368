import type { Report, WorkloadRun } from "../../run/contracts.ts";
import { recordOutcome } from "../../run/event.ts";
import { fitting } from "../../run/fitting.ts";
import { isRemembered, isWorthTelling } from "../../run/outcome.ts";
import { policyFor } from "../../run/policy-for.ts";
import { isLeftUntold, reportOf } from "../../run/telling.ts";
import type { Policy } from "../../shared/policy.ts";
import { within } from "../../shared/time-left.ts";
import type { NotifyEnvironment } from "../environment.ts";
import { handedOver, leftBehind } from "../handed-over.ts";
import type { About } from "../input.ts";
import { linkOf } from "../link.ts";
import { measurementsOf } from "../measurements.ts";
import { workloadMessage } from "../message.ts";
import { recordOf } from "../record/record-of.ts";
import { reportedLate, toldLate } from "../told-late.ts";
import { isUnclaimed, withMemory } from "../unclaimed.ts";
import { BESIDE_MS, keep } from "./kept.ts";

/** Tells how the remediation of one workload ended, shows that on the workload, and keeps it. */
export async function tellWorkload(
  environment: NotifyEnvironment,
  { run, redrive }: About<"workload">,
): Promise<Report> {
  const [policy, now] = [await policyFor(environment, run.cluster_name), environment.now()];
  const late = toldLate(run, redrive);
  const report = reportedLate(await reportBeside(environment, run, policy, now), late);
  const isWorthIt = isWorthTelling(run, report);
  // First, because it cannot fail: where nobody can be told, it is what is left to find.
  const [kept] = await Promise.all([
    isWorthIt ? keep(environment, recordOf(run, report, now)) : {},
    isRemembered(run, report) ? within(BESIDE_MS, () => recordOutcome(environment, run, report)) : undefined,
  ]);
  if (isWorthIt && !isLeftUntold(run, report, policy)) {
    const link = await linkOf(run, report, environment.links);
    await environment.publish(
      workloadMessage(run, report, [...handedOver(run, report, policy), ...leftBehind(run)], late, link),
    );
    environment.measure(run.cluster_name, measurementsOf(run, report, late === undefined ? now : undefined));
  }
  return { ...fitting(report, run.workloads ?? 1), ...kept };
}

/** How it ended, and whether people know that already. */
async function reportBeside(
  environment: NotifyEnvironment,
  run: WorkloadRun,
  policy: Policy,
  now: Date,
): Promise<Report> {
  const report = reportOf(run, policy, now);
  if (!isUnclaimed(run) || environment.pastRuns === undefined) return report;
  try {
    const past = await environment.pastRuns.outcomesBefore(run.execution, run.cluster_name);
    return withMemory(report, past, policy, now);
  } catch {
    return report;
  }
}
