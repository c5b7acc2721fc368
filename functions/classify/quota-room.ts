import type { Evidence } from "../facts/evidence.ts";
import { containersOf, type Container } from "../shared/kubernetes/containers.ts";
import { lastWriter } from "../shared/kubernetes/managed-fields.ts";
import type { Pod, PodTemplate, ResourceQuota } from "../shared/kubernetes/types.ts";
import { some } from "../shared/text.ts";
import { amountOf } from "./creation.ts";
import { quantity } from "../shared/kubernetes/quantity.ts";

type Resources = Container["resources"];
type Selector = NonNullable<
  NonNullable<NonNullable<ResourceQuota["spec"]>["scopeSelector"]>["matchExpressions"]
>[number];

/** How many amounts a sentence holds. */
const NAMED = 3;

/**
 * That a quota has less than is in use of what the pod takes, so that none can take its place: what the pod gives back does not
 * bring the use below the limit. Undefined where it may have room then, and where the quota may be for other pods.
 * Source: k8s.io/apiserver pkg/admission/plugin/resourcequota/controller.go
 */
export function noRoomForAnother(quota: ResourceQuota, pod: Pod): string | undefined {
  const short = shortWith(quota, pod, () => 0);
  return short === undefined ? undefined : `quota ${nameOf(quota)} has less than is in use already (${short})`;
}

/** That a quota of the namespace has no room for a further pod of the workload; undefined where each may have. */
export function noFurtherPod({ surroundings, pods: [like] }: Evidence): string | undefined {
  return surroundings.quotas
    .map((quota) => noRoomForPods(quota) ?? (like === undefined ? undefined : noRoomForOneMore(quota, like)))
    .find((line) => line !== undefined);
}

/** That a quota has no room for one pod more like this one. */
function noRoomForOneMore(quota: ResourceQuota, pod: Pod): string | undefined {
  const short = shortWith(quota, pod, (amount) => amount);
  return short === undefined ? undefined : `quota ${nameOf(quota)} has no room for one more (${short})`;
}

/**
 * That a quota has no room for what a pod of the template takes beyond what this pod gives back; in words. Undefined where it has,
 * and where it takes no more.
 */
export function noRoomForMore(quota: ResourceQuota, pod: Pod, template: PodTemplate): string | undefined {
  if (pod.spec === undefined || !isFor(quota.spec, pod)) return undefined;
  const given = { spec: pod.spec };
  const short = shortAmounts(quota, (amount) => Math.max(0, amountOf(template, amount) - amountOf(given, amount)));
  return short.length === 0 ? undefined : `quota ${nameOf(quota)} has no room for that (${some(short, NAMED)})`;
}

/** The amounts of which so much more than is in use would be more than a quota allows, each as it stands. */
function shortAmounts({ spec, status }: ResourceQuota, more: (amount: string) => number): string[] {
  return Object.entries({ ...status?.hard, ...spec?.hard }).flatMap(([amount, hard]) => {
    const used = status?.used?.[amount];
    const isShort = more(amount) > 0 && (quantity(used) ?? 0) + more(amount) > (quantity(hard) ?? Infinity);
    return isShort ? [`${amount}: ${used ?? "0"} used of ${hard}`] : [];
  });
}

/** What of the pod's amounts a quota has too little of, with so much more of each; in words. */
function shortWith({ spec, status }: ResourceQuota, pod: Pod, more: (ofThePod: number) => number): string | undefined {
  if (pod.spec === undefined || !isFor(spec, pod)) return undefined;
  const template = { spec: pod.spec };
  const short = Object.entries({ ...status?.hard, ...spec?.hard }).flatMap(([amount, hard]) => {
    const used = status?.used?.[amount];
    const ofThePod = amountOf(template, amount);
    const isShort = ofThePod > 0 && (quantity(used) ?? 0) + more(ofThePod) > (quantity(hard) ?? Infinity);
    return isShort ? [`${amount}: ${used ?? "0"} used of ${hard}`] : [];
  });
  return short.length === 0 ? undefined : some(short, NAMED);
}

function nameOf({ metadata }: ResourceQuota): string {
  return metadata?.name ?? "";
}

/** What a quota that is for it has every container name. Source: kubernetes pkg/quota/v1/evaluator/core/pods.go, validationSet */
const NAMED_BY_ALL = /^(?:(?:requests|limits)\.)?(?:cpu|memory)$/;

/**
 * The amounts that a quota has every container name and a container of the pod does not, nor the pod as a whole: a LimitRange may
 * still give it to each pod that is made. Source: kubernetes pkg/quota/v1/evaluator/core/pods.go, Constraints
 * @param made when such a pod was let in, in milliseconds: under what the quota had by then, others are let in likewise
 */
