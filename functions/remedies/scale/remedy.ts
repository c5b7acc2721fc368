import { workloadObject } from "../../kinds/object-ref.ts";
import { hpaRef } from "../../shared/object-ref.ts";
import type { Remedy } from "../remedy.ts";
import { back, carryOut } from "./carry-out.ts";
import type { RequestedScale, ScaleChange, ScalePlan } from "./contract.ts";
import { requestedScale } from "./plan.ts";
import { gaps, overtaken, remains, seen } from "./seen.ts";
import { words } from "./words.ts";

/** Moves an HPA's bounds, or the replicas where no HPA owns them. */
export const scale: Remedy<ScalePlan, ScaleChange, RequestedScale> = {
  action: "scale",
  writes: ({ scale: scaling }, workload) =>
    scaling.target === "hpa" ? [hpaRef(workload.namespace, scaling.name)] : [workloadObject(workload)],
  replacesPods: () => false,
  asked: requestedScale,
  carryOut,
  undo: { back, remains },
  seen,
  overtaken,
  gaps,
  words,
};
