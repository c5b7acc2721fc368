import { isDeepStrictEqual } from "node:util";
import {
  countsOf,
  hasTakenOver,
  hpaBoundsFor,
  pausedBy,
  scaledObjectRef,
  scalesIt,
  type Counts,
  type ScaledObject,
} from "../../facts/scaled-object.ts";
import type { WorkloadState } from "../../facts/state.ts";
import type { Diagnosis } from "../../run/contracts.ts";
import { groupField } from "../../shared/kubernetes/groups.ts";
import { boundsOf, describeSize } from "../../shared/kubernetes/hpa.ts";
import { objectAt } from "../../shared/object-ref.ts";
import { stillLimited } from "../scale/seen.ts";
import type { KedaScaleChange, KedaScalePlan } from "./contract.ts";
import { describeCounts } from "./words.ts";

/** The counts that were to be reached, where they are. */
export function seen({ scale, scaled_object }: KedaScalePlan, state: WorkloadState): KedaScaleChange | undefined {
  const object = present(scaled_object, state);
  if (object === undefined || !isDeepStrictEqual(countsOf(object), scaled_object.to)) return undefined;
  return { kind: "keda-scale", scale, scaled_object };
}

/** What somebody has done to the ScaledObject since: other counts than those that were set, or a pause. */
export function overtaken({ scaled_object }: KedaScaleChange, state: WorkloadState): string | undefined {
  const { name } = scaled_object;
  const what = `ScaledObject ${name}`;
  const object = present(scaled_object, state);
  if (object === undefined) return notThere(name, state);
  const counts = countsOf(object);
  if (!isDeepStrictEqual(counts, scaled_object.to)) return `${what} has ${describeCounts(counts)} by now`;
  const paused = pausedBy(object);
  return paused === undefined ? undefined : `${what} was paused (${paused})`;
}

/** Bounds that KEDA has not given its HPA yet; an HPA that was at its maximum and still wants more. */
export function gaps(
  { scaled_object }: KedaScaleChange,
  state: WorkloadState,
  diagnosis: Diagnosis | undefined,
): string[] {
  const missing = notTakenOver(scaled_object.to, state);
  const { hpa } = state;
  if (missing.length > 0 || hpa === undefined || diagnosis?.cause !== "HpaAtMaximum") return missing;
  return stillLimited(hpa);
}

/** What is missing until the earlier counts are back, and in effect. */
export function remains({ scaled_object }: KedaScaleChange, state: WorkloadState): string[] {
  const { name, from } = scaled_object;
  const object = present(scaled_object, state);
  if (object === undefined) return [notThere(name, state)];
  const counts = countsOf(object);
  if (!isDeepStrictEqual(counts, from)) return [`ScaledObject ${name} has ${describeCounts(counts)}`];
  // A paused one has no HPA to wait for.
  return pausedBy(object) === undefined ? notTakenOver(from, state) : [];
}

function notTakenOver(counts: Counts, { hpa }: WorkloadState): string[] {
  if (hpa === undefined) return ["KEDA has no HPA for it"];
  if (hasTakenOver(hpa, counts)) return [];
  const [bounds, wanted] = [boundsOf(hpa), hpaBoundsFor(counts)].map(describeSize);
  return [`KEDA has not given HPA ${hpa.metadata?.name ?? ""} ${wanted ?? ""} yet: it has ${bounds ?? ""}`];
}

/** That nothing can be said of that very ScaledObject: it may also not have been read. */
function notThere(name: string, { workload, others }: WorkloadState): string {
  const ref = scaledObjectRef(workload.metadata?.namespace ?? "", name);
  const what = `ScaledObject ${name}`;
  return objectAt(ref, others) === undefined
    ? `${what} is not to be seen`
    : `${what} is another one, or does not scale it any more`;
}

/** That very ScaledObject, as long as it says that it scales the workload. */
function present(
  { name, uid }: KedaScalePlan["scaled_object"],
  { workload, kind, others }: WorkloadState,
): ScaledObject | undefined {
  const { namespace = "", name: target = "" } = workload.metadata ?? {};
  const object = objectAt<ScaledObject>(scaledObjectRef(namespace, name), others);
  if (object?.metadata?.uid !== uid) return undefined;
  const ref = { kind: kind.kind, ...groupField(kind.apiVersion), namespace, name: target };
  return scalesIt(object, ref) ? object : undefined;
}
