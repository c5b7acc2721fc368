import { KINDS } from "../../kinds/kinds.ts";
import { rulesFor } from "../../kinds/rules.ts";
import { workloadObject } from "../../kinds/object-ref.ts";
import { hpaRef } from "../../shared/object-ref.ts";
import type { Remedy } from "../remedy.ts";
import { back, carryOut } from "./carry-out.ts";
import { SCALE, type RequestedScale, type ScaleChange, type ScalePlan } from "./contract.ts";
import { requestedScale, scaledBack } from "./plan.ts";
import { gaps, overtaken, remains, seen } from "./seen.ts";
import { words } from "./words.ts";

/** The kinds that an HPA may scale: one pod on each node is no number that could be set. */
const OF_HPAS = KINDS.filter(({ onePerNode }) => onePerNode !== true);
/** The kinds whose replicas are set. */
const SCALED = KINDS.filter(({ hasScale }) => hasScale === true);

/** Moves an HPA's bounds, or the replicas where no HPA owns them. */
export const scale: Remedy<ScalePlan, ScaleChange, RequestedScale> = {
  action: "scale",
  entry: SCALE,
  writes: ({ scale: scaling }, workload) =>
    scaling.target === "hpa" ? [hpaRef(workload.namespace, scaling.name)] : [workloadObject(workload)],
  replacesPods: () => false,
  asked: requestedScale,
  carryOut,
  undo: { back, asPlan: scaledBack, remains },
  seen,
  overtaken,
  gaps,
  words,
  permissions: [
    // Whether somebody has opted the workload out since.
    ...rulesFor(OF_HPAS.map((kind) => ({ ...kind, verbs: ["get"] }))),
    ...rulesFor(
      SCALED.map(({ apiVersion, plural }) => ({ apiVersion, plural: `${plural}/scale`, verbs: ["get", "patch"] })),
    ),
    { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["get", "patch"] },
  ],
};
