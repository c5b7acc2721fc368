import type {
  CaughtError,
  Claim,
  Diagnosis,
  Report,
  UndoVerification,
  Verification,
  WorkloadRun,
} from "../../functions/run/contracts.ts";
import type { Detection, StormMemory } from "../../functions/run/detection.ts";
import { describeWorkload } from "../../functions/kinds/workloads.ts";
import { count } from "../../functions/shared/text.ts";
import { errorText } from "../../functions/shared/caught-error.ts";
import { deedOf, waitOf } from "../../statemachines/by-name.ts";
import type { Deed, Path } from "../../statemachines/asl.ts";
import type { ExecutionEvent } from "../engine/engine.ts";
import { describeResting } from "./resting.ts";
import { readPath } from "../scenarios/read-path.ts";

/** One line of what a person is told while the workflow runs. */
export interface StoryLine {
  /** The workload that it is about; undefined for the run as a whole. */
  workload: string | undefined;
  state: string;
  text: string;
}

/**
 * Puts an event of the execution into words; undefined for events that are not worth a line.
 * @param evidence whether a diagnosis comes with its evidence
 */
export function tell(event: ExecutionEvent, { evidence } = { evidence: true }): StoryLine | undefined {
  const line = (text: string): StoryLine => ({ workload: workloadOf(event), state: event.state, text });
  switch (event.type) {
    case "entered": {
      const field = waitOf(event.state);
      return field === undefined ? undefined : line(`for ${secondsOf(event, field)} s`);
    }
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

/** A state that only routes says nothing that the states around it do not say. */
function describeOutput({ state, output }: ExecutionEvent, evidence: boolean): string | undefined {
  const deed = deedOf(state);
  return deed === undefined ? undefined : WORDS[deed](output as RunState, evidence);
}

/** What came of each deed, by what is known after it. */
const WORDS: Readonly<Record<Deed, (run: RunState, evidence: boolean) => string | undefined>> = {
  detect: ({ detection }) => detection && describeDetection(detection),
  "remember storm": ({ memory }) => memory?.message,
  claim: ({ claim }) => claim && describeClaim(claim),
  "take up claim": ({ claim }) => claim && describeClaim(claim),
  diagnose: ({ diagnosis }, evidence) => diagnosis && describeDiagnosis(diagnosis, evidence),
  remedy: ({ remedy }) => remedy?.message,
  "look what was done": ({ remedy }) => remedy?.message,
  verify: ({ verification }) => verification && describeVerification(verification),
  undo: ({ undo }) => undo?.message,
  "verify undo": ({ undo_verification: verification }) => verification && describeVerification(verification),
  report: ({ report }) => report && `${report.outcome}: ${report.summary}`,
  // What was reported is what is left of the workload.
  release: () => undefined,
  // The error was told where it happened.
  "report failed run": () => undefined,
};

function describeDetection(detection: Detection): string {
  if (detection.incidents[0]?.requested !== undefined)
    return `found ${describeWorkload(detection.incidents[0].workload)}`;
  const { pods_seen, workloads_seen, out_of_scope, in_rollout, resting, unseen } = detection;
  const rests = describeResting(resting);
  const incidents = detection.incidents.map(
    ({ workload, failures, works_again: again }) =>
      `${describeWorkload(workload)} (${again === undefined ? failures.map(({ reason }) => reason).join(", ") : "works again"})`,
  );
  return [
    `looked at ${count(pods_seen, "pod")} and ${count(workloads_seen, "workload")}`,
    incidents.length === 0 && rests === undefined
      ? "nothing fails"
      : `${count(incidents.length, "incident")}: ${incidents.join(", ")}`,
    ...(rests === undefined ? [] : [rests]),
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

function describeVerification({ verdict, reasons }: Verification | UndoVerification): string {
  return reasons.length === 0 ? verdict : `${verdict.replace("_", " ")}: ${reasons.join("; ")}`;
}

function secondsOf({ input }: ExecutionEvent, field: Path): number {
  return Number(readPath(input, field.slice("$.".length)) ?? 0);
}

function workloadOf({ iteration, input }: ExecutionEvent): string | undefined {
  const workload = iteration === undefined ? undefined : (input as RunState).incident?.workload;
  if (workload === undefined) return undefined;
  // A node is in no namespace.
  return workload.namespace === "" ? workload.name : `${workload.namespace}/${workload.name}`;
}

function asCaught({ error }: ExecutionEvent): CaughtError {
  return { Error: error?.name ?? "", Cause: error?.message ?? "" };
}
