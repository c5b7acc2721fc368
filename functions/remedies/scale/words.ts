import { kindOf } from "../../kinds/kinds.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import { describeResizing, describeSize } from "../../shared/kubernetes/hpa.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import type { Command, Words } from "../remedy.ts";
import { claimsThatStay } from "./claims.ts";
import type { ScaleChange, ScalePlan, Scaling } from "./contract.ts";

/** `HPA shop/web` or `Deployment shop/web`. */
export function describeTarget(workload: WorkloadRef, scaling: Scaling): string {
  return scaling.target === "hpa" ? `HPA ${workload.namespace}/${scaling.name}` : describeWorkload(workload);
}

/** What people are told of a scaling. */
export const words: Words<ScalePlan, ScaleChange> = {
  did: ({ scale }, workload, dryRun) => `${scaled(scale, workload, dryRun)}${dryRun ? "" : whenLess(scale, workload)}`,
  would: ({ scale }, workload) => scaled(scale, workload, true),
  byHand: ({ scale }, workload) => sizeCommand(scale, "to", workload),
  found: ({ scale: { from, to } }) => `It was scaled ${describeResizing(from, to)}.`,
  changed: ({ scale }, workload) => {
    const what = scale.target === "hpa" ? `HPA ${scale.name}` : describeWorkload(workload);
    return [`${what}: ${describeSize(scale.from)} before, ${describeSize(scale.to)} now`];
  },
  wayBack: ({ scale }) => `Back to ${describeSize(scale.from)}.`,
  undone: ({ scale }, workload) =>
    `The scaling was undone: ${describeTarget(workload, scale)} is back at ${describeSize(scale.from)}.${whenMore(scale, workload)}`,
  undoCommand: ({ scale }, workload) => sizeCommand(scale, "from", workload),
  afterwards: () => ({
    next: "Decide whether the new size stays, and write it down where the workload is defined.",
    takesBack: true,
  }),
};

/** What stays of pods that go because a maximum was lowered. */
function whenLess(scale: Scaling, workload: WorkloadRef): string {
  return scale.target === "hpa" && scale.to.max < scale.from.max ? claimsThatStay(scale, workload) : "";
}

/** What stays of pods that go because a maximum that was raised is back where it was. */
export function whenMore(scale: Scaling, workload: WorkloadRef): string {
  return scale.target === "hpa" && scale.to.max > scale.from.max ? claimsThatStay(scale, workload) : "";
}

function scaled(scale: Scaling, workload: WorkloadRef, dryRun: boolean): string {
  return `${dryRun ? "Would scale" : "Scaled"} ${describeTarget(workload, scale)} ${describeResizing(scale.from, scale.to)}.`;
}

/** The command that gives what is scaled that size. */
function sizeCommand(scale: Scaling, which: "from" | "to", workload: WorkloadRef): Command | undefined {
  const { namespace, name } = workload;
  if (scale.target === "hpa") {
    const { min, max } = scale[which];
    const quoted = `{"spec":{"minReplicas":${min},"maxReplicas":${max}}}`;
    return { words: ["kubectl", "-n", namespace, "patch", "hpa", scale.name, "-p"], quoted };
  }
  const words = kindOf(workload)?.commands.scale?.(namespace, name, scale[which]);
  return words === undefined ? undefined : { words };
}
