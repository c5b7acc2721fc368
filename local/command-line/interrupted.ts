import { claim } from "../../functions/claim/handler.ts";
import { WorkloadRun } from "../../functions/run/contracts.ts";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import type { Environment } from "../../functions/run/step.ts";
import { errorText } from "../../functions/shared/caught-error.ts";
import { changesWorkload, deedOf } from "../../statemachines/by-name.ts";
import type { ExecutionEvent } from "../engine/engine.ts";

/** How far a workload had come when its execution was interrupted. */
interface Progress {
  run: WorkloadRun;
  /** Whether its claim was given back, or left to expire, by the workflow itself. */
  ended: boolean;
  /** What a remedy or an undo failed with that was under way: whether it changed something is not known. */
  failure: string | undefined;
}

/** What is said of one workload of an execution that was interrupted. */
export interface Interrupted {
  /** `Deployment shop/web`. */
  workload: string;
  /** What became of its claim, and what was changed, in sentences. */
  text: string;
}

/** Remembers how far each workload of an execution has come, so that an interrupted one can be cleaned up after. */
export class OpenRuns {
  readonly #runs = new Map<number, Progress>();

  /** Takes note of an event of the execution. */
  see({ type, state, iteration, output, error }: ExecutionEvent): void {
    if (iteration === undefined) return;
    const known = this.#runs.get(iteration);
    if (type === "failed" && changesWorkload(state) && known !== undefined && error !== undefined) {
      const text = errorText({ Error: error.name, Cause: error.message });
      this.#runs.set(iteration, { ...known, failure: `${error.name}: ${text}` });
    }
    if (type !== "exited") return;
    if (deedOf(state) === "release") {
      if (known !== undefined) this.#runs.set(iteration, { ...known, ended: true });
      return;
    }
    const run = WorkloadRun.safeParse(output);
    if (run.success) this.#runs.set(iteration, { run: run.data, ended: false, failure: undefined });
  }

  /**
   * Releases every claim that is still held, with the interruption in its history. A claim that cannot be released
   * expires.
   * @returns what to say of each workload that was claimed
   */
  async release(environment: Environment): Promise<Interrupted[]> {
    const said: Interrupted[] = [];
    for (const progress of this.#runs.values()) {
      const { run, ended } = progress;
      if (run.claim?.status !== "claimed" || run.dry_run) continue;
      const released = ended ? "had ended." : await this.#releaseOne(run, environment);
      said.push({ workload: describeWorkload(run.incident.workload), text: `${released} ${changedBy(progress)}` });
    }
    return said;
  }

  async #releaseOne(run: WorkloadRun, environment: Environment): Promise<string> {
    const error = { Error: "Interrupted", Cause: "The run was interrupted." };
    try {
      await claim(environment)({ operation: "release", run: { ...run, error } });
      return "claim released.";
    } catch (failure) {
      const reason = failure instanceof Error ? failure.message : String(failure);
      return `the claim could not be released, and expires at ${run.claim?.expires_at ?? "its end"}. ${reason}`;
    }
  }
}

/** What was changed, and whether it was checked. */
function changedBy({ run, ended, failure }: Progress): string {
  const { tries = [], diagnosis, remedy, undo, verification, error } = run;
  const done = [
    ...tries.map((earlier) => earlier.remedy.message),
    remedy?.status === "applied" ? remedy.message : undefined,
    undo?.status === "applied" ? undo.message : undefined,
  ].filter((text) => text !== undefined);
  const caught = error === undefined || diagnosis === undefined ? undefined : `${error.Error}: ${errorText(error)}`;
  const failed = failure ?? caught;
  const unknown = failed === undefined ? [] : [`Whether the last step changed something is not known. ${failed}`];
  if (done.length + unknown.length === 0) return "Nothing was changed.";
  const unchecked = ended || verification?.verdict === "recovered" ? [] : ["Whether that helped was not checked."];
  return [...done, ...unknown, ...unchecked].join(" ");
}
