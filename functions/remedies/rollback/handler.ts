import * as z from "zod";
import { beginRemedy } from "../../run/begin-remedy.ts";
import { lambda } from "../../shared/aws/lambda.ts";
import {
  Attempt,
  RemedyResult,
  UndoResult,
  WorkloadRun,
  type PodTarget,
  type RevisionRef,
} from "../../run/contracts.ts";
import { withEvent } from "../../run/event.ts";
import { assertNotOptedOut } from "../../facts/opt-out.ts";
import { alreadySo, assertClaimed, remedyOf } from "../../run/remedy-step.ts";
import { settling, undoSettling } from "../../run/settling.ts";
import { contract, step } from "../../shared/step.ts";
import { count } from "../../shared/text.ts";
import { undoUnlessOvertaken } from "../../run/undo.ts";
import { rollBack } from "./carry-out.ts";
import { switchTemplate } from "./switch-template.ts";

const RollbackInput = z.strictObject({ operation: z.enum(["apply", "undo"]), attempt: Attempt, run: WorkloadRun });

/** Puts an earlier pod template back into a Deployment, StatefulSet or DaemonSet; undone, the one it replaced. */
export const rollback = step(
  contract(RollbackInput),
  z.union([RemedyResult, UndoResult]),
  async ({ operation, attempt, run }, environment): Promise<RemedyResult | UndoResult> => {
    const { from, to, unblock } = remedyOf(run, "rollback");
    const cluster = await environment.connect(run.cluster_name);
    const { workload } = run.incident;
    const policy = environment.policy();

    if (operation === "undo") {
      return await withEvent(environment, run, "RemediationUndone", {
        ...(await undoUnlessOvertaken(async () => {
          assertClaimed(run, environment.now());
          await assertNotOptedOut(cluster, workload);
          await switchTemplate(cluster, { workload, from: to, to: from, dryRun: run.dry_run });
        }, `The rollback was undone: the template of revision ${from.revision} is back.`)),
        ...undoSettling(policy, environment.now()),
      });
    }
    await beginRemedy(cluster, run, environment.now());
    await assertNotOptedOut(cluster, workload);
    const { switched, unblocked } = await rollBack(cluster, {
      ...{ workload, from, to, unblock },
      dryRun: run.dry_run,
      again: attempt > 0,
    });
    const plan = settling(run, policy, environment.now());
    if (!switched && attempt === 0) return { ...alreadySo("roll it back"), ...plan };
    return await withEvent(environment, run, "RemediationRolledBack", {
      status: run.dry_run ? "planned" : "applied",
      message: describe(from, to, unblocked, run.dry_run),
      change: { kind: "rollback", before: from, after: to, unblocked },
      ...plan,
    });
  },
);

export const handler = lambda(rollback);

function describe(from: RevisionRef, to: RevisionRef, unblocked: PodTarget[], dryRun: boolean): string {
  const rolledBack = `${dryRun ? "Would roll" : "Rolled"} back from revision ${from.revision} to the template of revision ${to.revision}.`;
  if (unblocked.length === 0) return rolledBack;
  const names = unblocked.slice(0, 3).map(({ name }) => name);
  const more = unblocked.length > names.length ? ` and ${unblocked.length - names.length} more` : "";
  const deleted = `${dryRun ? "Would delete" : "Deleted"} ${count(unblocked.length, "pod")}`;
  return `${rolledBack} ${deleted} that the StatefulSet waited for in vain (${names.join(", ")}${more}).`;
}
