import { isDeepStrictEqual } from "node:util";
import { countsOf, pausedBy, scaledObjectRef, scalesIt, type ScaledObject } from "../../facts/scaled-object.ts";
import { describeWorkload } from "../../kinds/workloads.ts";
import type { JsonPatchOperation } from "../../shared/cluster/cluster.ts";
import { isRemediationError, RemediationError } from "../../shared/errors.ts";
import { alreadySo } from "../already-so.ts";
import type { Declined, Done, Occasion } from "../remedy.ts";
import type { Writer } from "../writer.ts";
import type { KedaScaleChange, KedaScalePlan } from "./contract.ts";
import { describeCounts } from "./words.ts";

type Move = Pick<KedaScalePlan, "scale" | "scaled_object">;

/** Carries a move out. */
export async function carryOut(
  writer: Writer,
  { scale, scaled_object }: KedaScalePlan,
  { mayBeOwn }: Occasion,
): Promise<Done<KedaScaleChange> | Declined> {
  const moved = await move(writer, { scale, scaled_object });
  if (!moved && !(await mayBeOwn())) return alreadySo("scale it");
  return { change: { kind: "keda-scale", scale, scaled_object } };
}

/** Takes a move back. */
export async function back(writer: Writer, change: KedaScaleChange): Promise<void> {
  await move(writer, reversed(change));
}

/** The move that takes this one back. */
export function reversed({ scale, scaled_object }: Move): Move {
  return {
    scale: { ...scale, from: scale.to, to: scale.from },
    scaled_object: { ...scaled_object, from: scaled_object.to, to: scaled_object.from },
  };
}

/**
 * Moves the counts of a ScaledObject from exactly some values to exactly others. Doing it again changes nothing.
 * @returns whether they were moved now; false when they were there already
 * @throws RemediationError `ObjectChanged` when they are at neither, the ScaledObject is another one, or gone, or scales
 *   something else, or somebody has paused it; those of the writer
 */
async function move(writer: Writer, { scaled_object: { name, uid, from, to } }: Move): Promise<boolean> {
  const { workload } = writer;
  const what = `ScaledObject ${workload.namespace}/${name}`;
  const decide = (object: ScaledObject): JsonPatchOperation[] | "already so" => {
    if (object.metadata?.uid !== uid || object.metadata.deletionTimestamp !== undefined) {
      throw changed(`${what} was deleted, or made anew`);
    }
    // It may have been given another workload since it was looked at.
    if (!scalesIt(object, workload)) throw changed(`${what} does not scale ${describeWorkload(workload)} any more`);
    const present = countsOf(object);
    if (isDeepStrictEqual(present, to)) return "already so";
    const paused = pausedBy(object);
    if (paused !== undefined) throw changed(`somebody has paused ${what} (${paused})`);
    if (!isDeepStrictEqual(present, from)) throw changed(`somebody else has set ${what} to ${describeCounts(present)}`);
    return [
      ...operation("/spec/minReplicaCount", from.min, to.min),
      ...operation("/spec/maxReplicaCount", from.max, to.max),
    ];
  };
  try {
    return await writer.patch<ScaledObject>(scaledObjectRef(workload.namespace, name), decide);
  } catch (error) {
    if (!isRemediationError(error, "NotFound")) throw error;
    throw changed(`${what} does not exist any more`);
  }
}

/** How one count is moved: what was not written there is taken away again. */
function operation(path: string, from: number | null, to: number | null): JsonPatchOperation[] {
  if (from === to) return [];
  return to === null ? [{ op: "remove", path }] : [{ op: "add", path, value: to }];
}

function changed(what: string): RemediationError {
  return new RemediationError("ObjectChanged", `It was left as it is: ${what}.`);
}
