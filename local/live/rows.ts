import type { Incident, Outcome, Report, WorkloadRun } from "../../functions/run/contracts.ts";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import { count } from "../../functions/shared/text.ts";
import { deedOf, waitOf } from "../../statemachines/by-name.ts";
import type { Path } from "../../statemachines/asl.ts";
import type { ExecutionEvent } from "../engine/engine.ts";

/** What is shown of one workload while the workflow looks after it. */
export interface Row {
  workload: string;
  failure: string;
  diagnosis: string;
  remedy: string;
  progress: string;
  outcome: Outcome | undefined;
  needsPerson: boolean;
}

/** The rows of an execution, by the iteration of each workload; they change with each event. */
export type Rows = ReadonlyMap<number, Row>;

type State = Partial<WorkloadRun> & Partial<Report>;

/** The rows after one more event. */
export function afterEvent(rows: Rows, event: ExecutionEvent): Rows {
  const { iteration, input } = event;
  if (iteration === undefined) return rows;
  const row = rows.get(iteration) ?? newRow((input as State | undefined)?.incident);
  if (row === undefined) return rows;
  return new Map(rows).set(iteration, { ...row, ...changeBy(event) });
}

function newRow(incident: Incident | undefined): Row | undefined {
  if (incident === undefined) return undefined;
  const { workload, failures, failing_pods } = incident;
  const reasons = [...new Set(failures.map(({ reason }) => reason))].join(", ");
  return {
    workload: describeWorkload(workload),
    failure: failing_pods === 0 ? reasons : `${reasons} (${count(failing_pods, "pod")})`,
    diagnosis: "",
    remedy: "",
    progress: "",
    outcome: undefined,
    needsPerson: false,
  };
}

/** What an event changes of its row. */
function changeBy({ type, state, input, output }: ExecutionEvent): Partial<Row> {
  if (type === "entered") return entered(state, input ?? {});
  if (type === "retried") return { progress: `${state}: tries again` };
  return type === "exited" ? exited(state, output ?? {}) : {};
}

/** The wait before the first look at what a remedy did; later ones leave what that look said. */
const FIRST_WAIT: Path = "$.remedy.wait_seconds";

function entered(state: string, run: State): Partial<Row> {
  if (waitOf(state) === FIRST_WAIT) return { progress: `settling, first look in ${run.remedy?.wait_seconds ?? "?"} s` };
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
      const { verdict, reasons = [] } = run.verification ?? {};
      return { progress: verdict === "settling" ? (reasons[0] ?? "settling") : (verdict ?? "").replace("_", " ") };
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
