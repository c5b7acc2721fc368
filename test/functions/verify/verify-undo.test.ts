import { describe, expect, it } from "vitest";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import type { Workload } from "../../../functions/shared/kubernetes/types.ts";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import { verifyUndo } from "../../../functions/verify/verify-undo.ts";
import { NOW, template } from "../../support/objects.ts";
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
