import { describe, expect, it } from "vitest";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { reportOf } from "../../../functions/run/telling.ts";
import { parseRequest } from "../../../functions/run/request.ts";
import { incident, NOW, policy, WEB } from "../../support/objects.ts";
import { appliedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const change = { kind: "scale" as const, scale: { target: "replicas" as const, from: 2, to: 4 } };
const asked = incident({ origin: "agent" });

function undoRequestOf(overrides: Partial<WorkloadRun> = {}) {
  const run = {
    ...appliedRun(change),
    incident: asked,
    diagnosis: diagnosis({ workload_uid: "web-uid" }),
    remedy: remedyResult({ change, undo: "can be undone" }),
    ...overrides,
  };
  return reportOf(run, policy(), NOW).undo_request;
}

describe("the answer to whoever asked", () => {
  it("has all that a request takes that takes it back", () => {
    const undo = undoRequestOf();
    const request = { action: "undo", cluster_name: "prod", ...WEB, ...undo };

    expect(undo).toMatchObject({ change, uid: "web-uid" });
    expect(parseRequest(request)).toEqual(request);
  });

  it.each<[string, Partial<WorkloadRun>]>([
    ["nobody asked", { incident: incident() }],
    ["it was a dry run", { dry_run: true }],
    ["nothing was done", { remedy: remedyResult({ status: "refused", refusal: "LimitReached", change: undefined }) }],
    ["it cannot be undone", { remedy: remedyResult({ change, undo: "cannot be undone" }) }],
    ["it was undone", { undo: { status: "applied", message: "", wait_seconds: 1, deadline: NOW.toISOString() } }],
    ["nobody knows whether it was undone", { undo_error: { Error: "States.Timeout", Cause: "" } }],
    [
      "somebody else has changed it since",
      {
        verification: {
          ...{ verdict: "overtaken", reasons: ["other"], wait_seconds: 1 },
          observation: { digest: "", well_since: null },
        },
      },
    ],
  ])("has none where %s", (_why, overrides) => {
    expect(undoRequestOf(overrides)).toBeUndefined();
  });
});
