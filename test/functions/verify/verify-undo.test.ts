import { describe, expect, it } from "vitest";
import type { Change, WorkloadRun } from "../../../functions/run/contracts.ts";
import type { Workload } from "../../../functions/shared/kubernetes/types.ts";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import { verifyUndo } from "../../../functions/verify/verify-undo.ts";
import { deployment, NOW, template } from "../../support/objects.ts";
import { appliedRun } from "../../support/runs.ts";
import { agent, AGENT, DB, db, revisionOf } from "../../support/set-objects.ts";

const DEADLINE = new Date(NOW.getTime() + 60_000);

/** A run whose rollback from revision 2 to revision 1 was undone. */
function undone(of: "db" | "agent"): WorkloadRun {
  const run = appliedRun({ kind: "rollback", before: revisionOf(2, of), after: revisionOf(1, of), unblocked: [] });
  return {
    ...run,
    incident: { ...run.incident, workload: { ...(of === "db" ? DB : AGENT) } },
    undo: { status: "applied", message: "", wait_seconds: 1, deadline: DEADLINE.toISOString() },
  };
}

const verdict = (run: WorkloadRun, workload: Workload, now = NOW) =>
  verifyUndo(run, { kind: DEPLOYMENT, workload, pods: [], controllers: [], hpa: undefined, others: [] }, now);

describe.each([["StatefulSet", "db", db] as const, ["DaemonSet", "agent", agent] as const])(
  "an undone rollback of a %s",
  (_kind, of, made) => {
    it("is undone when the newer template is back and its controller has seen it, however its pods are", () => {
      expect(verdict(undone(of), made())).toEqual({ verdict: "undone", reasons: [] });
    });

    it("settles until its controller has seen the template, and is not undone if that takes too long", () => {
      const unseen = made({ status: { observedGeneration: 0 } });

      expect(verdict(undone(of), unseen)).toMatchObject({ verdict: "settling" });
      expect(verdict(undone(of), unseen, DEADLINE)).toMatchObject({ verdict: "not_undone" });
    });

    it("is not undone with another template", () => {
      expect(verdict(undone(of), made({ template: template("shop/web:1") })).reasons).toEqual([
        "its pod template is not that of revision 2",
      ]);
    });
  },
);

describe("an undo", () => {
  const REMEDY = deployment({ template: template("shop/web:1") });
  const stopped: WorkloadRun = {
    ...appliedRun(),
    claim: { status: "claimed", lease: "deployment.shop.web", resume: "undo" },
  };
  const begun = { status: "applied", message: "", wait_seconds: 1, deadline: DEADLINE.toISOString() } as const;

  it("is to begin only where the execution was stopped at it, and all is as the remedy left it", () => {
    expect(verdict(stopped, REMEDY)).toEqual({
      verdict: "not_begun",
      reasons: ["its pod template is not that of revision 2"],
    });
    expect(verdict(appliedRun(), REMEDY).verdict).toBe("not_undone");
    expect(verdict({ ...stopped, claim: { ...stopped.claim, resume: "verification" } as never }, REMEDY).verdict).toBe(
      "not_undone",
    );
    expect(verdict(stopped, deployment({ template: template("shop/web:3") })).verdict).toBe("not_undone");
  });

  it("has begun where its step has answered, or ended with an error", () => {
    expect(verdict({ ...stopped, undo: begun }, REMEDY).verdict).toBe("settling");
    expect(verdict({ ...stopped, undo_error: { Error: "Forbidden", Cause: "" } }, REMEDY).verdict).toBe("not_undone");
  });

  it("of what cannot be undone is never done, and says so", () => {
    const restarted: Change = { kind: "restart", mode: "evict", pods: [{ name: "a", uid: "a-uid" }] };

    expect(verdict(appliedRun(restarted), REMEDY)).toEqual({
      verdict: "not_undone",
      reasons: ["a restart cannot be undone"],
    });
  });

  it("of a remedy that changed nothing leaves nothing to be done", () => {
    const { change: _none, ...remedy } = appliedRun().remedy ?? ({} as never);

    expect(verdict({ ...stopped, remedy }, REMEDY)).toEqual({ verdict: "undone", reasons: [] });
  });
});
