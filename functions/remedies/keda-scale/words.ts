import type { Counts } from "../../facts/scaled-object.ts";
import { describeSize } from "../../shared/kubernetes/hpa.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import type { Command, Words } from "../remedy.ts";
import { whenMore } from "../scale/words.ts";
import type { KedaScaleChange, KedaScalePlan } from "./contract.ts";

type Move = Pick<KedaScalePlan, "scale" | "scaled_object">;

/** `minReplicaCount 2 and maxReplicaCount 6`; `no maxReplicaCount`. */
export function describeCounts({ min, max }: Counts): string {
  return [described("minReplicaCount", min), described("maxReplicaCount", max)].join(" and ");
}

function described(name: string, count: number | null): string {
  return count === null ? `no ${name}` : `${name} ${count}`;
}

/** What people are told of a move. */
export const words: Words<KedaScalePlan, KedaScaleChange> = {
  verb: "scale",
  did: (change, workload, dryRun) => moved(change, workload, dryRun),
  would: (plan, workload) => moved(plan, workload, true),
  byHand: (plan, workload) => countsCommand(plan, "to", workload),
  found: ({ scaled_object: { name, from, to } }) =>
    `ScaledObject ${name} was changed from ${describeCounts(from)} to ${describeCounts(to)}.`,
  changed: ({ scaled_object: { name, from, to } }) => [
    `ScaledObject ${name}: ${describeCounts(from)} before, ${describeCounts(to)} now`,
  ],
  wayBack: ({ scaled_object: { from } }) => `Back to ${describeCounts(from)}.`,
  undone: ({ scale, scaled_object: { name, from } }, workload) =>
    `The scaling was undone: ScaledObject ${workload.namespace}/${name} has ${describeCounts(from)} again.${whenMore(scale, workload)}`,
  undoCommand: (change, workload) => countsCommand(change, "from", workload),
  afterwards: ({ scaled_object: { from, to } }) => ({
    next:
      "Decide whether the new size stays, and write it down where the ScaledObject is defined." +
      (scalesToZero(from) && !scalesToZero(to) ? " Until then, KEDA does not scale it to zero." : ""),
    takesBack: true,
  }),
};

function moved(
  { scale, scaled_object: { name, from, to } }: Move,
  { namespace }: WorkloadRef,
  dryRun: boolean,
): string {
  const counts = `ScaledObject ${namespace}/${name} from ${describeCounts(from)} to ${describeCounts(to)}`;
  return `${dryRun ? "Would change" : "Changed"} ${counts}: ${describeSize(scale.to)} for HPA ${scale.name}.`;
}

function scalesToZero({ min }: Counts): boolean {
  return min === null || min === 0;
}

/** The command that gives the ScaledObject those counts. */
function countsCommand({ scaled_object }: Move, which: "from" | "to", { namespace }: WorkloadRef): Command {
  const { name, from, to } = scaled_object;
  const { min, max } = scaled_object[which];
  const spec = {
    ...(from.min === to.min ? {} : { minReplicaCount: min }),
    ...(from.max === to.max ? {} : { maxReplicaCount: max }),
  };
  const words = ["kubectl", "-n", namespace, "patch", "scaledobject", name, "--type=merge", "-p"];
  return { words, quoted: JSON.stringify({ spec }) };
}
