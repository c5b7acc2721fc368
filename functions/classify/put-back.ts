import type { Case } from "../facts/case.ts";
import { ABORT, isAborted } from "../kinds/argo-rollout/rollout.ts";
import { keepOffCommand } from "../facts/opt-out.ts";
import type { HistoryEntry, Remedy } from "../run/contracts.ts";
import { isRollback } from "../remedies/contracts.ts";
import type { Action } from "../remedies/remedy.ts";
import { effectOf } from "../run/history.ts";
import { handBackCommand } from "../run/lease.ts";
import { USER_AGENT } from "../shared/cluster/exchange.ts";
import { describeResizing, describeSize } from "../shared/kubernetes/hpa.ts";
import { byWhom, lastWriter } from "../shared/kubernetes/managed-fields.ts";
import { presentTemplate } from "../shared/kubernetes/template.ts";
import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import type { GuardRefusal } from "./guards.ts";

const ABORT_ACTION = "rollout-abort" satisfies Action;

/**
 * Refuses a remedy whose like others have taken back: what they put in its place is theirs, for as long as it stays so and the
 * claim's history knows. Whoever asks for the remedy gets it, which is for the caller to know.
 */
export function refusePutBack(facts: Case, remedy: Remedy): GuardRefusal | undefined {
  const said = isRollback(remedy.action)
    ? (triedAgain(facts) ?? templatePutBack(facts))
    : "scale" in remedy
      ? sizeSet(facts, remedy)
      : undefined;
  if (said === undefined) return undefined;
  const { workload } = facts.evidence.incident;
  return {
    refusal: "PutBack",
    message:
      `${said} To keep the workflow off it for good: \`${keepOffCommand(workload)}\`. ` +
      `To hand it back, with what is remembered of it forgotten: \`${handBackCommand(workload)}\`.`,
  };
}

/** That the template from which it was rolled back is there again. */
function templatePutBack({ evidence: { history, workload } }: Case): string | undefined {
  const present = workload === undefined ? undefined : presentTemplate(workload);
  const field = { metadata: workload?.metadata, path: ["spec", "template"] };
  const earlier = history.find(
    (entry) =>
      isRollback(entry.action) &&
      entry.action !== ABORT_ACTION &&
      entry.template === present &&
      mayBeTheirs(entry, field),
  );
  if (earlier === undefined) return undefined;
  const { at, cause } = earlier;
  const who = byWhom(field.metadata, field.path, new Date(at));
  const stays = "So it stays. Roll it back by hand, or ask for a rollback, if that was not meant.";
  return effectOf(earlier) === "left"
    ? `An execution that ended at ${at} rolled it back from this very pod template (${cause}), which was put back since${who}. ${stays}`
    : `An execution began to roll it back from this very pod template (${cause}), and how far that got is not known, as of ${at}; the template was written since${who}. ${stays}`;
}

/**
 * That a rollout that was aborted goes on again. The template is the same then; where it is in another object, only who has
 * written that it is to go on tells that it is no other rollout.
 */
function triedAgain({ evidence: { history, workload } }: Case): string | undefined {
  if (workload === undefined || isAborted(workload)) return undefined;
  const present = presentTemplate(workload);
  const field = { metadata: workload.metadata, path: ABORT };
  const earlier = history.find(
    (entry) =>
      entry.action === ABORT_ACTION &&
      entry.template === present &&
      mayBeTheirs(entry, field) &&
      (present !== undefined || isWrittenSince(entry, field)),
  );
  if (earlier === undefined) return undefined;
  const { at, cause } = earlier;
  const who = byWhom(field.metadata, field.path, new Date(at));
  const stays = "So it stays. Abort it by hand if that was not meant.";
  return effectOf(earlier) === "left"
    ? `An execution that ended at ${at} aborted the rollout of this very pod template (${cause}), which goes on again since${who}. ${stays}`
    : `An execution began to abort the rollout of this very pod template (${cause}), and how far that got is not known, as of ${at}; it was written since that it is to go on${who}. ${stays}`;
}

/** That the size is another than the last scaling has left it at. */
function sizeSet({ evidence: { history, workload, hpa } }: Case, { scale }: Extract<Remedy, { scale: object }>) {
  const earlier = history.find(
    (entry) => effectOf(entry) !== "none" && entry.scale !== undefined && nameOf(entry.scale) === nameOf(scale),
  );
  if (earlier?.scale === undefined) return undefined;
  const [present, before, after] = [scale.from, earlier.scale.from, earlier.scale.to].map(describeSize);
  const resizing = describeResizing(earlier.scale.from, earlier.scale.to);
  const effect = effectOf(earlier);
  const field =
    scale.target === "hpa"
      ? { metadata: hpa?.metadata, path: ["spec", "maxReplicas"] }
      : { metadata: workload?.metadata, path: ["spec", "replicas"] };
  const isAsLeft = present === (effect === "taken back" ? before : after);
  if (isAsLeft || (present === before && !mayBeTheirs(earlier, field))) return undefined;
  const who = byWhom(field.metadata, field.path, new Date(earlier.at));
  const what = scale.target === "hpa" ? `HPA ${scale.name}` : "it";
  const did = effect === "left" ? "An execution has scaled" : "An execution may have scaled";
  return (
    `${did} ${what} ${resizing} (${earlier.cause}), as of ${earlier.at}; it was set to ${present} since${who}. ` +
    "So that stays. Scale it by hand, or ask for a scaling, if it was not meant."
  );
}

/** What is scaled, as another entry may name it: an HPA, or the workload itself. */
function nameOf(scale: NonNullable<HistoryEntry["scale"]>): string | undefined {
  return scale.target === "hpa" ? scale.name : undefined;
}

/**
 * Whether what was there before a remedy is there by the will of others. Where nobody knows whether the remedy is in place, it
 * is when another than the workflow has written the field since.
 */
function mayBeTheirs(entry: HistoryEntry, field: { metadata: ObjectMeta | undefined; path: string[] }): boolean {
  const effect = effectOf(entry);
  return effect === "not known" ? isWrittenSince(entry, field) : effect === "left";
}

/** Whether another than the workflow has written the field since. */
function isWrittenSince(entry: HistoryEntry, field: { metadata: ObjectMeta | undefined; path: string[] }): boolean {
  const writer = lastWriter(field.metadata, field.path);
  return writer !== undefined && writer.manager !== USER_AGENT && writer.at > new Date(entry.at);
}
