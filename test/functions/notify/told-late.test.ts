import { describe, expect, it } from "vitest";
import { notify } from "../../../functions/notify/handler.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import type { Report, Verification, WorkloadRun } from "../../../functions/run/contracts.ts";
import type { Measurement } from "../../../functions/run/measurement.ts";
import { incident, NOW } from "../../support/objects.ts";
import { appliedRun, claimedRun, diagnosis } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const DAYS_LATER = new Date(NOW.getTime() + 5 * 86_400_000);
const FOUND = NOW.toISOString();

async function tell(event: object, now = DAYS_LATER) {
  const sent: Notification[] = [];
  const measured: Measurement[] = [];
  const environment = unreachableEnvironment(new Error("not used"), sent, measured as never);
  const report = (await notify({ ...environment, now: () => now })(event)) as Report;
  return { sent, measured, report };
}
const about = (run: WorkloadRun, redrive: number) => ({ about: "workload", redrive, run });

const judged = (verdict: Verification["verdict"]): Verification => ({
  ...{ verdict, reasons: ["2 pods crash"], wait_seconds: 1 },
  observation: { digest: "d", well_since: FOUND },
});
const failing = incident({ failures: [{ reason: "CrashLoopBackOff", count: 2, since: FOUND }] });
const recovered = { ...appliedRun(), incident: failing, found_at: FOUND, verification: judged("recovered") };
const LATE = "This is told late: the execution was stopped and redriven";

describe("an outcome that was decided before its execution was stopped", () => {
  it("says first how old it may be, wherever it is read", async () => {
    const { sent, report } = await tell(about(recovered, 1));

    expect(report.summary.startsWith(`${LATE}, and what it says may be as old as ${FOUND}. `)).toBe(true);
    expect(sent[0]?.text).toContain(LATE);
    expect(sent[0]?.document.verified).toBe(
      "yes: it is well, and stayed so for the whole soak time (it may be otherwise by now)",
    );
  });

  it("says so from the last time on that it was taken up", async () => {
    const resumed_at = new Date(NOW.getTime() + 3_600_000).toISOString();
    const claim = { ...recovered.claim, status: "claimed", lease: "l", redrive: 1, resumed_at } as const;

    expect((await tell(about({ ...recovered, claim }, 2))).report.summary).toContain(`as old as ${resumed_at}`);
  });

  it("does not say what fails now", async () => {
    const run = { ...appliedRun(), found_at: FOUND, verification: judged("not_recovered") };
    const { sent } = await tell(about(run, 1));

    expect(sent[0]?.document.next_steps.join(" ")).not.toContain("Look at it now");
    expect(sent[0]?.document.next_steps.join(" ")).toContain("Look whether it still fails");
    expect(sent[0]?.document.next_steps.join(" ")).toContain("Whether what was done is still in place is not known.");
    const undone = { ...run, undo_verification: { verdict: "undone" as const, reasons: [] } };
    const { sent: told } = await tell(about(undone, 1));
    expect(told[0]?.document.outcome).toBe("RolledBack");
    expect(told[0]?.text).not.toContain("Look at it now: it still fails");
  });

  it("does not measure the time that nobody knows", async () => {
    const names = ({ measured }: { measured: Measurement[] }) => measured.map(({ name }) => name);

    expect(names(await tell(about(recovered, 0)))).toContain("TimeToVerifiedFix");
    expect(names(await tell(about(recovered, 1)))).not.toContain("TimeToVerifiedFix");
  });
});

it.each([
  ["was not redriven", 0, {}],
  ["took its claim up again since", 1, { redrive: 1, resume: "verification" as const, resumed_at: FOUND }],
])("an outcome is of now where the execution %s", async (_case, redrive, more) => {
  const claim = { ...recovered.claim, status: "claimed", lease: "l", ...more } as const;
  const { sent, report } = await tell(about({ ...recovered, claim }, redrive));

  expect(report.summary).not.toContain("told late");
  expect(sent[0]?.text).not.toContain("by now");
});

it("a diagnosis that was made before the stop is told as one of then, though nothing was done", async () => {
  const none = { action: "none", refusal: "NoSafeRemedy", message: "Nothing is safe." } as const;
  const run = claimedRun({ diagnosis: diagnosis({ remedy: none }), found_at: FOUND });

  expect((await tell(about(run, 1))).report.summary).toContain(`may be as old as ${FOUND}. 2 pods crash since`);
});

describe("what is told of a whole run", () => {
  const execution = claimedRun().execution;
  const detection = {
    ...{ status: "storm", cluster_name: "prod", dry_run: false, pods_seen: 40, workloads_seen: 40, failing_pods: 40 },
    ...{ incidents: [], omitted: 40, out_of_scope: 0, in_rollout: [], unseen: [], at: FOUND, storm: "Many fail." },
  };

  it("is a storm of then where it was met then", async () => {
    const storm = { about: "storm", memory: { status: "tell" }, detection, execution };

    expect((await tell(storm)).report.summary).toContain(`may be as old as ${FOUND}. Many fail.`);
    expect((await tell(storm, new Date(NOW.getTime() + 60_000))).report.summary).toBe("Many fail.");
  });

  it("is a failure that may be as old as its execution", async () => {
    const error = { Error: "Forbidden", Cause: '{"errorMessage": "Grant this verb."}' };
    const failure = { about: "failure", request: { cluster_name: "prod" }, error, execution };

    expect((await tell({ ...failure, redrive: 1 })).report.summary).toContain(
      "as old as its execution. Grant this verb.",
    );
    expect((await tell(failure)).report.summary).not.toContain("told late");
  });
});
