import { describe, expect, it } from "vitest";
import { notify } from "../../../functions/notify/handler.ts";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import type { HistoryEntry, WorkloadRun } from "../../../functions/run/contracts.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { NOW } from "../../support/objects.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const OF_RUN = claimedRun().execution.id;
const OF_WORKLOAD = OF_RUN.replace(/:run-1$/, "/Workload:0f0f");
const { claim: _none, ...started } = claimedRun();

async function tell(input: object, environment: Partial<NotifyEnvironment> = {}) {
  const sent: Notification[] = [];
  const report = await notify({
    ...unreachableEnvironment(new Error("not used"), sent),
    now: () => NOW,
    ...environment,
  })(input);
  return { sent, report };
}
const ended = (event: object, describe: NotifyEnvironment["describe"]) =>
  tell(
    {
      about: "execution",
      event: { executionArn: OF_WORKLOAD, name: "0f0f", input: JSON.stringify(started), ...event },
    },
    describe === undefined ? {} : { describe },
  );
const runIs = (status: string) => (arn: string) =>
  Promise.resolve(arn === OF_RUN ? { status } : { input: JSON.stringify(started) });

describe("the execution for one workload that somebody stops", () => {
  it("is told at once, by the workload's name, while its run goes on", async () => {
    const { sent, report } = await ended({ status: "ABORTED" }, runIs("RUNNING"));

    expect(report).toMatchObject({ outcome: "Unresolved", reason: "Aborted", workload: { name: "web" } });
    expect(sent[0]?.subject).toBe("[prod] Remediation of Deployment shop/web failed: Aborted");
    expect(sent[0]?.document).toMatchObject({ workload: { namespace: "shop", name: "web" }, needs_person: true });
    expect(sent[0]?.attributes).toMatchObject({ namespace: "shop" });
    expect(sent[0]?.text).toContain("for this workload alone. The run goes on");
    expect(sent[0]?.text).toContain("may still be in place, unverified");
    expect(sent[0]?.document.execution.console_url).toContain("/Workload:0f0f");
  });

  it.each(["ABORTED", "TIMED_OUT", "FAILED"])("is told with the run where that has ended, too: %s", async (status) => {
    expect(await ended({ status: "ABORTED" }, runIs(status))).toEqual({ sent: [], report: null });
  });

  it("is told where what it was started with is encrypted, and the run cannot be read", async () => {
    const encrypted = { input: undefined, status: "ABORTED" };
    const { sent } = await ended(encrypted, (arn) =>
      arn === OF_RUN
        ? Promise.reject(new RemediationError("ExecutionUnreadable", "No."))
        : Promise.resolve({ input: JSON.stringify(started) }),
    );
    expect(sent[0]?.subject).toContain("Deployment shop/web");

    const none = await ended(encrypted, () => Promise.reject(new RemediationError("ExecutionUnreadable", "No.")));
    expect(none.sent[0]?.subject).toBe("[(not named)] Remediation run failed: Aborted");
  });

  it("is told with its error where it failed past all that could tell of it", async () => {
    const { report } = await ended({ status: "FAILED", error: "States.DataLimitExceeded" }, runIs("RUNNING"));

    expect(report).toMatchObject({ reason: "States.DataLimitExceeded" });
    expect(report?.summary).not.toContain("Somebody stopped");
  });

  it("is nothing to tell where it succeeded", async () => {
    expect((await ended({ status: "SUCCEEDED" }, runIs("RUNNING"))).sent).toEqual([]);
  });
});

describe("a remedy that an execution left unfinished", () => {
  const unfinished: HistoryEntry = {
    ...{ at: "2026-06-01T11:00:00Z", execution: "run-0", cause: "CrashLoop", action: "rollback" },
    ...{ outcome: "Unfinished", applied: true, template: "bbbb" },
  };
  const none = { action: "none", refusal: "NoSafeRemedy", message: "Nothing is safe." } as const;
  const told: HistoryEntry = {
    ...{ at: "2026-06-01T11:30:00Z", execution: "run-2", cause: "CrashLoopAfterRollout", action: "none" },
    ...{ outcome: "Skipped", reason: "NoSafeRemedy", template: "bbbb" },
  };
  const run = (history: HistoryEntry[]): WorkloadRun =>
    claimedRun({
      claim: { status: "claimed", lease: "l", expires_at: "2026-06-01T12:30:00.000Z", history },
      diagnosis: diagnosis({ remedy: none }),
    });
  const stepsAfter = async (history: HistoryEntry[]) => {
    const { sent } = await tell({ about: "workload", run: run(history) });
    return sent.flatMap(({ document }) => document.next_steps).join(" ");
  };

  it("is named by the next execution that has the workload", async () => {
    expect(await stepsAfter([unfinished])).toContain("run-0 had begun a rollback at 2026-06-01T11:00:00Z, and what");
    expect(await stepsAfter([{ ...unfinished, applied: undefined }])).toContain("run-0 may have begun a rollback");
  });

  it("is named though the same was told before of the workload itself", async () => {
    const late = { ...unfinished, at: "2026-06-01T11:50:00Z" };

    expect(await stepsAfter([late, told])).toContain("run-0 had begun");
    expect(await stepsAfter([{ ...late, execution: "run-1" }, told])).toBe("");
  });

  it("is named once", async () => {
    expect(await stepsAfter([told, unfinished])).not.toContain("run-0");
    expect(await stepsAfter([{ ...unfinished, execution: "run-1" }])).not.toContain("run-1");
  });
});