export function unnamedAmounts({ metadata, spec, status }: ResourceQuota, pod: Pod, made = -Infinity): string[] {
  if (pod.spec === undefined || !isFor(spec, pod)) return [];
  const isOlder = (amount: string) => {
    const at = lastWriter(metadata, ["spec", "hard", amount])?.at.getTime();
    return at !== undefined && at < made;
  };
  const wanted = Object.keys({ ...status?.hard, ...spec?.hard }).filter(
    (amount) => NAMED_BY_ALL.test(amount) && !isOlder(amount),
  );
  const parts = pod.spec.resources === undefined ? containersOf(pod) : [];
  return wanted.filter((amount) => parts.some(({ resources }) => !isNamed(resources, amount)));
}

/** Whether it is named: what is limited is requested as well where nothing else is. */
function isNamed(resources: Resources, amount: string): boolean {
  const [, kind, resource = ""] = /^(?:(requests|limits)\.)?(.+)$/.exec(amount) ?? [];
  const isLimited = resources?.limits?.[resource] !== undefined;
  return kind === "limits" ? isLimited : isLimited || resources?.requests?.[resource] !== undefined;
}

/** What a pod takes of a quota. Source: kubernetes pkg/quota/v1/evaluator/core/pods.go */
const OF_PODS = /^(pods|count\/pods|(requests\.|limits\.)?(cpu|memory))$/;

/** That a quota has no room for a further pod of whatever kind; undefined where it may have. */
function noRoomForPods(quota: ResourceQuota): string | undefined {
  const { scopes = [], scopeSelector } = quota.spec ?? {};
  // It is for some pods alone.
  if (scopes.length > 0 || scopeSelector !== undefined) return undefined;
  return usedUp(quota, OF_PODS);
}

/** What a quota has none left of, among those resources; undefined where there is some of each. */
export function usedUp({ metadata, status }: ResourceQuota, resources = /./): string | undefined {
  const used = Object.entries(status?.hard ?? {})
    .filter(([resource, hard]) => resources.test(resource) && isReached(status?.used?.[resource], hard))
    .map(([resource, hard]) => `${resource} (${hard})`);
  return used.length === 0 ? undefined : `quota ${metadata?.name ?? ""} is used up: ${used.join(", ")}`;
}

/** Whether as much is in use as may be, or more; that nothing is allowed and used is no news. */
function isReached(used: string | undefined, hard: string): boolean {
  const amount = quantity(used) ?? 0;
  return amount > 0 && amount >= (quantity(hard) ?? Infinity);
}

/** Whether the quota counts the pod. Source: kubernetes.io/docs/concepts/policy/resource-quotas, "Quota scopes" */
function isFor(quota: ResourceQuota["spec"], pod: Pod): boolean {
  const scopes = (quota?.scopes ?? []).map((scopeName): Selector => ({ scopeName, operator: "Exists" }));
  return [...scopes, ...(quota?.scopeSelector?.matchExpressions ?? [])].every((scope) => isInScope(scope, pod));
}

function isInScope({ scopeName, operator, values = [] }: Selector, { spec, status }: Pod): boolean {
  const priority = spec?.priorityClassName;
  // What has none yet is given one when it is made; a LimitRange may still make it another than best effort.
  const qosClass = status?.qosClass ?? (namesAny(spec) ? "Burstable" : undefined);
  switch (scopeName) {
    case "Terminating":
      return spec?.activeDeadlineSeconds !== undefined;
    case "NotTerminating":
      return spec?.activeDeadlineSeconds === undefined;
    case "BestEffort":
      return qosClass === "BestEffort";
    case "NotBestEffort":
      return qosClass !== undefined && qosClass !== "BestEffort";
    case "PriorityClass":
      if (operator === "DoesNotExist") return priority === undefined;
      if (priority === undefined) return false;
      return operator === "Exists" || values.includes(priority) === (operator === "In");
    default:
      return false;
  }
}

/** Whether it names any amount that makes it other than best effort. Source: kubernetes pkg/apis/core/helper/qos/qos.go */
function namesAny(spec: Pod["spec"]): boolean {
  const named = [spec?.resources, ...containersOf({ spec }).map(({ resources }) => resources)];
  return named
    .flatMap((of) => [of?.requests, of?.limits])
    .some((amounts) => ["cpu", "memory"].some((resource) => (quantity(amounts?.[resource]) ?? 0) > 0));
}
