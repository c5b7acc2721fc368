import { kindOf } from "../kinds/kinds.ts";
import { fieldWriters, setBelow, type FieldTree } from "../shared/kubernetes/managed-fields.ts";
import { isLeftover, isReady, isTerminating, readySince } from "../shared/kubernetes/pods.ts";
import type { Pod } from "../shared/kubernetes/types.ts";
import type { Case, FailingPod } from "./case.ts";
import type { ConfigMeta, ConfigObject } from "./config-objects.ts";
import { firstFailed } from "./first-failed.ts";

/** A write to a ConfigMap or Secret that a workload reads. */
export interface ConfigChange {
  object: ConfigObject;
  /** The field manager: the name of a program, not of a person; undefined where nothing tells it. */
  manager: string | undefined;
  at: Date;
  /** The keys of its data that this manager set last, then or before. */
  keys: string[];
  /** Whether the object was created by it. */
  created: boolean;
  /** How long before the first failure it was, in seconds; negative when it came after. */
  secondsBefore: number;
}

/** Where the data of a ConfigMap or Secret is. */
const DATA = ["data", "binaryData", "stringData"];
/** Stands for everybody who wrote to an object before it was applied first; it has the time of that. */
const BEFORE_APPLY = "before-first-apply";
/** Stands for those of many writers who wrote first. Source of both: k8s.io/apimachinery pkg/util/managedfields/internal */
const ANCIENT = "ancient-changes";

/**
 * The last write to the data of each object since pods of this version were started last that are well, or were for long;
 * where there is one, the last before the first failure. Those before it come first, the nearest of them at the front.
 *
 * A manager's entry has the time of its last write of any kind, and who only takes a key away has none.
 */
export function configChanges(facts: Case): ConfigChange[] {
  const failing = facts.ofCurrent.length > 0 ? facts.ofCurrent : facts.failing;
  const first = firstFailure(failing);
  if (first === undefined) return [];
  const since = lastGoodStart(facts, first);
  if (since === undefined) return [];
  return facts.evidence.config
    .flatMap((object) => (object.state === "there" ? lastChange(object, since, first) : []))
    .toSorted((a, b) => rank(a) - rank(b));
}

function rank({ secondsBefore }: ConfigChange): number {
  return secondsBefore >= 0 ? secondsBefore : Number.MAX_SAFE_INTEGER / 2 - secondsBefore;
}

function lastChange(
  object: Extract<ConfigObject, { state: "there" }>,
  since: number,
  first: number,
): readonly ConfigChange[] {
  const writes = writesTo(object.metadata).filter(({ at }) => at.getTime() > since);
  const chosen = writes.find(({ at }) => at.getTime() <= first) ?? writes[0];
  if (chosen === undefined) return [];
  return [{ object, ...chosen, secondsBefore: Math.round((first - chosen.at.getTime()) / 1_000) }];
}

type Write = Pick<ConfigChange, "manager" | "at" | "keys" | "created">;

/** Who wrote to an object's data, and when, the newest first; of what tells no writer, that it was created. */
export function writesTo(metadata: ConfigMeta): Write[] {
  const created = Date.parse(metadata.creationTimestamp ?? "");
  const writes = fieldWriters(metadata).flatMap(({ manager, time, fields }) => {
    const named = dataKeys(fields);
    if (time === undefined || named.length === 0 || manager === BEFORE_APPLY) return [];
    const writer = manager === ANCIENT ? undefined : manager;
    return [{ manager: writer, at: time, keys: named, created: time.getTime() <= created }];
  });
  if (writes.length > 0 || Number.isNaN(created)) return writes.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  return [{ manager: undefined, at: new Date(created), keys: [], created: true }];
}

/**
 * The keys of an object's data, by its managed fields: whoever writes one is kept there. Undefined where they tell of none. A
 * key that is not among them may be there all the same where somebody has cleared them.
 */
export function keysIn(metadata: ConfigMeta): ReadonlySet<string> | undefined {
  const keys = fieldWriters(metadata).flatMap(({ fields }) => dataKeys(fields));
  return keys.length === 0 ? undefined : new Set(keys);
}

function dataKeys(fields: FieldTree): string[] {
  const keys = DATA.flatMap((field) => Object.keys(setBelow(fields, [field]) ?? {}));
  return keys.filter((key) => key.startsWith("f:")).map((key) => key.slice(2));
}

/** When the first of these pods began to fail. A pod's clock may be wrong; none fails before it was made. */
function firstFailure(failing: readonly FailingPod[]): number | undefined {
  const moments = failing.flatMap((pod) => {
    const failed = firstFailed(pod)?.getTime();
    return failed === undefined ? [] : [Math.max(failed, createdAt(pod.pod))];
  });
  return moments.length === 0 ? undefined : Math.min(...moments);
}

/**
 * When a pod was started last that read what there was and was well for long; where none is left, when the revision was made
 * that is known to have been well, or else the present one.
 */
function lastGoodStart(facts: Case, first: number): number | undefined {
  const { evidence, again, current, ranWell, stable, policy } = facts;
  const failed = new Set(facts.failing.map(({ pod }) => pod));
  const isProven = (pod: Pod) =>
    isReady(pod) && evidence.now.getTime() - Date.parse(readySince(pod) ?? "") >= policy.stable_seconds * 1_000;
  const history = kindOf(evidence.incident.workload)?.history;
  const versions = [current?.name, ...(again === undefined ? [] : again.names)];
  const isOfVersion = (pod: Pod) =>
    history === undefined || versions.some((name) => name !== undefined && history.isMadeFrom(pod, name));
  const well = evidence.pods.filter(
    (pod) => !failed.has(pod) && !isTerminating(pod) && !isLeftover(pod) && isProven(pod) && isOfVersion(pod),
  );
  // What is known of the revision alone says nothing of each of its pods.
  const were = stable.byStatus === true ? [] : ranWell.map(({ pod }) => pod);
  const starts = [...well, ...were].map(createdAt).filter((start) => start <= first);
  if (starts.length > 0) return Math.max(...starts);
  return (again?.before.revision.created ?? current?.created)?.getTime();
}

function createdAt({ metadata }: Pod): number {
  return Date.parse(metadata?.creationTimestamp ?? "");
}
