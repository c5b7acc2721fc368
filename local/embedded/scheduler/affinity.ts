import type { Node, Pod } from "../types.ts";

type PodSpec = NonNullable<Pod["spec"]>;
type Requirement = { key: string; operator: string; values?: string[] };

/**
 * Whether a pod's node selector and its required node affinity let it go to a node.
 * Source: k8s.io/component-helpers/scheduling/corev1/nodeaffinity
 */
export function matchesAffinity({ nodeSelector = {}, affinity }: PodSpec, { metadata }: Node): boolean {
  const labels = metadata?.labels ?? {};
  if (!Object.entries(nodeSelector).every(([label, value]) => labels[label] === value)) return false;
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  if (required === undefined) return true;
  const fields = { "metadata.name": metadata?.name ?? "" };
  return required.nodeSelectorTerms.some(
    ({ matchExpressions = [], matchFields = [] }) =>
      matchExpressions.length + matchFields.length > 0 &&
      matchExpressions.every((requirement) => holds(requirement, labels)) &&
      matchFields.every((requirement) => holds(requirement, fields)),
  );
}

function holds({ key, operator, values = [] }: Requirement, of: Record<string, string>): boolean {
  const value = of[key];
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return value !== undefined && Number(value) > Number(values[0]);
    case "Lt":
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return false;
  }
}
