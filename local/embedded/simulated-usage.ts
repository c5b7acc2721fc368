import { controllerOf } from "./controllers/owner.ts";
import { isReady } from "./pod-facts.ts";
import type { Pod } from "./types.ts";

/** What pods use, as both the local control plane and the embedded cluster measure it. */

/** Constant usage of each pod, for example `450m`. */
const CPU = "simulation/cpu";
/** Usage that all ready pods of the same controller share, so that more replicas lower the usage of each. */
const TOTAL_CPU = "simulation/total-cpu";
/** What a pod without a marker uses of what it requests. */
const IDLE_SHARE = 0.1;

/** The usage of one pod, in millicores. */
export interface Usage {
  pod: Pod;
  millicores: number;
}

/** Works out what each running pod uses, from the markers of its template. */
export function usageOf(pods: Pod[]): Usage[] {
  const ready = pods.filter(isReady);
  const peers = Map.groupBy(ready, groupOf);
  return ready.map((pod) => {
    const annotations = pod.metadata?.annotations ?? {};
    const total = annotations[TOTAL_CPU];
    const constant = annotations[CPU];
    if (total !== undefined) {
      const sharing = peers.get(groupOf(pod))?.length ?? 1;
      return { pod, millicores: Math.round(parseMillicores(total) / sharing) };
    }
    if (constant !== undefined) return { pod, millicores: parseMillicores(constant) };
    const requested = pod.spec?.containers.reduce(
      (sum, container) => sum + parseMillicores(container.resources?.requests?.["cpu"] ?? "0"),
      0,
    );
    return { pod, millicores: Math.round((requested ?? 0) * IDLE_SHARE) };
  });
}

/** What a pod shares its load with: the pods of the same controller. */
function groupOf({ metadata }: Pod): string {
  return `${metadata?.namespace ?? ""}/${controllerOf(metadata)?.name ?? metadata?.name ?? ""}`;
}

/** A CPU quantity in millicores: `450m` or `0.45`. */
export function parseMillicores(quantity: string): number {
  return quantity.endsWith("m") ? Number(quantity.slice(0, -1)) : Number(quantity) * 1_000;
}
