import type { Case } from "../facts/case.ts";
import { scaledObjectAbove } from "../facts/scaled-object.ts";
import { containersOf } from "../shared/kubernetes/containers.ts";
import { hpaCondition } from "../shared/kubernetes/hpa.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";
import { bounded, some } from "../shared/text.ts";

/** How many names a sentence holds, and how long each may be. */
const NAMED = 3;
const MAX_NAME = 63;

/** Which API the metrics of a reason are asked of. Source: kubernetes pkg/controller/podautoscaler/metrics/client.go */
const ADAPTED: Readonly<Record<string, string>> = {
  FailedGetExternalMetric: "external.metrics.k8s.io",
  FailedGetObjectMetric: "custom.metrics.k8s.io",
  FailedGetPodsMetric: "custom.metrics.k8s.io",
};

/**
 * What an HPA does not do whose condition says that it is not active for want of a metric. One of several metrics that cannot be
 * read keeps it from scaling down, and not from scaling up.
 * Source: kubernetes pkg/controller/podautoscaler/horizontal.go, computeReplicasForMetrics
 */
export function unreadWords(hpa: Hpa | undefined): string {
  return (hpa?.spec.metrics ?? []).length > 1
    ? "not all of its metrics can be read, so that it does not scale down, and up only where those that can be read ask for more."
    : "its metrics cannot be read, so it does not scale.";
}

/** Where to look for a metric that is missing. */
export function metricsAdvice({ evidence: { hpa, pods } }: Pick<Case, "evidence">): string {
  const { namespace = "" } = hpa?.metadata ?? {};
  const name = scaledObjectAbove(hpa?.metadata)?.name;
  if (name !== undefined) {
    return `KEDA makes it from ScaledObject ${name}: check its triggers and their authentication (kubectl -n ${namespace} describe scaledobject ${name}), that what they ask is reachable, and that KEDA's operator and metrics server run.`;
  }
  const reason = (hpa === undefined ? undefined : hpaCondition(hpa, "ScalingActive")?.reason) ?? "";
  const api = ADAPTED[reason];
  if (api !== undefined) {
    return `Check that something serves the API ${api} (kubectl get apiservices), that it runs, and that it knows the metric by that name.`;
  }
  const without = reason === "FailedGetContainerResourceMetric" ? nobodysContainers(hpa, pods) : [];
  if (without.length > 0) {
    return `It measures ${without.length === 1 ? "container" : "containers"} ${some(without, NAMED)}, and no pod of the workload has one of that name. Correct the name: kubectl -n ${namespace} edit hpa ${hpa?.metadata?.name ?? ""}.`;
  }
  return "Check the metrics server or adapter (kubectl top pods), and that the containers request what the HPA measures.";
}

/** The containers that an HPA measures and none of these pods has; none where there is no pod to tell it by. */
function nobodysContainers(hpa: Hpa | undefined, pods: Case["evidence"]["pods"]): string[] {
  const measured = new Set(
    (hpa?.spec.metrics ?? []).flatMap(({ containerResource }) => containerResource?.container ?? []),
  );
  const present = new Set(pods.flatMap((pod) => containersOf(pod).map(({ name }) => name)));
  if (present.size === 0) return [];
  return [...measured].filter((name) => !present.has(name)).map((name) => bounded(name, MAX_NAME));
}
