import { controllerOf } from "../../shared/kubernetes/owners.ts";
import { failure, isOlderThan, type Failure } from "../../shared/kubernetes/failures.ts";
import { boundsOf, hpaCondition, scales } from "../../shared/kubernetes/hpa.ts";
import type { Hpa, Service } from "../../shared/kubernetes/types.ts";
import { some } from "../../shared/text.ts";
import type { LookedAtReason } from "../../run/looked-at.ts";
import { enabledBy } from "../../facts/opt-out.ts";
import { isAtZeroOnPurpose, nameOf, replicasWrittenBy, type Maker } from "./makers.ts";
import { relationOf } from "./selector.ts";

/** How long what somebody may have meant so is news, in seconds: it is told once. */
export const NEWS_SECONDS = 86_400;
/** How many Ingresses are named. */
const MAX_INGRESSES = 2;

/** When things are looked at, and how long they may last before they are told, in seconds. */
export interface Patience {
  now: Date;
  /** What hinders traffic. */
  short: number;
  /** What hinders none. */
  long: number;
}

/** A Service whose endpoints are none, and what there is around it. */
export interface Unserved {
  service: Service;
  /** Since when it has had no endpoint, by its EndpointSlice. */
  since: string;
  /** Everything that makes pods in its namespace. */
  makers: readonly Maker[];
  hpas: readonly Hpa[];
  /** The Ingresses that send to it. */
  ingresses: readonly string[];
}

/** What is wrong with an object, as an incident carries it. */
export function problem(reason: LookedAtReason, message: string, since: string | undefined): Failure {
  return failure({ reason, message, since });
}

/**
 * What is wrong with a Service that no pod stands behind, by what makes pods in its namespace. Nothing is said while its
 * pods are to be there: that is a matter of their workload.
 */
export function selectorProblem(unserved: Unserved, patience: Patience): Failure | undefined {
  const { service, since, makers } = unserved;
  const selector = service.spec?.selector ?? {};
  const relation = relationOf(selector, makers, service.metadata?.name ?? "");
  const isNews = !isOlderThan(since, NEWS_SECONDS, patience.now);
  switch (relation.is) {
    case "selects":
      return zeroProblem(unserved, relation.makers, patience);
    case "nearly": {
      const { key, asked, has, maker } = relation;
      const said = `It selects no pod: it asks for ${key}=${asked}, where the pod template of ${nameOf(maker)} has ${key}=${has}.`;
      return problem("SelectsNoPod", said, since);
    }
    case "asks for more": {
      const { key, asked, maker } = relation;
      const said = `It selects no pod: it asks for ${key}=${asked}, a label that the pod template of ${nameOf(maker)} does not have.`;
      return isNews ? problem("SelectsNoPod", said, since) : undefined;
    }
    case "none": {
      const asked = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      const said = `It selects no pod, and nothing in its namespace is known to make pods with ${some(asked, 3)}.`;
      return isNews ? problem("SelectsNoPod", said, since) : undefined;
    }
    case "meant":
      return undefined;
  }
}

/** A Service whose workloads are all at zero, for as long as that is news, and where nothing says that it is meant so. */
function zeroProblem(
  { service, since, hpas, ingresses }: Unserved,
  makers: readonly Maker[],
  patience: Patience,
): Failure | undefined {
  const isQuiet = makers.some((maker) => maker.wanted !== 0 || isMeant(maker, hpas));
  const [maker] = makers;
  if (maker === undefined || isQuiet) return undefined;
  const from = replicasWrittenBy(maker.metadata)?.at.toISOString() ?? since;
  if (!isDue(from, patience.short, patience.now)) return undefined;
  const hpa = hpas.find((each) => scales(each, maker.ref))?.metadata?.name;
  const name = service.metadata?.name ?? "";
  const said = [
    `It sends to nobody: ${nameOf(maker)} is at zero replicas${setBy(maker)}`,
    ...(ingresses.length === 0 ? [] : [`, and Ingress ${some(ingresses, MAX_INGRESSES)} sends to ${name}`]),
    ...(hpa === undefined ? [] : [`; HPA ${hpa} does nothing at zero`]),
    ".",
  ];
  return problem("TargetAtZero", said.join(""), from);
}

/** What is wrong with an HPA whose target is at zero; only what was read of the target may say that this is meant so. */
export function hpaProblem(hpa: Hpa, target: Maker, { now, long }: Patience): Failure | undefined {
  const since = switchedOffSince(hpa);
  if (target.wanted !== 0 || isMeant(target, [hpa]) || !isDue(since, long, now)) return undefined;
  return problem("TargetAtZero", `It does nothing: ${nameOf(target)} is at zero replicas${setBy(target)}.`, since);
}

/** Who set the replicas, in brackets, where the managed fields tell. */
function setBy({ metadata }: Maker): string {
  const writer = replicasWrittenBy(metadata);
  return writer === undefined ? "" : ` (set by ${writer.manager})`;
}

/** Since when an HPA is switched off because its target is at zero. Source: kubernetes pkg/controller/podautoscaler/horizontal.go */
export function switchedOffSince(hpa: Hpa): string | undefined {
  const active = hpaCondition(hpa, "ScalingActive");
  return active?.status === "False" && active.reason === "ScalingDisabled" ? active.lastTransitionTime : undefined;
}

/** Whether something went on for so long that it is told, and not for so long that everybody knows. */
export function isDue(since: string | undefined, patience: number, now: Date): boolean {
  return isOlderThan(since, patience, now) && !isOlderThan(since, patience + NEWS_SECONDS, now);
}

function isMeant(maker: Maker, hpas: readonly Hpa[]): boolean {
  const own = hpas.filter((hpa) => scales(hpa, maker.ref));
  return (
    isAtZeroOnPurpose(maker) ||
    enabledBy(maker, undefined) === "false" ||
    own.some((hpa) => boundsOf(hpa).min === 0 || controllerOf(hpa.metadata) !== undefined)
  );
}
