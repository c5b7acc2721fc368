import { describe, expect, it } from "vitest";
import type { Incident, WorkloadRun } from "../../../functions/run/contracts.ts";
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

  it("has none for an agent where that would bring back what failed, and has it for a person", () => {
    const revision = { revision: 1, kind: "ReplicaSet" as const, name: "web-1", template: "x" };
    const rollback = { kind: "rollback" as const, before: revision, after: revision, unblocked: [] };
    const asking = (cause: string, who: Partial<Incident>) =>
      undoRequestOf({
        ...{ incident: incident(who), diagnosis: diagnosis({ cause }) },
        remedy: remedyResult({ change: rollback, undo: "can be undone" }),
      });
    const approved = (origin: "agent" | "person") => ({
      ...{ origin: "agent" as const, approval: { decision: "approve" as const, plan: "0123456789abcdef", origin } },
    });

    expect(asking("CrashLoopAfterRollout", { origin: "agent" })).toBeUndefined();
    expect(asking("CrashLoopAfterRollout", approved("agent"))).toBeUndefined();
    expect(asking("CrashLoopAfterRollout", approved("person"))).toMatchObject({ change: rollback });
    expect(asking("CrashLoopAfterRollout", { origin: "person" })).toMatchObject({ change: rollback });
    expect(asking("Requested", { origin: "agent" })).toMatchObject({ change: rollback });
  });

  it.each<[string, Partial<WorkloadRun>]>([
    ["nobody asked", { incident: incident() }],
    ["it was a dry run", { dry_run: true }],
    ["nothing was done", { remedy: remedyResult({ status: "refused", refusal: "LimitReached", change: undefined }) }],
    ["it cannot be undone", { remedy: remedyResult({ change, undo: "cannot be undone" }) }],
    [
      "it was at zero before, where no request scales it to",
      {
        remedy: remedyResult({
          ...{ change: { ...change, scale: { ...change.scale, from: 0 } }, undo: "can be undone" },
        }),
      },
    ],
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
