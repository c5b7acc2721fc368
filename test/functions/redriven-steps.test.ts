import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { WorkloadState } from "../../functions/facts/state.ts";
import { DEPLOYMENT } from "../../functions/kinds/deployment/kind.ts";
import { workloadMessage } from "../../functions/notify/message.ts";
import { remedyFor } from "../../functions/remedies/remedies.ts";
import { remedyStep } from "../../functions/remedies/step.ts";
import type { Claim, Verification, WorkloadRun } from "../../functions/run/contracts.ts";
import { isWorthTelling, outcomeOf } from "../../functions/run/outcome.ts";
import { deadlineOf } from "../../functions/run/redrive.ts";
import { settling } from "../../functions/run/settling.ts";
import type { Environment } from "../../functions/run/step.ts";
import { anotherTry } from "../../functions/run/tries.ts";
import { verifyWorkload } from "../../functions/verify/handler.ts";
import { verifyUndo } from "../../functions/verify/verify-undo.ts";
import { verify } from "../../functions/verify/verify.ts";
import { ApiServer } from "../support/api-server.ts";
import { deployment, NOW, policy, template } from "../support/objects.ts";
import { appliedRun, claimedRun, diagnosis } from "../support/runs.ts";
import { unreachableEnvironment } from "../support/scripted.ts";

const DAYS = 14;
const MUCH_LATER = new Date(NOW.getTime() + DAYS * 86_400_000);
const rollback = remedyStep(remedyFor("rollback"));
const NOT_RECOVERED: Verification = {
  ...{ verdict: "not_recovered", reasons: ["2 pods crash"], wait_seconds: 1 },
  observation: { digest: "d", well_since: null },
};

/** The claim of an execution that was redriven after so many days. */
function resumed(resume: Claim["resume"], more: Partial<Claim> = {}): Claim {
  const expires_at = new Date(MUCH_LATER.getTime() + 3_600_000).toISOString();
  const since = { redrive: 1, resume, resumed_at: MUCH_LATER.toISOString() };
  return { status: "claimed", lease: "deployment.shop.web", expires_at, ...since, ...more };
}

let api: ApiServer;
let environment: Environment;
beforeEach(async () => {
  api = await ApiServer.start();
  environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    policy: () => policy(),
    now: () => MUCH_LATER,
  };
});
afterEach(() => api.stop());

describe("a step of an execution that was redriven since it took its claim", () => {
  const planned = claimedRun({ diagnosis: diagnosis() });

  it.each([
    ["Roll back", (redrive: number) => rollback(environment)({ operation: "apply", redrive, run: planned })],
    ["Undo rollback", (redrive: number) => rollback(environment)({ operation: "undo", redrive, run: appliedRun() })],
    [
      "Look what was done",
      (redrive: number) => verifyWorkload(environment)({ operation: "look", redrive, run: planned }),
    ],
    ["Verify", (redrive: number) => verifyWorkload(environment)({ operation: "remedy", redrive, run: appliedRun() })],
  ])("%s asks first where to go on, before it reads anything", async (_state, step) => {
    await expect(step(1)).rejects.toMatchObject({ name: "ExecutionRedriven" });
    expect(api.requests).toEqual([]);
    await expect(step(0)).rejects.not.toMatchObject({ name: "ExecutionRedriven" });
  });

  it("goes on where its claim was taken up again since, until it is redriven once more", async () => {
    const run = { ...planned, claim: resumed("diagnosis") };

    await expect(rollback(environment)({ redrive: 1, run })).rejects.not.toMatchObject({ name: "ExecutionRedriven" });
    await expect(rollback(environment)({ redrive: 2, run })).rejects.toMatchObject({ name: "ExecutionRedriven" });
  });

  it("needs nothing of that in a dry run", async () => {
    const run = { ...planned, dry_run: true };

    await expect(rollback(environment)({ redrive: 1, run })).rejects.not.toMatchObject({ name: "ExecutionRedriven" });
  });
});

/** As the rollback left it, whole. */
const state = (image: string, status: object = {}): WorkloadState => ({
  ...{ kind: DEPLOYMENT, pods: [], controllers: [], hpa: undefined, others: [] },
  workload: deployment({ template: template(image), ...status }),
});

describe("a look at a remedy days after its deadline", () => {
  const run: WorkloadRun = { ...appliedRun(), claim: resumed("verification") };

  it("gives it its time anew, from the redrive on", () => {
    expect(deadlineOf(appliedRun(), policy())).toBe(appliedRun().remedy?.deadline);
    expect(deadlineOf(run, policy())).toBe(settling(run, policy(), MUCH_LATER).deadline);
  });

  it("does not call it in vain at the first look", () => {
    expect(verify(run, state("shop/web:1"), policy(), MUCH_LATER).verdict).toBe("settling");
    expect(
      verify(
        { ...run, claim: { ...run.claim, resumed_at: undefined } as Claim },
        state("shop/web:1"),
        policy(),
        MUCH_LATER,
      ).verdict,
    ).toBe("not_recovered");
  });
});

