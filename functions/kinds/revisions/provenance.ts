import { fieldWriters, setBelow, statusWriters } from "../../shared/kubernetes/managed-fields.ts";
import type { ObjectMeta } from "../../shared/kubernetes/types.ts";

/**
 * Which of the objects that claim to hold a workload's revisions its controller may have made.
 *
 * Who may create ReplicaSets or ControllerRevisions in a namespace can give one any name, label, annotation, owner and field
 * manager, so that none of these proves anything; what it has to lie about is looked at all the same. It can choose neither
 * when its object is created, nor what the workload itself says. A controller makes an object when the workload gets a
 * template that it never had, and gives it a number above all that are there. So these were made, or changed, by somebody else:
 * - one that is older than the workload;
 * - one without a number: no command goes back to it, and some that name 0 go elsewhere;
 * - one that is newer than the present template: nothing was ever made from it;
 * - one with a number that an older one bears as well, or that is below one of these where all numbers are kept.
 *
 * An object that is made with a number above the present one makes the controller number the present one anew, as if it had
 * been rolled back to. So what was left by a rollback looks like what never was the workload's template, and is no proof of
 * anything (`wasLeftByRollback`).
 *
 * The limit: who may change the workload, the status or the scale of its ReplicaSets, or the numbers on them, can bring up
 * what is taken for its history.
 * Source: kubernetes pkg/controller/deployment/sync.go, getNewReplicaSet; pkg/controller/history/controller_history.go
 */

/** What an object says of the revision that it holds. */
export interface Claim {
  metadata: ObjectMeta | undefined;
  /** Every number that the revision has had, as far as it is known. */
  numbers: readonly number[];
  /** The hash that its controller ends its name with; undefined where it bears none. */
  hash: string | undefined;
  /** Whether the workload's present template is the one that it holds. */
  current: boolean;
}

/** What is known of a history as a whole. */
export interface Origin {
  /** The workload's own metadata. */
  workload: ObjectMeta | undefined;
  /** Where the object keeps its template: the path of field names. */
  templateAt: readonly string[];
  /** Whether an object keeps every number that it has had. */
  keepsNumbers: boolean;
}

/** The objects that the workload's controller may have made. What holds the present template is kept: that is the workload's own. */
export function ofController<Held extends Claim>(claims: readonly Held[], origin: Origin): Held[] {
  const plausible = claims.filter((claim) => claim.current || isMadeAlike(claim, origin));
  const numbered = plausible.filter((claim) => claim.current || isNumberedInTurn(claim, plausible, origin));
  const since = presentSince(numbered, origin);
  return numbered.filter((claim) => claim.current || createdAt(claim) <= since);
}

/** Whether the number after its last went to an older one again, which is not the present one. */
export function wasLeftByRollback(claim: Claim, all: readonly Claim[]): boolean {
  const next = Math.max(...claim.numbers) + 1;
  return all.some(
    (other) => !other.current && other.numbers.includes(next) && first(other) !== next && first(other) < first(claim),
  );
}

/** Whether it looks as its controller makes them, and is not older than the workload. */
function isMadeAlike({ metadata, hash, numbers }: Claim, { workload, templateAt }: Origin): boolean {
  if (hash === undefined || metadata?.name?.endsWith(`-${hash}`) !== true) return false;
  if (!numbers.some((number) => number > 0)) return false;
  if (Date.parse(metadata.creationTimestamp ?? "") < Date.parse(workload?.creationTimestamp ?? "")) return false;
  // Its controller writes the workload's status as well, under the name that it has on this cluster.
  const controllers = statusWriters(workload);
  const makers = fieldWriters(metadata).filter(({ fields }) => setBelow(fields, templateAt) !== undefined);
  return controllers.length === 0 || makers.every(({ manager }) => controllers.includes(manager));
}

/** Whether its numbers were still to be given out when it was made. */
function isNumberedInTurn(claim: Claim, all: readonly Claim[], { keepsNumbers }: Origin): boolean {
  const others = all.filter((other) => other !== claim && createdAt(other) <= createdAt(claim));
  const isTaken = others.some((other) => other.numbers.some((number) => claim.numbers.includes(number)));
  if (isTaken || !keepsNumbers) return !isTaken;
  return others.every((other) => createdAt(other) === createdAt(claim) || first(other) < first(claim));
}

/** When the workload's present template was put in place at the latest. */
function presentSince(claims: readonly Claim[], { workload }: Origin): number {
  const writes = fieldWriters(workload)
    .filter(({ fields }) => setBelow(fields, ["spec", "template"]) !== undefined)
    .map(({ time }) => time?.getTime() ?? -Infinity);
  const made = claims.filter(({ current }) => current).map(createdAt);
  return made.length === 0 ? Infinity : Math.max(...made, ...writes);
}

function createdAt({ metadata }: Claim): number {
  return new Date(metadata?.creationTimestamp ?? 0).getTime();
}

function first({ numbers }: Claim): number {
  return Math.min(...numbers);
}
