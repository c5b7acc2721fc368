import type { Case } from "../../facts/case.ts";
import type { Evidence } from "../../facts/evidence.ts";
import { neededBy } from "../../facts/absent.ts";
import { madeAt } from "../../facts/failed-pods.ts";
import { enforcedLevel, isExempt, podSecurityViolations } from "../../facts/pod-security.ts";
import { eventSayings } from "../../facts/sayings.ts";
import { CREATION_WORDS } from "../../facts/words/creation.ts";
import { meaningOf } from "../../facts/words/meaning.ts";
import { conditionOf, type Condition } from "../../kinds/status.ts";
import { controllerOf } from "../../shared/kubernetes/owners.ts";
import { isChanged } from "../../shared/kubernetes/pods.ts";
import type { Pod } from "../../shared/kubernetes/types.ts";
import { bounded, some } from "../../shared/text.ts";
import { beyondLimits } from "../limit-range.ts";
import { noRoomForAnother, noRoomForMore, unnamedAmounts } from "../quota-room.ts";
import { isMadeAlike, MAX_WORDS, NAMED, nameOf, templateOf, type Leaving, type Rule } from "./leaving.ts";

const FAILED_CREATE = "FailedCreate";

/** Its controller could not make the last pod that it tried to make. */
function refusedAlready({ facts: { evidence }, pod }: Leaving): string | undefined {
  const told = refusals(evidence, pod).map((message) => {
    return { message, meaning: meaningOf(CREATION_WORDS, [{ reason: FAILED_CREATE, message }]) };
  });
  // What the API server did not take in time, it takes the next time; and what it refused before that, it may refuse again.
  const refused = told.find(({ meaning }) => meaning?.name !== "api");
  if (refused === undefined) return undefined;
  const { message, meaning } = refused;
  const why = meaning === undefined ? "" : `: ${meaning.means}`;
  return `its controller could not make a further pod lately${why} (${bounded(message, MAX_WORDS)}). What is evicted may not come back. ${meaning?.advice ?? "See to it that pods can be made first."}`;
}

/**
 * Why it could not, the newest first: by warnings that are newer than every pod of its; of a ReplicaSet only where its status says so,
 * which keeps the words of the first refusal for as long as there are others.
 * Source: kubernetes pkg/controller/replicaset/replica_set_utils.go, calculateStatus
 */
function refusals(evidence: Evidence, { metadata }: Pod): string[] {
  const { holders, pods } = evidence;
  const uid = controllerOf(metadata)?.uid ?? "";
  const holder = holders.find((one) => one.metadata?.uid === uid);
  const made = pods.filter((other) => controllerOf(other.metadata)?.uid === uid).map(madeAt);
  const said = eventSayings(evidence, new Set([uid]), new Set([FAILED_CREATE]), Math.max(...made));
  const messages = said.map(({ message }) => message);
  if (holder === undefined) return messages;
  const { conditions } = (holder as { status?: { conditions?: Condition[] } }).status ?? {};
  const { status, reason, message = "" } = conditionOf(conditions, "ReplicaFailure") ?? {};
  return status === "True" && reason === FAILED_CREATE ? [...messages, message] : [];
}

/** A quota of its namespace was lowered below what is in use. */
function quotaExceeded({ facts: { evidence }, pod, next }: Leaving): string | undefined {
  const full = evidence.surroundings.quotas
    .map((quota) => noRoomForAnother(quota, next))
    .find((line) => line !== undefined);
  return full === undefined
    ? undefined
    : `${full}, so that no pod could take the place of ${nameOf(pod)}. Raise the quota, or free some of it first.`;
}

/**
 * What is made in its place may take more of a quota than it gives back: its template has other amounts than a pod that was resized,
 * or that was made from an earlier one.
 */
