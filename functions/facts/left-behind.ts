import { isOfKind, scannedKinds } from "../kinds/kinds.ts";
import type { Incident } from "../run/contracts.ts";
import { isRemediationError } from "../shared/errors.ts";
import { hpaCondition } from "../shared/kubernetes/hpa.ts";
import type { Hpa, Workload } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Maker } from "./unwritten.ts";

/** The HPA controller's reason where it finds no scale to read. Source: kubernetes pkg/controller/podautoscaler/horizontal.go */
const NO_SCALE = "FailedGetScale";

/**
 * The workload of an incident that a scan has found; undefined where it is gone by now, as what fails may be what is left of it.
 * @throws whatever the reading does, save that it is gone
 */
export async function unlessGone(
  { requested, approval, works_again: again }: Incident,
  reading: Promise<Workload | undefined>,
): Promise<Workload | undefined> {
  try {
    return await reading;
  } catch (error) {
    // Who has asked for something, or was told of it before, has to know that it is gone.
    const isFound = requested === undefined && approval === undefined && again === undefined;
    if (isFound && isRemediationError(error, "WorkloadNotFound")) return undefined;
    throw error;
  }
}

/**
 * Whether a workload of a kind that is looked at is not there any more.
 * @param makers the objects through which it makes its pods, where it is not among the kinds that are written to, or was not read
 */
export function isNotThere(ref: WorkloadRef, workload: Workload | undefined, makers: readonly Maker[] = []): boolean {
  const kind = scannedKinds().find((each) => isOfKind(ref, each));
  return kind !== undefined && workload === undefined && !makers.some((maker) => isOfKind(ref, maker.kind));
}

/** Whether an HPA says that it does not find what it is to scale. */
export function findsNoTarget(hpa: Hpa | undefined): boolean {
  const able = hpa === undefined ? undefined : hpaCondition(hpa, "AbleToScale");
  return able?.status === "False" && able.reason === NO_SCALE;
}
