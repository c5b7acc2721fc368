import { count, some } from "../../shared/text.ts";
import type { Command, Words } from "../remedy.ts";
import type { HelmRollbackChange, HelmRollbackPlan } from "./contract.ts";
import { ownRevision } from "./release-secret.ts";

type Parts = Omit<HelmRollbackChange, "kind"> | HelmRollbackPlan;

/** How many names a sentence holds. */
const MAX_NAMED = 3;

/** What people are told of a rollback with Helm. */
export const words: Words<HelmRollbackPlan, HelmRollbackChange> = {
  verb: "roll back with Helm",
  did: (change, _workload, dryRun) => rolledBack(change, dryRun),
  would: (plan) => rolledBack(plan, true),
  byHand: (plan) => rollbackCommand(plan, plan.to),
  found: (change) =>
    `${named(change)} has a revision ${ownRevision(change)} that came of a rollback to revision ${change.to}.`,
  changed: (change) => [
    `${named(change)}: rolled back from revision ${change.from.revision} to revision ${change.to}, as revision ${ownRevision(change)}`,
    ...(change.config_maps.length === 0
      ? []
      : [`with it: ${some(change.config_maps, MAX_NAMED)} (${count(change.config_maps.length, "ConfigMap")})`]),
  ],
  wayBack: (plan) => `Have Helm roll ${named(plan)} back to revision ${plan.from.revision}, which it is at now.`,
  undone: (change) =>
    `The rollback with Helm was undone: Helm has rolled ${named(change)} back to revision ${change.from.revision}.`,
  bringsBack: true,
  undoCommand: (change) => rollbackCommand(change, change.from.revision),
  afterwards: (change, wasAsked) => ({
    next: `${named(change)} is at the content of revision ${change.to}, as revision ${ownRevision(change)}. Whatever releases it (a pipeline, a person) brings the newer one again: mend the cause there first.`,
    ...(wasAsked ? { takesBack: true } : {}),
  }),
};

function rolledBack(parts: Parts, dryRun: boolean): string {
  const { from, to, config_maps: configMaps } = parts;
  const first = `${dryRun ? "Would have Helm roll" : "Had Helm roll"} ${named(parts)} back from revision ${from.revision} to revision ${to}.`;
  if (configMaps.length === 0) return first;
  const changes = configMaps.length === 1 ? "ConfigMap" : "ConfigMaps";
  return `${first} That ${dryRun ? "would change" : "changed"} ${changes} ${some(configMaps, MAX_NAMED)} as well.`;
}

function rollbackCommand({ release: { namespace, name } }: Parts, revision: number): Command {
  return { words: ["helm", "rollback", name, `${revision}`, "-n", namespace, "--no-hooks"] };
}

function named({ release: { namespace, name } }: Parts): string {
  return `Helm release ${namespace}/${name}`;
}
