import { kindOf } from "../../kinds/kinds.ts";
import { workloadObject } from "../../kinds/object-ref.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import type { JsonPatchOperation } from "../../shared/cluster/cluster.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { boundsOf, describeSize, scales } from "../../shared/kubernetes/hpa.ts";
import type { Hpa, ScaleObject } from "../../shared/kubernetes/types.ts";
import { hpaRef } from "../../shared/object-ref.ts";
import type { HpaBounds } from "../../shared/refs.ts";
import { alreadySo } from "../already-so.ts";
import type { Declined, Done, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import type { ScaleChange, ScalePlan, Scaling } from "./contract.ts";
import { describeTarget } from "./words.ts";

/**
 * Moves an HPA's bounds, or a workload's replicas, from exactly one value to exactly another. Doing it again changes
 * nothing.
 * @returns whether it was moved now; false when it was there already
 * @throws RemediationError `ObjectChanged` when it is at neither value, or gone; those of the writer
 */
export async function scale(writer: Writer, scaling: Scaling): Promise<boolean> {
  try {
    return await (scaling.target === "hpa" ? moveBounds(writer, scaling) : setReplicas(writer, scaling));
  } catch (error) {
    if (!isRemediationError(error, "NotFound")) throw error;
    throw changed(`${describeTarget(writer.workload, scaling)} does not exist any more`);
  }
}

/** Carries a scaling out. */
export async function carryOut(
  writer: Writer,
  { scale: scaling }: ScalePlan,
  { mayBeOwn }: Occasion,
): Promise<Done<ScaleChange> | Declined> {
  const scaled = await scale(writer, scaling);
  if (!scaled && !(await mayBeOwn())) return alreadySo("scale it");
  return { change: { kind: "scale", scale: scaling } };
}

/** Takes a scaling back. */
export async function back(writer: Writer, { scale: scaling }: ScaleChange): Promise<void> {
  await scale(writer, reversed(scaling));
}

/** The scaling that takes this one back. */
export function reversed(scaling: Scaling): Scaling {
  return scaling.target === "hpa"
    ? { ...scaling, from: scaling.to, to: scaling.from }
    : { ...scaling, from: scaling.to, to: scaling.from };
}

function changed(what: string): RemediationError {
  return new RemediationError("ObjectChanged", `It was left as it is: ${what}.`);
}

async function moveBounds(writer: Writer, { name, from, to }: Extract<Scaling, { target: "hpa" }>): Promise<boolean> {
  const { namespace } = writer.workload;
  return await writer.patch<Hpa>(hpaRef(namespace, name), (hpa): JsonPatchOperation[] | "already so" => {
    // It may have been made anew under its name, or given another workload, since it was looked at.
    if (!scales(hpa, writer.workload)) {
      throw changed(`HPA ${namespace}/${name} does not scale ${describeWorkload(writer.workload)} any more`);
    }
    const present = boundsOf(hpa);
    if (equal(present, to)) return "already so";
    if (!equal(present, from)) {
      throw changed(`somebody else set the bounds of HPA ${namespace}/${name} to ${describeSize(present)}`);
    }
    return [
      { op: "add", path: "/spec/minReplicas", value: to.min },
      { op: "add", path: "/spec/maxReplicas", value: to.max },
    ];
  });
}

async function setReplicas(writer: Writer, { from, to }: Extract<Scaling, { target: "replicas" }>): Promise<boolean> {
  const { kind, namespace, name } = writer.workload;
  const decide = ({ spec }: ScaleObject): JsonPatchOperation[] | "already so" => {
    const present = spec?.replicas ?? 0;
    if (present === to) return "already so";
    if (present !== from)
      throw changed(`somebody else scaled ${kind} ${namespace}/${name} to ${describeSize(present)}`);
    return [{ op: "add", path: "/spec/replicas", value: to }];
  };
  if (kindOf(writer.workload)?.hasScale !== true) {
    throw new RemediationError("InvalidStepInput", `The replicas of a ${kind} are never set.`);
  }
  return await writer.patch<ScaleObject>(workloadObject(writer.workload), decide, { subresource: "scale" });
}

function equal(a: HpaBounds, b: HpaBounds): boolean {
  return a.min === b.min && a.max === b.max;
}
