import type { Evidence } from "../facts/evidence.ts";
import { isTerminating } from "../shared/kubernetes/pods.ts";
import { selectorText } from "../shared/kubernetes/label-selector.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";
import { bounded, some } from "../shared/text.ts";

/** How many names a sentence holds, and how long the selector may be. */
const NAMED = 3;
const MAX_SELECTOR = 200;

/** The metrics that are measured on each pod which the target's selector selects. */
const OF_PODS: ReadonlySet<string> = new Set(["Resource", "ContainerResource", "Pods"]);

/**
 * That an HPA measures pods of others as if they were its target's: it goes by all that the target's selector selects, whoever
 * controls them. Undefined where it does not.
 * Source: kubernetes pkg/controller/podautoscaler/replica_calculator.go, GetResourceReplicas
 */
export function measuresOthers({ hpa, workload, alsoSelected = [] }: Evidence): string | undefined {
  if (hpa === undefined || !measuresPods(hpa)) return undefined;
  // One that does not run uses nothing, and at most makes the HPA ask for fewer.
  const others = alsoSelected.filter((pod) => pod.status?.phase === "Running" && !isTerminating(pod));
  if (others.length === 0) return undefined;
  const selector = bounded(selectorText(workload?.spec?.selector), MAX_SELECTOR);
  const names = some(
    others.map(({ metadata }) => metadata?.name ?? ""),
    NAMED,
  );
  const pods = others.length === 1 ? "a pod" : `${others.length} pods`;
  return `Not scaled: HPA ${hpa.metadata?.name ?? ""} measures whatever pods have the labels that its target selects (${selector}), and ${pods} of others ${others.length === 1 ? "has" : "have"} them, too (${names}). Whether its own pods need more is not known. See to it that no other pod has these labels; a workload whose own selector asks for them has to be made anew with others.`;
}

/** An HPA without metrics goes by the CPU of its pods. */
function measuresPods({ spec: { metrics } }: Hpa): boolean {
  return metrics === undefined || metrics.length === 0 || metrics.some(({ type }) => OF_PODS.has(type));
}
