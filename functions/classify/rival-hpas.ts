import { scaledObjectAbove } from "../facts/scaled-object.ts";
import type { Evidence } from "../facts/evidence.ts";
import { boundsOf, describeSize } from "../shared/kubernetes/hpa.ts";
import type { Hpa } from "../shared/kubernetes/types.ts";
import { some } from "../shared/text.ts";

/** How many HPAs a sentence names. */
const NAMED = 3;

/** Each further HPA that scales the same workload, as an evidence line. */
export function rivalLines({ rivalHpas = [] }: Evidence): string[] {
  return rivalHpas.slice(0, NAMED).map((hpa) => {
    const { currentReplicas = 0, desiredReplicas = 0 } = hpa.status ?? {};
    return `${named(hpa)} scales it, too: ${currentReplicas} current, ${desiredReplicas} desired, ${describeSize(boundsOf(hpa))} allowed`;
  });
}

/** That several HPAs scale the same workload, and what to do about it, in sentences; undefined where there are not several. */
export function clashOf({ hpa, rivalHpas = [] }: Evidence): { means: string; advice: string } | undefined {
  if (hpa === undefined || rivalHpas.length === 0) return undefined;
  const all = [hpa, ...rivalHpas];
  return {
    means: `${all.length === 2 ? all.map(named).join(" and ") : some(all.map(named), NAMED)} scale the same workload`,
    advice: `Decide which of them is to scale it, and delete ${all.length === 2 ? "the other" : "the others"}.`,
  };
}

/** Why none of several HPAs is moved, in sentences; undefined where there are not several. */
export function scaledByOthers(evidence: Evidence): string | undefined {
  const clash = clashOf(evidence);
  if (clash === undefined) return undefined;
  return `Not scaled: ${clash.means}, each to a number of its own: what one of them is let do, another may take back. ${clash.advice}`;
}

/** An HPA by its name, with what it is deleted with: KEDA makes one anew as long as its ScaledObject is there. */
function named({ metadata }: Hpa): string {
  const above = scaledObjectAbove(metadata);
  return `HPA ${metadata?.name ?? ""}${above === undefined ? "" : ` (of ScaledObject ${above.name})`}`;
}
