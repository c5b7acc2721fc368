import { isDeepStrictEqual } from "node:util";
import { bounded, some } from "../../shared/text.ts";
import type { Command, Words } from "../remedy.ts";
import { PAUSED_ANNOTATION, PAUSED_LABEL } from "../../facts/argo-cd-application.ts";
import type { ArgoCdRollbackChange, ArgoCdRollbackPlan, Deployment } from "./contract.ts";

type Parts = Omit<ArgoCdRollbackChange, "kind"> | ArgoCdRollbackPlan;

/** How much of a revision people are shown: as much as Git shows, and most versions of a chart. */
const SHOWN_REVISION = 12;

/** What people are told of a rollback through Argo CD. */
export const words: Words<ArgoCdRollbackPlan, ArgoCdRollbackChange> = {
  verb: "roll back",
  did: (change, _workload, dryRun) => done(change, dryRun),
  would: (plan) => done(plan, true),
  byHand: (plan) => (plan.back === undefined ? rollBack(plan) : resume(plan)),
  found: (change) =>
    change.back === undefined
      ? `The automated sync of ${named(change)} is paused, for a sync to its deployment ${change.to.id}.`
      : `The automated sync of ${named(change)} is on as it was before the remedy.`,
  changed: (change) => [
    change.back !== undefined
      ? `${named(change)}: automated sync resumed as it was`
      : `${named(change)}: automated sync paused, and a sync to deployment ${change.to.id} (${shown(change.to)}) started in place of ${change.from.id} (${shown(change.from)})`,
  ],
  wayBack: (plan) =>
    plan.back !== undefined
      ? `It is not taken back in turn: what ${named(plan)} syncs is for its source again.`
      : `The automated sync of ${named(plan)} is resumed exactly as it was, by which Argo CD brings again what its source says.`,
  undone: (change) =>
    `The automated sync of ${named(change)} is on again as it was, by which Argo CD brings what its source says.`,
  bringsBack: true,
  undoCommand: (change) => (change.back === undefined ? resume(change) : undefined),
  afterwards: (change) => ({
    next:
      change.back !== undefined
        ? `Look at what Argo CD brings by it: \`argocd app get ${change.application.name}\`.`
        : `Automated sync of ${named(change)} is paused until somebody resumes it. Revert in its source what came with ${shown(change.from)} ` +
          `(${shown(change.to)} runs now), then resume: \`${inWords(resume(change))}\`.`,
  }),
};

function done(parts: Parts, dryRun: boolean): string {
  return parts.back === undefined ? syncedBack(parts, dryRun) : resumed(parts, parts.back.source, dryRun);
}

/** That its automated sync is on again, and what comes of that. */
function resumed(parts: Parts, source: string[], dryRun: boolean): string {
  const { from } = parts;
  const [resume, syncs] = dryRun ? ["Would resume", "would then sync"] : ["Resumed", "then syncs"];
  const held =
    source.length === 0
      ? `unless it was reverted there, that is ${shown(from)}, which was rolled back: it is rolled out again`
      : isDeepStrictEqual(source, from.revisions)
        ? `${shown(from)} when it looked last, which is the version that was rolled back: it is rolled out again`
        : `${shown({ revisions: source })} when it looked last, and not ${shown(from)}, which was rolled back`;
  return `${resume} the automated sync of ${named(parts)} exactly as it was. Argo CD ${syncs} what its source holds, as soon as sync windows let it: ${held}.`;
}

function rollBack({ application: { name }, to }: Parts): Command {
  return {
    words: ["argocd", "app", "set", name, "--sync-policy", "none", "&&", "argocd", "app", "rollback", name, `${to.id}`],
  };
}

function syncedBack(parts: Parts, dryRun: boolean): string {
  const { from, to, resources } = parts;
  const [pause, start] = dryRun ? ["Would pause", "start"] : ["Paused", "started"];
  const objects = resources === 1 ? "its one object" : `all of its ${resources} objects`;
  return `${pause} the automated sync of ${named(parts)}, and ${start} a sync of ${objects} from deployment ${from.id} (${shown(from)}) back to ${to.id} (${shown(to)}).`;
}

function named({ application: { namespace, name } }: Parts): string {
  return `Application ${namespace}/${name}`;
}

function shown({ revisions }: Pick<Deployment, "revisions">): string {
  return some(
    revisions.map((revision) => bounded(revision.slice(0, SHOWN_REVISION), SHOWN_REVISION)),
    3,
  );
}

/** The command that puts the automated sync back, and takes the mark away. */
function resume({ application: { namespace, name }, automated }: Parts): Command {
  const metadata = { annotations: { [PAUSED_ANNOTATION]: null }, labels: { [PAUSED_LABEL]: null } };
  const patch = { metadata, spec: { syncPolicy: { automated } } };
  return {
    words: ["kubectl", "-n", namespace, "patch", "applications.argoproj.io", name, "--type=merge", "-p"],
    quoted: JSON.stringify(patch),
  };
}

function inWords({ words: parts, quoted = "" }: Command): string {
  return `${parts.join(" ")} '${quoted}'`;
}
