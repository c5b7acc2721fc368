import { workloadPath } from "../../kinds/workloads.ts";
import type { LookedAtReason } from "../../run/looked-at.ts";
import { targetOf } from "../../shared/kubernetes/hpa.ts";
import { canExist } from "../../shared/kubernetes/names.ts";
import type { Hpa, Service, Workload } from "../../shared/kubernetes/types.ts";
import { inTurn } from "../fair.ts";
import type { View } from "../view.ts";
import { hpaProblem, isDue, switchedOffSince, type Patience } from "./decide.ts";
import type { Found } from "./found.ts";
import { makerOf, type Maker } from "./makers.ts";

/** How many targets of HPAs are read. */
const MAX_TARGETS = 20;

/** The HPAs that do nothing because their target is at zero, where no Service tells of that already. */
export async function idleHpas(
  view: View,
  hpas: readonly Hpa[],
  problems: readonly Found[],
  patience: Patience,
): Promise<Found[]> {
  const off = hpas.filter((hpa) => isDue(switchedOffSince(hpa), patience.long, patience.now));
  const untold = inTurn(off, ({ metadata }) => metadata?.namespace ?? "").slice(0, MAX_TARGETS);
  return await view.each(untold, async (hpa) => {
    const ref = targetOf(hpa);
    const path = canExist(ref) ? workloadPath(ref) : undefined;
    const target =
      path === undefined
        ? undefined
        : await view.tryTo(
            `the target of HPA ${ref.namespace}/${hpa.metadata?.name ?? ""}`,
            () => view.read<Workload>(path),
            { place: ref.namespace, telling: false },
          );
    const maker = target === undefined ? undefined : makerOf(ref, target);
    const isTold = maker === undefined || problems.some((each) => tellsOf(each, maker));
    const failure = isTold ? undefined : hpaProblem(hpa, maker, patience);
    return { kind: "HorizontalPodAutoscaler" as const, object: hpa, failure };
  });
}

/** Whether a Service's problem is that this workload is at zero. */
function tellsOf({ object, failure }: Found, { ref, labels }: Maker): boolean {
  if (failure?.reason !== ("TargetAtZero" satisfies LookedAtReason)) return false;
  const { metadata, spec } = object as Service;
  const selected = Object.entries(spec?.selector ?? {}).every(([key, value]) => labels[key] === value);
  return metadata?.namespace === ref.namespace && selected;
}