describe("an undo at which the execution was stopped", () => {
  const run: WorkloadRun = { ...appliedRun(), verification: NOT_RECOVERED, claim: resumed("undo") };

  it("is known to be done where the replaced template is back", () => {
    const undo_verification = verifyUndo(run, state("shop/web:2"), MUCH_LATER);

    expect(undo_verification.verdict).toBe("undone");
    expect(outcomeOf({ ...run, undo_verification }, false)).toMatchObject({
      outcome: "RolledBack",
      needs_person: true,
    });
  });

  it("is not begun where all is as the remedy left it, so that this is looked at afresh", () => {
    expect(verifyUndo(run, state("shop/web:1"), MUCH_LATER).verdict).toBe("not_begun");
  });

  it("is not undone where somebody has put another template in place", () => {
    expect(verifyUndo(run, state("shop/web:9"), MUCH_LATER).verdict).toBe("not_undone");
  });

  it("is left to a person where the claim had ended meanwhile, and not told to put back what failed", async () => {
    const lapsed: WorkloadRun = { ...run, claim: resumed("undo", { lapsed: true }) };
    const undo = (await rollback(environment)({ operation: "undo", redrive: 1, run: lapsed })) as never;
    const left: WorkloadRun = { ...lapsed, undo, undo_verification: { verdict: "not_begun", reasons: ["r"] } };
    const report = outcomeOf(left, false);

    expect(api.requests).toEqual([]);
    expect(report).toMatchObject({ outcome: "Unresolved", reason: "ExecutionRedriven", needs_person: true });
    expect(report.summary).toContain("It was not undone: the claim had ended while the execution was stopped");
    expect(report.summary).not.toContain("could not be verified");
    const { document } = workloadMessage(left, report);
    expect([...document.commands, ...document.take_back].join()).not.toContain("rollout undo");
    expect(document.verified).toContain("it did not recover");
  });

  it("is made again after a further try, which is begun after the redrive", () => {
    const next = anotherTry({ ...run, claim: resumed("verification", { lapsed: true }) });

    expect(next.claim).toMatchObject({ redrive: 1 });
    expect(next.claim?.lapsed).toBeUndefined();
  });
});

describe("an execution that finds its workload in other hands", () => {
  const message =
    "run-2 has had the claim on Deployment shop/web after this execution, so nothing more was done to it.";
  const lost: Claim = {
    ...{ status: "refused", lease: "deployment.shop.web", redrive: 1, resume: "end" },
    ...{ refusal: "AlreadyClaimed", message, needs_person: true },
  };
  const redriven = { Error: "ExecutionRedriven", Cause: "" };

  it.each([
    [
      "was stopped at the remedy",
      claimedRun({ diagnosis: diagnosis() }),
      "Whether the remedy (rollback) was applied is not known",
    ],
    [
      "was stopped while it settled",
      appliedRun(),
      "Rolled back from revision 2 to the template of revision 1. Whether it helped was not verified.",
    ],
    [
      "was stopped at the undo",
      { ...appliedRun(), verification: NOT_RECOVERED },
      "It did not help: 2 pods crash. Whether it was undone before the execution was stopped is not known.",
    ],
  ])("that %s, names what it did, and tells of it", (_when, run, said) => {
    const left: WorkloadRun = { ...run, claim: lost, redriven };
    const report = outcomeOf(left, false);

    expect(report).toMatchObject({
      outcome: "Unresolved",
      action: "rollback",
      reason: "AlreadyClaimed",
      needs_person: true,
    });
    expect(report.summary).toContain(said);
    expect(report.summary).toContain(message);
    expect(isWorthTelling(left, report)).toBe(true);
    const { document } = workloadMessage(left, report);
    expect(document.done).toHaveLength(1);
    // What stands there by now may be the other one's.
    expect(document.changed).toEqual([]);
    expect(document.commands.join()).not.toContain("rollout undo");
    expect(document.next_steps.join()).toContain("together with what was told of it since");
  });

  it("says that it is not known what its remedy's step did where the workload is gone", () => {
    const error = { Error: "WorkloadNotFound", Cause: '{"errorMessage": "It is gone."}' };
    const report = outcomeOf(claimedRun({ diagnosis: diagnosis(), redriven, error }), false);

    expect(report).toMatchObject({ outcome: "Unresolved", reason: "WorkloadNotFound", needs_person: true });
    expect(report.summary).toContain("the execution was stopped at its step. Looking ended with WorkloadNotFound");
  });
});
