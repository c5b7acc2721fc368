import * as z from "zod";
import { describeFailures } from "./rows.ts";
import type { Incident, WorkloadRun } from "../../functions/run/contracts.ts";
import { WorkloadRef } from "../../functions/shared/refs.ts";
import { deedOf } from "../../statemachines/by-name.ts";
import type { ExecutionEvent } from "../engine/engine.ts";
import type { ReplicaReading } from "./replicas.ts";
import { tell } from "./story.ts";

/** One line of what `--json` prints. */
export const JsonLine = z.strictObject({
  /** When, by the clock of the cluster. */
  time: z.iso.datetime(),
  /** What it is about; null for the run as a whole. */
  workload: WorkloadRef.nullable(),
  /** What is known of that by now, in words. */
  finding: z.string().min(1),
  /**
   * What happened: a state of the workflow was `entered` or `exited`, `retried`, `caught` or `failed`; other `replicas` than
   * before were read; the run ended with a `result`, was `interrupted`, or ended with an `error`.
   */
  event: z.enum(["entered", "exited", "retried", "caught", "failed", "replicas", "result", "interrupted", "error"]),
  /** The state of the workflow. */
  state: z.string().optional(),
  /** Which of the workloads it is about, from 0. */
  iteration: z.int().optional(),
  error: z.strictObject({ name: z.string(), message: z.string() }).optional(),
  /** How many pods of the workload are ready, and how many it is to have; with `replicas`. */
  ready: z.int().optional(),
  wanted: z.int().optional(),
  /** The output of the execution; with `result`. */
  result: z.unknown().optional(),
  /** What subscribers would have been told; with `result`. */
  notifications: z.array(z.unknown()).optional(),
  /** What became of each workload that was claimed; with `interrupted`. */
  workloads: z.array(z.strictObject({ workload: z.string(), text: z.string() })).optional(),
});
export type JsonLine = z.output<typeof JsonLine>;

/** Writes a line about the run as a whole. */
export function writeRunLine(
  output: NodeJS.WritableStream,
  now: Date,
  line: Omit<JsonLine, "time" | "workload">,
): void {
  write(output, { time: now.toISOString(), workload: null, ...line });
}

/** Tells of an execution as lines of JSON, each with what is known by then. */
export class JsonLines {
  readonly #output: NodeJS.WritableStream;
  readonly #now: () => Date;
  /** By iteration; that of the run as a whole is undefined. */
  readonly #findings = new Map<number | undefined, string>();

  constructor(output: NodeJS.WritableStream, now: () => Date) {
    this.#output = output;
    this.#now = now;
  }

  see(event: ExecutionEvent): void {
    const { type, state, iteration, input, error } = event;
    const incident = iteration === undefined ? undefined : (input as { incident?: Incident } | undefined)?.incident;
    const told = isFinding(event) ? tell(event)?.text : undefined;
    const finding = told ?? this.#findings.get(iteration) ?? firstFinding(incident);
    this.#findings.set(iteration, finding);
    write(this.#output, {
      time: this.#now().toISOString(),
      workload: incident?.workload ?? null,
      finding,
      event: type,
      state,
      ...(iteration === undefined ? {} : { iteration }),
      ...(error === undefined ? {} : { error }),
    });
  }

  count({ iteration, workload, ready, wanted }: ReplicaReading): void {
    const finding = `${ready} of ${wanted} replicas ready`;
    const time = this.#now().toISOString();
    write(this.#output, { time, workload, finding, event: "replicas", iteration, ready, wanted });
  }
}

/** What is waited for, and that a workload is claimed, tells nothing of it. */
function isFinding({ type, state, output }: ExecutionEvent): boolean {
  if (type === "failed") return true;
  const { claim } = (output ?? {}) as Partial<WorkloadRun>;
  return type === "exited" && !(isClaiming(state) && claim?.status === "claimed");
}

function isClaiming(state: string): boolean {
  const deed = deedOf(state);
  return deed === "claim" || deed === "take up claim";
}

function firstFinding(incident: Incident | undefined): string {
  if (incident === undefined) return "nothing was looked at yet";
  return describeFailures(incident) || "asked for by name";
}

function write(output: NodeJS.WritableStream, line: JsonLine): void {
  output.write(`${JSON.stringify(line)}\n`);
}
