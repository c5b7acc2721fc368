import { failsWith, type Case } from "../facts/case.ts";
import { configChanges, writesTo, type ConfigChange } from "../facts/config-changes.ts";
import type { ConfigObject } from "../facts/config-objects.ts";
import { REPEATED_RESTARTS } from "../kinds/failing/repeated-restarts.ts";
import type { Missing } from "../facts/references.ts";
import { bounded, duration, moment, some } from "../shared/text.ts";
import { CRASH_REASONS } from "./causes/crash.ts";
import { UNREADY } from "./causes/unready.ts";

/** How many changes, names and keys are told, and how long the name of a writer may be. */
const MAX_CHANGES = 3;
const MAX_NAMES = 3;
const MAX_KEYS = 3;
const MAX_WRITER = 60;

/** How long before a revision is made what is changed with it is written, and how long after, in seconds. */
const SECONDS_BEFORE = 600;
const SECONDS_AFTER = 60;

/** The ways to fail in which a program may have come upon other configuration. */
const BY_ITS_PROGRAM: ReadonlySet<string> = new Set([...CRASH_REASONS, ...UNREADY, REPEATED_RESTARTS]);

/**
 * Evidence lines for what changed in the ConfigMaps and Secrets that a workload reads. Of a version that was started again,
 * that is all that is known, and all that is not; of one that failed without a rollout, the nearest change before; of one that a
 * rollout is blamed for, what changed with it.
 */
export function configLines(facts: Case, cause: string): string[] {
  const { evidence, failing, sinceRollout } = facts;
  if (cause === "FailsSinceRestart") {
    return [
      ...configChanges(facts).slice(0, MAX_CHANGES).map(describeChange),
      ...missingLines(evidence.config),
      ...unreadLines(evidence.config),
    ];
  }
  if (!failsWith(failing, BY_ITS_PROGRAM)) return [];
  if (sinceRollout) return changesWithRollout(facts).slice(0, MAX_CHANGES);
  return [...changesBefore(facts).slice(0, 1).map(describeChange), ...missingLines(evidence.config)];
}

/** What came with the present revision, and stays when that goes. What was made with it, an earlier one does not read. */
function changesWithRollout({ evidence, current }: Case): string[] {
  if (current === undefined) return [];
  return evidence.config.flatMap((object) => {
    if (object.state !== "there") return [];
    const writes = writesTo(object.metadata).map((write) => {
      return { ...write, before: (current.created.getTime() - write.at.getTime()) / 1_000 };
    });
    const last = writes.find(({ before }) => before <= SECONDS_BEFORE && before >= -SECONDS_AFTER);
    if (last === undefined || writes.some(({ created, before }) => created && before <= SECONDS_BEFORE)) return [];
    const when = `about ${duration(Math.abs(last.before))} ${last.before < 0 ? "after" : "before"} revision ${current.revision} was made`;
    return `${nameOf(object)} was written to by ${writerNamed(last.manager ?? "")} at ${moment(last.at)}, ${when}${keysOf(last.keys)}; an earlier template alone leaves it as it is`;
  });
}

/** The changes that came before the first failure, the nearest first. */
export function changesBefore(facts: Case): ConfigChange[] {
  return configChanges(facts).filter(({ secondsBefore }) => secondsBefore >= 0);
}

/** A change as a sentence without its full stop. */
export function describeChange({ object, manager = "", at, keys, created, secondsBefore }: ConfigChange): string {
  const writer = writerNamed(manager);
  const time = duration(Math.abs(secondsBefore));
  const when = `about ${time} ${secondsBefore < 0 ? "after" : "before"} the first failure`;
  const does = created ? "was created" : "was written to";
  return `${nameOf(object)} ${does} by ${writer} at ${moment(at)}, ${when}${keysOf(keys)}`;
}

/** Who wrote last to the object that is missing, or lacks a key. */
export function writerLines({ evidence }: Case, missing: Missing): string[] {
  const object = evidence.config.find(({ kind, name }) => kind === missing.kind && name === missing.object);
  if (object?.state !== "there") return [];
  const last = writesTo(object.metadata)[0];
  if (last === undefined) return [];
  const by = `by ${writerNamed(last.manager ?? "")} at ${moment(last.at)}`;
  if (missing.key === undefined) return last.created ? [`${nameOf(object)} exists now: it was created ${by}`] : [];
  return [
    `${nameOf(object)} was last ${last.created ? "written to when it was created" : "written to"}, ${by}; who only takes a key away leaves no mark`,
  ];
}

function keysOf(keys: readonly string[]): string {
  return keys.length === 0
    ? ""
    : `; keys of this writer: ${some(
        keys.map((key) => bounded(key, MAX_WRITER)),
        MAX_KEYS,
      )}`;
}

function missingLines(objects: readonly ConfigObject[]): string[] {
  const missing = objects.filter(({ state }) => state === "missing");
  return missing
    .slice(0, MAX_CHANGES)
    .map((object) => `${nameOf(object)} does not exist${object.optional ? ", which the template allows" : ""}`);
}

const WHY_UNREAD: Readonly<Record<Extract<ConfigObject, { state: "unread" }>["why"], string>> = {
  policy: "by the policy (evidence.config_changes)",
  forbidden: "for lack of permission",
  "no answer": "because the API server did not answer",
  "too many": "because the template reads so many",
};

/** What was not looked at is named, so that nobody takes it for unchanged. */
function unreadLines(objects: readonly ConfigObject[]): string[] {
  const reasons = new Map<string, string[]>();
  for (const object of objects) {
    if (object.state !== "unread") continue;
    const why = WHY_UNREAD[object.why];
    reasons.set(why, [...(reasons.get(why) ?? []), nameOf(object)]);
  }
  return [...reasons].map(([why, names]) => `not looked at, ${why}: ${some(names, MAX_NAMES)}`);
}

function nameOf({ kind, name }: ConfigObject): string {
  return `${kind} ${bounded(name, 100)}`;
}

function writerNamed(manager: string): string {
  const name = bounded(manager, MAX_WRITER);
  return name === "" ? "somebody unknown" : name;
}
