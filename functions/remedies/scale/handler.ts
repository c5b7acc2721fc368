import * as z from "zod";
import { beginRemedy } from "../../run/begin-remedy.ts";
import { lambda } from "../../shared/aws/lambda.ts";
import { Attempt, RemedyResult, UndoResult, WorkloadRun } from "../../run/contracts.ts";
import { withEvent } from "../../run/event.ts";
import { describeSize } from "../../shared/kubernetes/hpa.ts";
import { alreadySo, assertClaimed, remedyOf } from "../../run/remedy-step.ts";
import { settling, undoSettling } from "../../run/settling.ts";
import { contract, step } from "../../shared/step.ts";
import { undoUnlessOvertaken } from "../../run/undo.ts";
import { describeTarget, reversed, scale } from "./carry-out.ts";

const ScaleInput = z.strictObject({ operation: z.enum(["apply", "undo"]), attempt: Attempt, run: WorkloadRun });

/** Moves an HPA's bounds or a Deployment's replicas; undone, moves them back. */
export const scaleWorkload = step(
  contract(ScaleInput),
  z.union([RemedyResult, UndoResult]),
  async ({ operation, attempt, run }, environment): Promise<RemedyResult | UndoResult> => {
    const { scale: plan } = remedyOf(run, "scale");
    const cluster = await environment.connect(run.cluster_name);
    const { workload } = run.incident;
    const policy = environment.policy();
    const target = describeTarget(workload, plan);

    if (operation === "undo") {
      return await withEvent(environment, run, "RemediationUndone", {
        ...(await undoUnlessOvertaken(
          async () => {
            assertClaimed(run, environment.now());
            await scale(cluster, workload, reversed(plan), run.dry_run);
          },
          `The scaling was undone: ${target} is back at ${describeSize(plan.from)}.`,
        )),
        ...undoSettling(policy, environment.now()),
      });
    }
    await beginRemedy(cluster, run, environment.now());
    const scaled = await scale(cluster, workload, plan, run.dry_run);
    const times = settling(run, policy, environment.now());
    if (!scaled && attempt === 0) return { ...alreadySo("scale it"), ...times };
    return await withEvent(environment, run, "RemediationScaled", {
      status: run.dry_run ? "planned" : "applied",
      message: `${run.dry_run ? "Would scale" : "Scaled"} ${target} from ${describeSize(plan.from)} to ${describeSize(plan.to)}.`,
      change: { kind: "scale", scale: plan },
      ...times,
    });
  },
);

export const handler = lambda(scaleWorkload);
