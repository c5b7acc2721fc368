import { failsWith, type Case } from "../../facts/case.ts";
import { isOutOfMemory } from "../../facts/container-ends.ts";
import { mayHavePassedForReady } from "../../facts/onset.ts";
import { isPresentVersion } from "../../facts/proof.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { bounded, count, some } from "../../shared/text.ts";
import { namesReferredTo } from "../../facts/references.ts";
import { changesBefore, describeChange } from "../config-lines.ts";
import { once, reportOnly, type Cause } from "./cause.ts";
import { CRASH_REASONS } from "./crash.ts";
import { UNREADY } from "./unready.ts";

/** How many names of what a template reads are told. */
const MAX_NAMES = 4;

/** The same version, started again, does not run any more. */
export const RESTARTED_CAUSES: readonly Cause[] = [
  {
    name: "FailsSinceRestart",
    looksLike:
      "Containers crash or do not become ready since their version was started again: the template is that of a revision that was well, apart from marks of a restart (kubectl rollout restart, Reloader) or checksums of what it reads.",
    response:
      "Report what the template reads, who changed it last, and how many pods from before the restart still serve.",
    rejected: [
      {
        action: "rollback",
        reason:
          "what this version reads may have changed; an older one, or the restart taken back, would hide that until the next restart",
      },
      { action: "restart", reason: "a new pod would read the same" },
    ],
    diagnose: (facts) => {
      const { again, ofCurrent: failing, longStable } = facts;
      if (again === undefined || longStable) return undefined;
      const crashes = failsWith(failing, CRASH_REASONS);
      if (!(crashes && !failing.some(isOutOfMemory)) && !failsWith(failing, UNREADY)) return undefined;
      const does = crashes ? verb(failing, "crashes", "crash") : verb(failing, "is not ready", "are not ready");
      const { before, serving, evidence } = again;
      // Pods that crash now and then counted as available before, too, where nothing asks whether they are.
      const unsure =
        before.confidence !== "high" && failing.some((one) => mayHavePassedForReady(one.pod, one.failures));
      return {
        confidence: unsure ? "low" : before.confidence,
        summary: `${does} since revision ${before.revision.revision}, which ${unsure ? "counted as available for long" : "was well"}, was started again.`,
        evidence: [...failureLines(failing), ...evidence],
        tries: once(reportOnly(`${advice(facts)}${unsure ? otherwise(facts) : ""}${left(serving)}`)),
      };
    },
  },
];

function verb(failing: Case["failing"], one: string, several: string): string {
  return `${count(failing.length, "pod")} ${failing.length === 1 ? one : several}`;
}

function advice(facts: Case): string {
  const { current, templates } = facts;
  const template = current === undefined ? undefined : templates.get(current.name);
  const names = template === undefined ? [] : namesReferredTo(template);
  const read = names.length === 0 ? "" : ` (${some(names, MAX_NAMES)})`;
  return `What has changed is not in the pod template: look at what it reads and depends on${read}.${changed(facts)}`;
}

/** The change that came last before the first failure. */
function changed(facts: Case): string {
  const [change, ...others] = changesBefore(facts);
  if (change === undefined) return "";
  const more =
    others.length === 0
      ? ""
      : ` ${count(others.length, "other")} of these ${others.length === 1 ? "was" : "were"} written to in that time, too.`;
  return ` ${bounded(describeChange(change))}.${more}`;
}

/** What else it may be, where nothing proves that the version was well. */
function otherwise({ revisions }: Case): string {
  const older = revisions.filter((revision) => !isPresentVersion(revision, revisions) && revision.unproven !== true);
  const numbers = some(
    older.map(({ revision }) => String(revision)),
    MAX_NAMES,
  );
  const back =
    older.length === 0 ? "" : ` If so, ask for a rollback to an earlier revision by its number (${numbers}).`;
  return ` Or this version crashed before, too: what crashes can count as ready between two crashes, and nothing proves that it ran well.${back}`;
}

function left(serving: number): string {
  if (serving === 0) return "";
  const pods = count(serving, "pod");
  return ` ${pods} from before ${serving === 1 ? "serves" : "serve"} on: do not restart ${serving === 1 ? "it" : "them"} before that is mended.`;
}
