import type { Pod, ResourceQuota } from "../shared/kubernetes/types.ts";
import { some } from "../shared/text.ts";
import { amountOf } from "./creation.ts";
import { quantity } from "./quantity.ts";

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
export function noRoomForAnother({ metadata, spec, status }: ResourceQuota, pod: Pod): string | undefined {
  if (pod.spec === undefined || !isFor(spec, pod)) return undefined;
  const template = { spec: pod.spec };
  const short = Object.entries({ ...status?.hard, ...spec?.hard }).flatMap(([amount, hard]) => {
    const used = status?.used?.[amount];
    const isExceeded = (quantity(used) ?? 0) > (quantity(hard) ?? Infinity);
    return isExceeded && amountOf(template, amount) > 0 ? [`${amount}: ${used ?? ""} used of ${hard}`] : [];
  });
  if (short.length === 0) return undefined;
  return `quota ${metadata?.name ?? ""} has less than is in use already (${some(short, NAMED)})`;
}

/** Whether the quota counts the pod. Source: kubernetes.io/docs/concepts/policy/resource-quotas, "Quota scopes" */
function isFor(quota: ResourceQuota["spec"], pod: Pod): boolean {
  const scopes = (quota?.scopes ?? []).map((scopeName): Selector => ({ scopeName, operator: "Exists" }));
  return [...scopes, ...(quota?.scopeSelector?.matchExpressions ?? [])].every((scope) => isInScope(scope, pod));
}

function isInScope({ scopeName, operator, values = [] }: Selector, { spec, status }: Pod): boolean {
  const priority = spec?.priorityClassName;
  switch (scopeName) {
    case "Terminating":
      return spec?.activeDeadlineSeconds !== undefined;
    case "NotTerminating":
      return spec?.activeDeadlineSeconds === undefined;
    case "BestEffort":
      return status?.qosClass === "BestEffort";
    case "NotBestEffort":
      return status?.qosClass !== undefined && status.qosClass !== "BestEffort";
    case "PriorityClass":
      if (operator === "DoesNotExist") return priority === undefined;
      if (priority === undefined) return false;
      return operator === "Exists" || values.includes(priority) === (operator === "In");
    default:
      return false;
  }
}
