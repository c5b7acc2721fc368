import * as z from "zod";
import type { RemedyEntry } from "../entry.ts";
import { HpaScaling } from "../scale/contract.ts";

export const KEDA_SCALE = {
  action: "keda-scale",
  description: "Moves the counts of a ScaledObject, from which KEDA makes the bounds of its HPA.",
  insteadOf: "scale",
  mode: "automatic",
  event: "RemediationScaled",
  apply: {
    name: "Scale through KEDA",
    comment: "Moves the counts of the ScaledObject, whose HPA KEDA would set back.",
  },
  undo: {
    name: "Undo scaling through KEDA",
    comment: "Only while the ScaledObject is as the remedy left it: a change by somebody else stands.",
  },
} as const satisfies RemedyEntry;

/** The counts of a ScaledObject; null for one that is not written there. */
const Counts = z.strictObject({ min: z.int().nullable(), max: z.int().nullable() });

const fields = {
  /** What becomes of the HPA's bounds by it. */
  scale: HpaScaling,
  /** The ScaledObject, with its counts as they were and as they are to be. */
  scaled_object: z.strictObject({ name: z.string(), uid: z.string(), from: Counts, to: Counts }),
};

/** Counts that are to be moved. */
export const KedaScalePlan = z.strictObject({ action: z.literal("keda-scale"), ...fields });
export type KedaScalePlan = z.output<typeof KedaScalePlan>;

/** Counts that were moved. */
export const KedaScaleChange = z.strictObject({ kind: z.literal("keda-scale"), ...fields });
export type KedaScaleChange = z.output<typeof KedaScaleChange>;
