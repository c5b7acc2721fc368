import type { Incident, Outcome, Report, Verification, WorkloadRun } from "../../functions/run/contracts.ts";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import { count } from "../../functions/shared/text.ts";
import { deedOf, waitOf } from "../../statemachines/by-name.ts";
import type { Path } from "../../statemachines/asl.ts";
import type { ExecutionEvent } from "../engine/engine.ts";
import { readPath } from "../scenarios/read-path.ts";
import type { Replicas, ReplicaReading } from "./replicas.ts";

/** What is shown of one workload while the workflow looks after it. */
export interface Row {
  workload: string;
  failure: string;
  /** Absent until they were read. */
  replicas?: Replicas | undefined;
  diagnosis: string;
  remedy: string;
  progress: string;
  /** Until when it waits, and for what; absent while it does not wait. */
  wait?: Wait | undefined;
  outcome: Outcome | undefined;
  needsPerson: boolean;
}

/** A wait of the workflow for one workload. */
export interface Wait {
  until: Date;
  /** `first look`, `next look`. */
  what: string;
}

/** The rows of an execution, by the iteration of each workload; they change with each event. */
export type Rows = ReadonlyMap<number, Row>;

type State = Partial<WorkloadRun> & Partial<Report>;

/**
 * The rows after one more event.
 * @param now when it happened, by the clock that the waits are measured with
 */
export function afterEvent(rows: Rows, event: ExecutionEvent, now: Date): Rows {
  const { iteration, input } = event;
  if (iteration === undefined) return rows;
  const row = rows.get(iteration) ?? newRow((input as State | undefined)?.incident);
  if (row === undefined) return rows;
  return new Map(rows).set(iteration, { ...row, ...changeBy(event, now) });
}

/** The rows after the replicas of one workload were read. */
export function afterReading(rows: Rows, { iteration, ready, wanted }: ReplicaReading): Rows {
  const row = rows.get(iteration);
  return row === undefined ? rows : new Map(rows).set(iteration, { ...row, replicas: { ready, wanted } });
}

function newRow(incident: Incident | undefined): Row | undefined {
  if (incident === undefined) return undefined;
  return {
    workload: describeWorkload(incident.workload),
    failure: describeFailures(incident),
    diagnosis: "",
    remedy: "",
    progress: "",
    outcome: undefined,
    needsPerson: false,
  };
}

/** In which ways a workload fails, and how many pods of it: `CrashLoopBackOff (2 pods)`; empty where nothing was looked for. */
export function describeFailures({ failures, failing_pods }: Incident): string {
  const reasons = [...new Set(failures.map(({ reason }) => reason))].join(", ");
  return failing_pods === 0 ? reasons : `${reasons} (${count(failing_pods, "pod")})`;
}

/** What an event changes of its row. */
function changeBy({ type, state, input, output }: ExecutionEvent, now: Date): Partial<Row> {
  if (type === "entered") return { wait: waitFrom(state, input, now), ...entered(state) };
  if (type === "retried") return { progress: `${state}: tries again` };
  return type === "exited" ? exited(state, output ?? {}) : {};
}

/** The wait before the first look at what a remedy did. */
const FIRST_WAIT: Path = "$.remedy.wait_seconds";

/** What is waited for in a state, and until when; undefined for a state that does not wait. */
function waitFrom(state: string, input: unknown, now: Date): Wait | undefined {
  const field = waitOf(state);
  if (field === undefined) return undefined;
  const seconds = Number(readPath(input, field.slice("$.".length)) ?? 0);
  return { until: new Date(now.getTime() + seconds * 1_000), what: field === FIRST_WAIT ? "first look" : "next look" };
}

function entered(state: string): Partial<Row> {
  // Later waits leave what the look before them said.
  if (waitOf(state) === FIRST_WAIT) return { progress: "settling" };
  switch (deedOf(state)) {
    case "claim":
      return { progress: "claiming" };
    case "diagnose":
      return { progress: "diagnosing" };
    case "verify":
      return { progress: "verifying" };
    case "undo":
      return { progress: "undoing" };
    default:
      return {};
  }
}

function exited(state: string, run: State): Partial<Row> {
  switch (deedOf(state)) {
    case "diagnose":
      return run.diagnosis === undefined
        ? {}
        : {
            diagnosis: run.diagnosis.cause,
            remedy: run.diagnosis.remedy.action === "none" ? "" : run.diagnosis.remedy.action,
          };
    case "verify": {
      return run.verification === undefined ? {} : { progress: describeLook(run.verification) };
    }
    case "release":
      return {
        outcome: run.outcome,
        progress: run.reason ?? "",
        needsPerson: run.needs_person ?? false,
      };
    default:
      return {};
  }
}

/** What a look at a workload showed, as short as can be. */
function describeLook({ verdict, reasons, observation }: Verification): string {
  switch (verdict) {
    case "settling":
      return observation.well_since === null ? (reasons[0] ?? "settling") : "well so far";
    case "go_on":
      return "goes on with the next part";
    default:
      return verdict.replaceAll("_", " ");
  }
}

/** How far it has come, with what is left of a wait counted down. */
export function progressAt({ progress, wait }: Row, now: Date): string {
  if (wait === undefined) return progress;
  const left = Math.max(0, Math.ceil((wait.until.getTime() - now.getTime()) / 1_000));
  // The number first: a narrow terminal cuts what is last.
  return `${left} s to the ${wait.what}; ${progress}`;
}
