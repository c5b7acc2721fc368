import { readScaledObjects, SCALED_OBJECTS, scaledObjectRef } from "../../facts/scaled-object.ts";
import { KINDS } from "../../kinds/kinds.ts";
import { rulesFor } from "../../kinds/rules.ts";
import type { Remedy } from "../remedy.ts";
import { back, carryOut } from "./carry-out.ts";
import { KEDA_SCALE, type KedaScaleChange, type KedaScalePlan } from "./contract.ts";
import { scaledObjectLines } from "./lines.ts";
import { movedBack, scalesWithoutHpa, throughScaledObject } from "./plan.ts";
import { gaps, overtaken, remains, seen } from "./seen.ts";
import { words } from "./words.ts";

/** Moves the counts of a ScaledObject in the place of the bounds of its HPA, which KEDA would put back. */
export const kedaScale: Remedy<KedaScalePlan, KedaScaleChange, never> = {
  action: "keda-scale",
  entry: KEDA_SCALE,
  writes: ({ scaled_object: { name } }, { namespace }) => [scaledObjectRef(namespace, name)],
  replacesPods: () => false,
  reads: {
    others: (reader, workload, { hpa }) => readScaledObjects(reader, workload, hpa),
    lines: scaledObjectLines,
    permissions: rulesFor([{ ...SCALED_OBJECTS, verbs: ["get", "list"] }]),
  },
  through: {
    tool: "keda",
    owner: "KEDA",
    keeps: scalesWithoutHpa,
    plan: throughScaledObject,
  },
  carryOut,
  undo: { back, asPlan: movedBack, remains },
  seen,
  overtaken,
  gaps,
  words,
  permissions: rulesFor([
    // Whether somebody has opted the workload out since.
    ...KINDS.map((kind) => ({ ...kind, verbs: ["get"] })),
    { ...SCALED_OBJECTS, verbs: ["get", "patch"] },
  ]),
};
