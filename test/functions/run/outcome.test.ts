import { describe, expect, it } from "vitest";
import { isLasting } from "../../../functions/run/needs-person.ts";
import { isRemembered, isWorthTelling, outcomeOf } from "../../../functions/run/outcome.ts";
import type { Verification, WorkloadRun } from "../../../functions/run/contracts.ts";
import { ago, incident, NOW, policy } from "../../support/objects.ts";
import { appliedRun, claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const look = (verdict: Verification["verdict"], reasons: string[] = []): Verification => ({
  verdict,
  reasons,
  wait_seconds: 1,
  observation: { digest: "d", well_since: null },
});
const undo = {
  status: "applied" as const,
  message: "The rollback was undone.",
  wait_seconds: 1,
  deadline: "2026-06-01T12:30:00.000Z",
};
const ended = (Error: string) => ({ Error, Cause: JSON.stringify({ errorType: Error, errorMessage: "It broke." }) });
/** A run whose remedy's step ended with that error, and changed nothing. */
const remedyFailed = (Error: string) => ({
  ...claimedRun({ diagnosis: diagnosis() }),
  remedy: remedyResult({ status: "failed" }),
  remedy_error: ended(Error),
});
/** A run whose remedy's step ended with an error, and of which nobody could see whether it did something. */
const unknown: WorkloadRun = {
  ...claimedRun({ diagnosis: diagnosis() }),
  remedy_error: ended("ClusterUnreachable"),
  error: ended("ClusterUnavailable"),
};
const failed = (Error: string) => ({ error: ended(Error) });
const notRecovered = { ...appliedRun(), verification: look("not_recovered", ["pod web-1: CrashLoopBackOff"]) };

/** Each way in which a run can end: the run, its outcome, the reason, and whether a person has to look. */
const ENDINGS: [string, WorkloadRun, string, string | undefined, boolean][] = [
  ["recovered", { ...appliedRun(), verification: look("recovered") }, "Recovered", undefined, false],
  [
    "overtaken before it could be verified",
    { ...appliedRun(), verification: look("overtaken", ["its pod template is not that of revision 1 any more"]) },
    "Unresolved",
    "ObjectChanged",
    true,
  ],
  [
    "undone",
    { ...notRecovered, undo, undo_verification: { verdict: "undone", reasons: [] } },
    "RolledBack",
    undefined,
    true,
  ],
  [
    "overtaken by somebody else",
    { ...notRecovered, undo: { ...undo, status: "overtaken" } },
    "Unresolved",
    "ObjectChanged",
    true,
  ],
  [
    "not undone",
    { ...notRecovered, undo, undo_verification: { verdict: "not_undone", reasons: ["x"] } },
    "Unresolved",
    undefined,
    true,
  ],
  ["not undoable", notRecovered, "Unresolved", undefined, true],
  [
    "undo broke",
    {
      ...notRecovered,
      undo_error: ended("Forbidden"),
      undo_verification: { verdict: "not_undone", reasons: ["its pod template is not that of revision 2"] },
    },
    "Unresolved",
    "Forbidden",
    true,
  ],
  [
    "undo broke after it had taken effect",
    {
      ...notRecovered,
      undo_error: ended("ClusterUnreachable"),
      undo_verification: { verdict: "undone", reasons: [] },
    },
    "RolledBack",
    undefined,
    true,
  ],
  [
    "undo broke, and nobody could look",
    { ...notRecovered, undo_error: ended("ClusterUnreachable"), ...failed("ClusterUnavailable") },
    "Unresolved",
    "ClusterUnreachable",
    true,
  ],
  [
    "verification broke",
    { ...appliedRun(), ...failed("ClusterUnreachable") },
    "Unresolved",
    "ClusterUnreachable",
    true,
  ],
  [
    "planned",
    { ...claimedRun({ dry_run: true, diagnosis: diagnosis() }), remedy: remedyResult({ status: "planned" }) },
    "DryRun",
    undefined,
    false,
  ],
  [
    "refused at the last moment",
    {
      ...claimedRun({ diagnosis: diagnosis() }),
      remedy: remedyResult({ status: "refused", refusal: "NotFailingAnymore" }),
    },
    "Skipped",
    "NotFailingAnymore",
    false,
  ],
  [
    "held by a disruption budget",
    remedyFailed("DisruptionBudgetExhausted"),
    "Skipped",
    "DisruptionBudgetExhausted",
    false,
  ],
  ["remedy broke", remedyFailed("Forbidden"), "Unresolved", "Forbidden", true],
  ["remedy broke, and nobody could look", unknown, "Unresolved", "ClusterUnreachable", true],
  ["remedy broke in a dry run", { ...remedyFailed("Forbidden"), dry_run: true }, "DryRun", "Forbidden", true],
  [
    "no safe remedy",
    claimedRun({ diagnosis: diagnosis({ remedy: { action: "none", refusal: "NoSafeRemedy", message: "Look." } }) }),
    "Skipped",
    "NoSafeRemedy",
    true,
  ],
  ["diagnosis broke", claimedRun(failed("Forbidden")), "Unresolved", "Forbidden", true],
  ["gone meanwhile", claimedRun(failed("WorkloadNotFound")), "Skipped", "WorkloadNotFound", false],
  [
    "claimed by another",
    claimedRun({
      claim: { status: "refused", lease: "l", refusal: "AlreadyClaimed", message: "m", needs_person: false },
    }),
    "Skipped",
    "AlreadyClaimed",
    false,
  ],
  [
    "tried too often",
    claimedRun({
      claim: { status: "refused", lease: "l", refusal: "TriedTooOften", message: "m", needs_person: true },
    }),
    "Skipped",
    "TriedTooOften",
    true,
  ],
];

describe("the outcome", () => {
  it.each(ENDINGS)("of a run that ended so: %s", (_how, run, outcome, reason, needsPerson) => {
    const report = outcomeOf(run, false);

    expect(report).toMatchObject({ outcome, needs_person: needsPerson });
    expect(report.reason).toBe(reason);
    expect(report.summary).not.toBe("");
  });

  it("of a claim that broke names the error", () => {
    const { claim: _none, ...unclaimed } = claimedRun(failed("Forbidden"));

    expect(outcomeOf(unclaimed, false)).toMatchObject({
      outcome: "Unresolved",
      reason: "Forbidden",
      summary: expect.stringContaining("It broke.") as string,
    });
  });

  it("does not say of a remedy that it was not applied when nobody knows", () => {
    expect(outcomeOf(unknown, false).summary).toContain("Whether the remedy (rollback) was applied is not known");
    expect(outcomeOf(remedyFailed("Forbidden"), false).summary).toContain("The remedy (rollback) was not applied.");
  });

  it("says what was wrong when the remedy did not help", () => {
    expect(outcomeOf(notRecovered, false).summary).toContain("It did not help: pod web-1: CrashLoopBackOff");
  });
});

describe("what may pass by itself", () => {
  const waiting = (refusal: "MayPass" | "RolloutInProgress") =>
    claimedRun({ diagnosis: diagnosis({ remedy: { action: "none", refusal, message: "m" } }) });
  const held = remedyFailed("DisruptionBudgetExhausted");
  const edited = remedyFailed("ObjectChanged");

  it.each([
    ["a registry out of reach", waiting("MayPass")],
    ["a budget without room", held],
  ])("is told and remembered once it lasts: %s", (_what, run) => {
    const [early, late] = [outcomeOf(run, false), outcomeOf(run, true)];

    expect([early.needs_person, isRemembered(run, early), isWorthTelling(run, early)]).toEqual([false, false, false]);
    expect([late.needs_person, isRemembered(run, late), isWorthTelling(run, late)]).toEqual([true, true, true]);
  });

  it.each([
    ["a rollout inside its deadline", waiting("RolloutInProgress")],
    ["an object that somebody else just changed", edited],
  ])("is left to the next scan, however long the failure lasts: %s", (_what, run) => {
    expect(isRemembered(run, outcomeOf(run, true))).toBe(false);
  });

  it("is told when a remedy was applied before: then something is left behind", () => {
    const overtaken = {
      ...notRecovered,
      undo: { status: "overtaken", message: "m", wait_seconds: 1, deadline: "" },
    } as WorkloadRun;
    const report = outcomeOf(overtaken, false);

    expect(report).toMatchObject({ outcome: "Unresolved", reason: "ObjectChanged", needs_person: true });
    expect(isRemembered(overtaken, report)).toBe(true);
    expect(isWorthTelling(overtaken, report)).toBe(true);
  });

  it("lasts when its first sign is older than the policy lets it go untold", () => {
    const since = (secondsAgo: number) =>
      claimedRun({ incident: incident({ failures: [{ reason: "ErrImagePull", count: 1, since: ago(secondsAgo) }] }) });
    const rules = policy({ report_after_seconds: 100 });

    expect(isLasting(since(101), rules, NOW)).toBe(true);
    expect(isLasting(since(100), rules, NOW)).toBe(false);
    expect(isLasting(claimedRun({}), rules, NOW)).toBe(false);
  });
});

describe("who is told", () => {
  const refused = claimedRun({
    claim: { status: "refused", lease: "l", refusal: "CoolingDown", message: "m", needs_person: true },
  });
  const told = (run: WorkloadRun) => isWorthTelling(run, outcomeOf(run, false));

  it("is everyone, when something was done or found", () => {
    expect(told({ ...appliedRun(), verification: look("recovered") })).toBe(true);
    expect(told(claimedRun(failed("Forbidden")))).toBe(true);
  });

  it("is everyone, when a workload could not even be claimed", () => {
    const { claim: _none, ...unclaimed } = claimedRun(failed("Forbidden"));

    expect(told(unclaimed)).toBe(true);
  });

  it("is nobody, when a scan only meets a claim or a cool-down that they know of", () => {
    expect(told(refused)).toBe(false);
  });

  it("is whoever asked with a runbook, always", () => {
    expect(told({ ...refused, incident: incident({ requested: { action: "restart", pod: "web-1" } }) })).toBe(true);
  });

  it("is nobody for a rollout that may still succeed, and it is not remembered either, so that the next scan looks again", () => {
    const waiting = claimedRun({
      diagnosis: diagnosis({ remedy: { action: "none", refusal: "RolloutInProgress", message: "m" } }),
    });

    expect(told(waiting)).toBe(false);
    expect(isRemembered(waiting, outcomeOf(waiting, false))).toBe(false);
  });
});
