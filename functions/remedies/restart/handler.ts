import * as z from "zod";
import { beginRemedy } from "../../run/begin-remedy.ts";
import { lambda } from "../../shared/aws/lambda.ts";
import { Attempt, RemedyResult, WorkloadRun } from "../../run/contracts.ts";
import { withEvent } from "../../run/event.ts";
import { remedyOf } from "../../run/remedy-step.ts";
import { settling } from "../../run/settling.ts";
import { contract, step } from "../../shared/step.ts";
import { count } from "../../shared/text.ts";
import { restart, type Restarted, type RestartRemedy } from "./carry-out.ts";

const RestartInput = z.strictObject({ attempt: Attempt, run: WorkloadRun });

/** Evicts failing pods, or deletes the leftovers of failed ones. */
export const restartPods = step(
  contract(RestartInput),
  RemedyResult,
  async ({ attempt, run }, environment): Promise<RemedyResult> => {
    const remedy = remedyOf(run, "restart");
    const cluster = await environment.connect(run.cluster_name);
    await beginRemedy(cluster, run, environment.now());
    const restarted = await restart(cluster, remedy, {
      workload: run.incident.workload,
      dryRun: run.dry_run,
      again: attempt > 0,
      onlyFailing: run.incident.requested === undefined,
    });
    const plan = settling(run, environment.policy(), environment.now());
    if (restarted.replaced.length === 0) {
      return {
        status: "refused",
        refusal: "NotFailingAnymore",
        message:
          restarted.gone.length === 0
            ? "No pod fails any more; nothing was done."
            : `${count(restarted.gone.length, "pod")} of those to be replaced had gone already; nothing was done.`,
        ...plan,
      };
    }
    return await withEvent(environment, run, "RemediationRestarted", {
      status: run.dry_run ? "planned" : "applied",
      message: describe(remedy, restarted, run.dry_run),
      change: { kind: "restart", mode: remedy.mode, pods: restarted.replaced },
      ...plan,
    });
  },
);

export const handler = lambda(restartPods);

function describe({ mode }: RestartRemedy, { replaced, gone, recovered, held }: Restarted, dryRun: boolean): string {
  const verb = mode === "evict" ? "evict" : "delete";
  const done = dryRun ? `Would ${verb}` : mode === "evict" ? "Evicted" : "Deleted";
  const names = replaced.slice(0, 3).map(({ name }) => name);
  const more = replaced.length > names.length ? ` and ${replaced.length - names.length} more` : "";
  return [
    `${done} ${count(replaced.length, "pod")} (${names.join(", ")}${more}).`,
    ...(gone.length === 0 ? [] : [`${count(gone.length, "pod")} had gone already.`]),
    ...(recovered.length === 0 ? [] : [`${count(recovered.length, "pod")} recovered by itself.`]),
    ...(held.length === 0 ? [] : [`A PodDisruptionBudget holds ${count(held.length, "further pod")}.`]),
  ].join(" ");
}
