import type { Report, WorkloadRun } from "../run/contracts.ts";
import { tellsThatItWorks } from "../run/works-again.ts";
import type { Measurement } from "../run/measurement.ts";

/**
 * What the end of one workload's remediation adds to the metrics.
 * @param now undefined where it ended before, and nobody knows when
 */
export function measurementsOf(run: WorkloadRun, report: Report, now: Date | undefined): Measurement[] {
  const { outcome } = report;
  const measured: Measurement[] = [{ name: "Outcomes", value: 1, dimensions: { outcome } }];
  if (run.diagnosis !== undefined && !tellsThatItWorks(run)) {
    measured.push({ name: "Incidents", value: 1, dimensions: { cause: report.cause } });
  }
  if (run.remedy?.status === "applied") {
    measured.push({ name: "Remedies", value: 1, dimensions: { action: report.action, outcome } });
  }
  if (report.needs_person && !run.dry_run) measured.push({ name: "NeedsPerson", value: 1 });
  const seconds = outcome === "Recovered" && now !== undefined ? secondsSinceFailure(run, now) : undefined;
  if (seconds !== undefined) measured.push({ name: "TimeToVerifiedFix", value: seconds });
  return measured;
}

/** How long ago the first of the failures began, in seconds; undefined when none of them tells. */
function secondsSinceFailure({ incident }: WorkloadRun, now: Date): number | undefined {
  const begun = incident.failures.map(({ since }) => Date.parse(since ?? "")).filter(Number.isFinite);
  return begun.length === 0 ? undefined : Math.max(0, Math.round((now.getTime() - Math.min(...begun)) / 1_000));
}
