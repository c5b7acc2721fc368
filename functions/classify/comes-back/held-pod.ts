import type { Evidence } from "../../facts/evidence.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { isAskedFor } from "../../run/asked-for.ts";
import type { Pod } from "../../shared/kubernetes/types.ts";
import { containerStatuses } from "../../shared/kubernetes/pods.ts";
import { bounded, some } from "../../shared/text.ts";

/** How many names a sentence holds, and how long that of a finalizer may be. */
const NAMED = 3;
const MAX_NAME = 80;

/**
 * Its finalizers keep it, and its controller makes it anew only once it is gone, in a sentence; undefined where that is not so. Who
 * asks for its restart may know who takes them off.
 * Source: kubernetes pkg/controller/statefulset/stateful_set_control.go, pkg/controller/daemon/daemon_controller.go
 */
export function heldByFinalizers({ incident }: Evidence, { metadata }: Pod): string | undefined {
  const finalizers = (metadata?.finalizers ?? []).map((name) => bounded(name, MAX_NAME));
  if (finalizers.length === 0 || kindOf(incident.workload)?.onceGone !== true || isAskedFor(incident)) return undefined;
  const [finalizer, is, it] = finalizers.length === 1 ? ["finalizer", "is", "it"] : ["finalizers", "are", "them"];
  return `pod ${metadata?.name ?? ""} stays there until its ${finalizer} ${some(finalizers, NAMED)} ${is} taken off, its controller makes it anew only after that, and whether anything takes ${it} off is not known. Delete the pod by hand, or ask for its restart, where that is known.`;
}

/**
 * How a pod asks not to be disrupted, by annotation: the value that says so, or the one that says the opposite.
 * Source: karpenter.sh/docs/concepts/disruption, "Pod-Level Controls"; kubernetes/autoscaler cluster-autoscaler/FAQ.md
 */
const ASKS: Readonly<Record<string, (value: string) => boolean>> = {
  "karpenter.sh/do-not-disrupt": (value) => value !== "false",
  "karpenter.sh/do-not-evict": (value) => value !== "false",
  "cluster-autoscaler.kubernetes.io/safe-to-evict": (value) => value === "false",
};

/**
 * It asks not to be disrupted, and something of it runs that an eviction would end, in a sentence; undefined where that is not so.
 * Who asks for its restart has chosen that.
 */
export function asksToStay({ incident }: Evidence, pod: Pod): string | undefined {
  const { name, annotations = {} } = pod.metadata ?? {};
  const asks = Object.entries(annotations).find(([key, value]) => ASKS[key]?.(value) === true);
  const running = containerStatuses(pod).filter(({ state }) => state?.running != null);
  if (asks === undefined || running.length === 0 || isAskedFor(incident)) return undefined;
  const names = some(
    running.map((status) => status.name),
    NAMED,
  );
  return `pod ${name ?? ""} asks not to be disrupted (${bounded(asks.join(": "), MAX_NAME)}), and container ${names} of it runs, which an eviction would end. Delete the pod by hand, or ask for its restart, where it may go.`;
}
