import type { Node, Pod } from "../../shared/kubernetes/types.ts";

type Taint = NonNullable<NonNullable<Node["spec"]>["taints"]>[number];
type Toleration = NonNullable<NonNullable<Pod["spec"]>["tolerations"]>[number];

const HOSTNAME = "kubernetes.io/hostname";
const CORDONED = "node.kubernetes.io/unschedulable";

/** A node that takes no pods of some kind, and the taint that keeps them off. */
export interface ClosedNode {
  node: Node;
  taint: Taint;
}

/** Fargate makes a node for each pod, and keeps all others off it. Source: docs.aws.amazon.com/eks/latest/userguide/fargate.html */
const COMPUTE_TYPE = "eks.amazonaws.com/compute-type";

/** The node, where it takes no further pods like this one; undefined for one of Fargate's, as the next pod is given its own. */
export function closedTo(node: Node, { spec }: Pod): ClosedNode | undefined {
  if (node.metadata?.labels?.[COMPUTE_TYPE] === "fargate") return undefined;
  const tolerations = spec?.tolerations ?? [];
  const taint = taintsOf(node).find((each) => !tolerations.some((toleration) => tolerates(toleration, each)));
  return taint === undefined ? undefined : { node, taint };
}

/** Whether it is the taint of a node that somebody has cordoned. */
export function isCordon({ key }: Taint): boolean {
  return key === CORDONED;
}

/** The taints that keep new pods off a node; of one that is cordoned, also before its controller has written that there. */
function taintsOf({ spec }: Node): Taint[] {
  const cordon = { key: CORDONED, effect: "NoSchedule" };
  const own = (spec?.taints ?? []).filter(({ effect }) => effect === "NoSchedule" || effect === "NoExecute");
  return spec?.unschedulable === true ? [cordon, ...own] : own;
}

/** Source: k8s.io/component-helpers scheduling/corev1, ToleratesTaint */
function tolerates({ key = "", operator = "Equal", value = "", effect = "" }: Toleration, taint: Taint): boolean {
  if (effect !== "" && effect !== taint.effect) return false;
  if (key === "") return operator === "Exists";
  return key === taint.key && (operator === "Exists" || value === (taint.value ?? ""));
}

/** Whether what the pod asks of its node is true of this one alone, by its name. */
export function isBoundTo({ spec }: Pod, { metadata }: Node): boolean {
  const name = metadata?.name ?? "";
  const hostname = metadata?.labels?.[HOSTNAME] ?? name;
  if (spec?.nodeSelector?.[HOSTNAME] === hostname) return true;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const isOnly = (values: readonly string[] | undefined, value: string) => values?.length === 1 && values[0] === value;
  const terms = required?.nodeSelectorTerms ?? [];
  return (
    terms.length > 0 &&
    terms.every(
      ({ matchExpressions = [], matchFields = [] }) =>
        matchExpressions.some(
          ({ key, operator, values }) => key === HOSTNAME && operator === "In" && isOnly(values, hostname),
        ) ||
        matchFields.some(
          ({ key, operator, values }) => key === "metadata.name" && operator === "In" && isOnly(values, name),
        ),
    )
  );
}
