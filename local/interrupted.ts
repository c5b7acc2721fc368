import { claim } from "../functions/claim/handler.ts";
import { WorkloadRun } from "../functions/shared/contracts.ts";
import { describeWorkload } from "../functions/shared/kubernetes/workloads.ts";
import type { Environment } from "../functions/shared/step.ts";
import type { ExecutionEvent } from "./engine.ts";

/** Remembers how far each workload of an execution has come, so that an interrupted one can be cleaned up after. */
export class OpenRuns {
  readonly #runs = new Map<number, WorkloadRun>();

  /** Takes note of an event of the execution. */
  see({ type, state, iteration, output }: ExecutionEvent): void {
    if (iteration === undefined || type !== "exited") return;
    const run = WorkloadRun.safeParse(output);
    if (state === "Release workload" || state === "Was it reported?") this.#runs.delete(iteration);
    else if (run.success) this.#runs.set(iteration, run.data);
  }

  /**
   * Releases every claim that is still held, with the interruption in its history.
   * @returns one line a workload that says what had been changed
   */
  async release(environment: Environment): Promise<string[]> {
    const lines: string[] = [];
    for (const run of this.#runs.values()) {
      if (run.claim?.status !== "claimed") continue;
      const error = { Error: "Interrupted", Cause: "The run was interrupted." };
      await claim(environment)({ operation: "release", run: { ...run, error } });
      const changed = run.remedy?.status === "applied" ? run.remedy.message : "Nothing was changed.";
      lines.push(`${describeWorkload(run.incident.workload)}: claim released. ${changed}`);
    }
    return lines;
  }
}
