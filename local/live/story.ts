import type {
  CaughtError,
  Claim,
  Detection,
  Diagnosis,
  RemedyResult,
  Report,
  StormMemory,
  UndoResult,
  UndoVerification,
  Verification,
  WorkloadRun,
} from "../../functions/run/contracts.ts";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import { count } from "../../functions/shared/text.ts";
import { errorText } from "../../functions/shared/caught-error.ts";
import type { ExecutionEvent } from "../engine/engine.ts";

/** One line of what a person is told while the workflow runs. */
export interface StoryLine {
  /** The workload that it is about; undefined for the run as a whole. */
  workload: string | undefined;
  state: string;
  text: string;
}

/** States that only route say nothing that the states around them do not say. */
const SILENT: ReadonlySet<string> = new Set([
  "Which request?",
  "Anything failing?",
  "Failure storm?",
  "Told before?",
  "Claimed?",
  "Which remedy?",
  "Applied?",
  "Remember the first try",
  "Another remedy?",
  "Did it work?",
  "Can it be undone?",
  "Undone?",
  "Is it as before?",
  "Was it reported?",
  "Was everyone told?",
  "Remediate each workload",
  "Summarise",
  "Done",
]);

/**
 * Puts an event of the execution into words; undefined for events that are not worth a line.
 * @param evidence whether a diagnosis comes with its evidence
 */
export function tell(event: ExecutionEvent, { evidence } = { evidence: true }): StoryLine | undefined {
  const silent = SILENT.has(event.state) && (event.type === "entered" || event.type === "exited");
  if (silent) return undefined;
  const line = (text: string): StoryLine => ({ workload: workloadOf(event), state: event.state, text });
  switch (event.type) {
    case "entered":
      return event.state.startsWith("Wait") ? line(`for ${waitSeconds(event)} s`) : undefined;
    case "retried":
      return line("tries again");
    case "failed":
      return line(`failed with ${event.error?.name ?? "an error"}: ${errorText(asCaught(event))}`);
    case "caught":
      return undefined;
    case "exited": {
      const text = describeOutput(event, evidence);
      return text === undefined ? undefined : line(text);
    }
  }
}

type RunState = Partial<WorkloadRun> & { detection?: Detection; memory?: StormMemory; report?: Report };

function describeOutput({ state, output }: ExecutionEvent, evidence: boolean): string | undefined {
  const run = output as RunState;
  switch (state) {
    case "Detect failures":
    case "Find workload":
      return run.detection === undefined ? undefined : describeDetection(run.detection);
    case "Claim workload":
      return run.claim === undefined ? undefined : describeClaim(run.claim);
    case "Diagnose":
    case "Diagnose again":
      return run.diagnosis === undefined ? undefined : describeDiagnosis(run.diagnosis, evidence);
    case "Restart":
    case "Roll back":
    case "Scale":
    case "Look what was done":
      return describeRemedy(run.remedy);
    case "Verify":
      return run.verification === undefined ? undefined : describeVerification(run.verification);
    case "Undo rollback":
    case "Undo scaling":
      return describeRemedy(run.undo);
    case "Verify undo":
      return run.undo_verification === undefined ? undefined : describeVerification(run.undo_verification);
    case "Remember storm":
      return run.memory?.message;
    case "Report outcome":
    case "Report storm":
      return run.report === undefined ? undefined : `${run.report.outcome}: ${run.report.summary}`;
    default:
      return undefined;
  }
}

function describeDetection(detection: Detection): string {
  if (detection.incidents[0]?.requested !== undefined)
    return `found ${describeWorkload(detection.incidents[0].workload)}`;
  const { pods_seen, workloads_seen, out_of_scope, in_rollout, unseen } = detection;
  const incidents = detection.incidents.map(
    ({ workload, failures }) => `${describeWorkload(workload)} (${failures.map(({ reason }) => reason).join(", ")})`,
  );
  return [
    `looked at ${count(pods_seen, "pod")} and ${count(workloads_seen, "workload")}`,
    incidents.length === 0 ? "nothing fails" : `${count(incidents.length, "incident")}: ${incidents.join(", ")}`,
    ...(out_of_scope > 0 ? [`${out_of_scope} more in namespaces that the policy excludes`] : []),
    ...(in_rollout.length > 0 ? [`still being rolled out: ${in_rollout.map(describeWorkload).join(", ")}`] : []),
    ...unseen.map(({ what, error }) => `could not see ${what} (${error})`),
  ].join("; ");
}

function describeClaim(claim: Claim): string {
  return claim.status === "claimed" ? `claimed until ${claim.expires_at ?? "?"}` : (claim.message ?? "refused");
}

function describeDiagnosis({ cause, confidence, summary, evidence, remedy }: Diagnosis, all: boolean): string {
  const decision =
    remedy.action === "none" ? `no remedy (${remedy.refusal}): ${remedy.message}` : `remedy: ${remedy.action}`;
  const proof = !all || evidence.length === 0 ? "" : ` [${evidence.join(" | ")}]`;
  return `${cause} (${confidence} confidence): ${summary}${proof} -> ${decision}`;
}

function describeRemedy(result: RemedyResult | UndoResult | undefined): string | undefined {
  return result?.message;
}

function describeVerification({ verdict, reasons }: Verification | UndoVerification): string {
  return reasons.length === 0 ? verdict : `${verdict.replace("_", " ")}: ${reasons.join("; ")}`;
}

function waitSeconds({ state, input }: ExecutionEvent): number {
  const run = input as RunState;
  const from = state === "Wait again" ? run.verification : state === "Wait for the undo" ? run.undo : run.remedy;
  return from?.wait_seconds ?? 0;
}

function workloadOf({ iteration, input }: ExecutionEvent): string | undefined {
  const workload = iteration === undefined ? undefined : (input as RunState).incident?.workload;
  return workload === undefined ? undefined : `${workload.namespace}/${workload.name}`;
}

function asCaught({ error }: ExecutionEvent): CaughtError {
  return { Error: error?.name ?? "", Cause: error?.message ?? "" };
}
