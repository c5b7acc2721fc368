import { wasScaledUpOnce } from "../facts/before-it-was-scaled.ts";
import type { Case } from "../facts/case.ts";
import { NO_PODS } from "../kinds/job/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import type { PodTemplate } from "../shared/kubernetes/types.ts";
import type { Shared } from "./brought.ts";
import { eventSayings } from "../facts/sayings.ts";
import { CREATION_WORDS, type CreationMeaning, type Refused } from "../facts/words/creation.ts";
import { meaningOf, type Saying } from "../facts/words/meaning.ts";
import { isAlike, limitOf, nodesOf, requestOf, resourcesOf, securityOf } from "./parts.ts";

const FAILED_CREATE = "FailedCreate";
/** What the status of a workload shows when pods are not created and it has no condition for that. */
const SHORT_REASONS: ReadonlySet<string> = new Set(["MinimumReplicasUnavailable", "ProgressDeadlineExceeded", NO_PODS]);

/** Why pods may not be created, and since when. */
export interface Refusal {
  sayings: Saying[];
  /** RFC 3339; undefined when nothing tells. */
  since: string | undefined;
  meaning: CreationMeaning | undefined;
}

/** Reads it from the status, or from the controller's Events where the status only says that pods are missing. */
export function refusalOf({ own, evidence, current }: Case): Refusal | undefined {
  const status = own.filter(({ reason }) => reason === FAILED_CREATE);
  if (status.length > 0) return refusal(status.map(sayingOf), status[0]?.since);
  const short = own.find(({ reason }) => SHORT_REASONS.has(reason));
  if (short === undefined) return undefined;
  const uids = new Set([
    ...[evidence.workload?.metadata?.uid ?? []].flat(),
    ...(evidence.unwritten?.makers ?? []).flatMap(({ object }) => object.metadata?.uid ?? []),
    ...evidence.holders
      .filter(({ metadata }) => metadata?.name === current?.name)
      .flatMap(({ metadata }) => metadata?.uid ?? []),
  ]);
  const events = eventSayings(evidence, uids, new Set([FAILED_CREATE]));
  return events.length === 0 ? undefined : refusal(events, short.since);
}

function refusal(sayings: Saying[], since: string | undefined): Refusal {
  return { sayings, since, meaning: meaningOf(CREATION_WORDS, sayings) };
}

function sayingOf({ reason, message = "" }: Failure): Saying {
  return { reason, message };
}

/**
 * Whether pods of the present revision were never let in, and it is past its patience: its rollout has failed, or it counts
 * as complete though nothing of it ever ran for long.
 */
export function refusedSinceRollout(facts: Case, { since }: Refusal): boolean {
  const { rolloutFailed, current, healthy, evidence, policy } = facts;
  if (rolloutFailed) return true;
  const { incident, workload, now } = evidence;
  if (current === undefined || healthy === undefined || workload === undefined || since === undefined) return false;
  if (current.replicas > 0 || current.available > 0) return false;
  const created = current.created.getTime();
  const patience = kindOf(incident.workload)?.deadline?.seconds?.(workload) ?? policy.detect.set_update_seconds;
  const completed = kindOf(incident.workload)?.completedAt(workload, current);
  const unproven =
    Date.parse(since) - created < policy.stable_seconds * 1_000 || wasScaledUpOnce(evidence, current, completed);
  return unproven && now.getTime() - created > patience * 1_000;
}

/** What an earlier template shares of what is refused; undefined where the words are about no part of a template. */
export function refusedLikewise({ meaning, sayings }: Refusal): Shared | undefined {
  const refused = meaning?.refused;
  if (refused === undefined) return undefined;
  if (refused === "amounts") {
    const amounts = exceededAmounts(sayings);
    return {
      says: "asks for more of that",
      holds: (now, before) =>
        amounts.length > 0 && amounts.every((amount) => amountOf(now, amount) < amountOf(before, amount)),
    };
  }
  return {
    says: "asks for the same",
    holds: (now, before) => isAlike(PARTS[refused](now), PARTS[refused](before)),
  };
}

const PARTS: Record<Exclude<Refused, "amounts">, (template: PodTemplate) => unknown> = {
  resources: resourcesOf,
  security: securityOf,
  nodes: (template) => [nodesOf(template), template.spec?.tolerations ?? []],
  "service account": ({ spec }) => spec?.serviceAccountName ?? "default",
  "priority class": ({ spec }) => spec?.priorityClassName ?? "",
  "runtime class": ({ spec }) => spec?.runtimeClassName ?? "",
};

/** Reads the names in `requested: limits.cpu=1,pods=1, used: …`. Source: k8s.io/apiserver pkg/admission/plugin/resourcequota */
function exceededAmounts(sayings: readonly Saying[]): string[] {
  return sayings.flatMap(({ message }) => {
    const [, requested = ""] = /exceeded quota: .*?requested: (.*?), used:/s.exec(message) ?? [];
    return requested.split(",").flatMap((part) => part.split("=")[0] ?? []);
  });
}

/** How much of a quota's amount a pod takes. Source: kubernetes pkg/quota/v1/evaluator/core/pods.go */
export function amountOf(template: PodTemplate, amount: string): number {
  if (amount === "pods" || amount === "count/pods") return 1;
  const [, kind, resource] = /^(?:(requests|limits)\.)?(.+)$/.exec(amount) ?? [];
  if (resource === undefined) return 0;
  return kind === "limits" ? limitOf(template, resource) : requestOf(template, resource);
}