function quotaTooSmall({ facts, pod, next }: Leaving): string | undefined {
  const isOther = next !== pod || isChanged(pod);
  const template = isOther ? templateOf(facts, pod, next) : undefined;
  if (template === undefined) return undefined;
  const full = facts.evidence.surroundings.quotas
    .map((quota) => noRoomForMore(quota, pod, template))
    .find((line) => line !== undefined);
  if (full === undefined) return undefined;
  return `what takes the place of pod ${nameOf(pod)} may ask for more than that does, as its template has it, and ${full}. Raise the quota, free some of it, or give the template the amounts of the pod first.`;
}

/** A quota of its namespace has every container name what this one, made before that, does not. */
function quotaUnnamed(leaving: Leaving): string | undefined {
  const { facts, pod, next } = leaving;
  const { pods, surroundings } = facts.evidence;
  const later = pods.filter((other) => madeAt(other) > madeAt(pod) && isMadeAlike(leaving, other));
  for (const quota of surroundings.quotas) {
    // What a pod has beyond its template was given to it, and may be to the next one.
    const lackedBy = [pod, ...later].map((made) => new Set(unnamedAmounts(quota, made, madeAt(made))));
    const lacking = unnamedAmounts(quota, next).filter((amount) => lackedBy.every((unnamed) => unnamed.has(amount)));
    if (lacking.length === 0) continue;
    return `quota ${quota.metadata?.name ?? ""} has every container name ${some(lacking, NAMED)}, and not every one of pod ${nameOf(pod)} does, so that none like it is made, unless a LimitRange of the namespace gives what it lacks. Name it in the pod template first.`;
  }
  return undefined;
}

/** A LimitRange of its namespace was narrowed since it was made. */
function beyondLimitRange({ facts, pod, next }: Leaving): string | undefined {
  const template = templateOf(facts, pod, next);
  const beyond = template === undefined ? undefined : beyondLimits(facts, template);
  if (beyond === undefined) return undefined;
  return `${beyond} in the pod template, so that none takes the place of ${nameOf(pod)}. Change the pod template, or have the LimitRange changed, first.`;
}

/** Its namespace was given a level that its next pod violates. */
function tooInsecure({ facts: { evidence }, pod, next }: Leaving): string | undefined {
  const level = enforcedLevel(evidence.namespace);
  if (level === undefined || next.spec === undefined) return undefined;
  const uid = controllerOf(pod.metadata)?.uid;
  const own = evidence.pods.filter((other) => controllerOf(other.metadata)?.uid === uid);
  if (isExempt(evidence.namespace, level, own)) return undefined;
  const violations = podSecurityViolations(next.spec, level);
  if (violations.length === 0) return undefined;
  const what = next === pod ? `pod ${nameOf(pod)}` : "the pod template";
  return `its namespace enforces the Pod Security level ${level}, which ${what} violates (${some(violations, NAMED)}), so that none like it may be made. Change the pod template, or have the level changed, first.`;
}

/** What none like it is made without is gone. */
function lacksWhatItNames({ facts, pod, next }: Leaving): string | undefined {
  const { evidence } = facts;
  const named = next.spec === undefined ? [] : neededBy(next.spec);
  const needed = named.filter(({ kind, name }) => kind !== "PriorityClass" || isOfTemplate(facts, name));
  const gone = evidence.absent?.find(({ kind, name }) =>
    needed.some((object) => object.kind === kind && object.name === name),
  );
  if (gone === undefined) return undefined;
  const what = next === pod ? `pod ${nameOf(pod)}` : "the pod template";
  return `${gone.kind} ${gone.name}, which ${what} names, does not exist, so that none like it can be made. Create it first.`;
}

/**
 * Whether a template asks for that priority: a pod has that of the default class by its name otherwise, and the next one that of
 * another default, or none. Source: kubernetes plugin/pkg/admission/priority
 */
function isOfTemplate({ evidence: { workload }, templates }: Case, priority: string): boolean {
  return [workload?.spec?.template, ...templates.values()].some((made) => made?.spec?.priorityClassName === priority);
}

/** Why the API server may not take the next pod. */
export const CREATION_RULES: readonly Rule[] = [
  refusedAlready,
  quotaExceeded,
  quotaTooSmall,
  quotaUnnamed,
  beyondLimitRange,
  tooInsecure,
  lacksWhatItNames,
];
