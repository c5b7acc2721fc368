import { remedyFor } from "../../functions/remedies/remedies.ts";
import { remedyStep } from "../../functions/remedies/step.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outcomeOf } from "../../functions/run/outcome.ts";
import type { Diagnosis, Verification, WorkloadRun } from "../../functions/run/contracts.ts";
import type { Environment } from "../../functions/run/step.ts";
import { verifyWorkload } from "../../functions/verify/handler.ts";
import { ApiServer } from "../support/api-server.ts";
import { appliedRun, claimedRun, diagnosis } from "../support/runs.ts";
import { unreachableEnvironment } from "../support/scripted.ts";

const restartPods = remedyStep(remedyFor("restart"));
const rollback = remedyStep(remedyFor("rollback"));
const scaleWorkload = remedyStep(remedyFor("scale"));

let api: ApiServer;
let environment: Environment;
beforeEach(async () => {
  api = await ApiServer.start();
  environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    now: () => new Date("2026-06-01T12:31:00Z"),
  };
});
afterEach(() => api.stop());

/** A run whose claim expired a minute ago. */
const late = (remedy: Diagnosis["remedy"]): WorkloadRun => claimedRun({ diagnosis: diagnosis({ remedy }) });
const restart = late({ action: "restart", mode: "evict", pods: [{ name: "a", uid: "a-uid" }] });
const scale = late({ action: "scale", scale: { target: "replicas", from: 2, to: 4 } });
const rollBack = claimedRun({ diagnosis: diagnosis() });

describe("a step that comes when its claim has expired", () => {
  it.each([
    ["Restart", () => restartPods(environment)({ run: restart })],
    ["Roll back", () => rollback(environment)({ operation: "apply", run: rollBack })],
    ["Undo rollback", () => rollback(environment)({ operation: "undo", run: rollBack })],
    ["Look what was done", () => verifyWorkload(environment)({ operation: "look", run: rollBack })],
    ["Scale", () => scaleWorkload(environment)({ operation: "apply", run: scale })],
    ["Undo scaling", () => scaleWorkload(environment)({ operation: "undo", run: scale })],
  ])("%s changes nothing", async (_state, step) => {
    await expect(step()).rejects.toMatchObject({ name: "ClaimExpired" });
    expect(api.requests).toEqual([]);
  });

  it("claims nothing of what the cluster shows by then", () => {
    const error = { Error: "ClaimExpired", Cause: '{"errorMessage": "The claim has expired."}' };
    const report = outcomeOf({ ...rollBack, remedy_error: error, error }, false);

    expect(report).toMatchObject({ outcome: "Unresolved", reason: "ClaimExpired", needs_person: true });
    expect(report.summary).toContain("Whether the remedy (rollback) was applied is not known");
  });

  it("leaves an undo that was not made to a person, with the remedy that is in place", () => {
    const error = { Error: "ClaimExpired", Cause: '{"errorMessage": "The claim has expired."}' };
    const verification: Verification = {
      verdict: "not_recovered",
      reasons: ["1 pod crashes"],
      wait_seconds: 1,
      observation: { digest: "d", well_since: null },
    };
    const report = outcomeOf({ ...appliedRun(), verification, undo_error: error }, false);

    expect(report).toMatchObject({ outcome: "Unresolved", reason: "ClaimExpired", needs_person: true });
    expect(report.summary).toContain("Rolled back from revision 2");
  });
});
