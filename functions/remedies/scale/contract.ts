import * as z from "zod";
import { MAX_OBJECT_NAME, OBJECT_NAME } from "../../shared/kubernetes/names.ts";
import { HpaBounds } from "../../shared/refs.ts";
import type { Asked } from "../asked.ts";
import type { RemedyEntry } from "../entry.ts";
import { namespaceField, objectNameField, REQUEST_FIELDS } from "../../shared/request-fields.ts";

export const SCALE = {
  action: "scale",
  description: "Moves an HPA's bounds, or the replicas of a Deployment that has none.",
  mode: "automatic",
  event: "RemediationScaled",
  apply: { name: "Scale", comment: "Moves the bounds of the HPA, or the replicas where no HPA owns them." },
  undo: {
    name: "Undo scaling",
    comment: "Only while the object is as the remedy left it: a change by somebody else stands.",
  },
} as const satisfies RemedyEntry;

/** How many claims of one pod a scaling holds. */
export const MAX_CLAIM_TEMPLATES = 5;

/** The bounds of an HPA. */
export const HpaScaling = z.strictObject({
  target: z.literal("hpa"),
  name: z.string(),
  from: HpaBounds,
  to: HpaBounds,
  /** What the claims of a StatefulSet's pods are named by, and its first number, where they stay when their pods go. */
  claims: z
    .strictObject({
      templates: z.array(z.string().regex(OBJECT_NAME).max(MAX_OBJECT_NAME)).max(MAX_CLAIM_TEMPLATES),
      start: z.int().min(0),
    })
    .optional(),
});

/** What is scaled: the HPA's bounds where one owns the scale, else the workload's replicas. */
export const Scaling = z.discriminatedUnion("target", [
  HpaScaling,
  z.strictObject({ target: z.literal("replicas"), from: z.int(), to: z.int() }),
]);
export type Scaling = z.output<typeof Scaling>;

/** A size that is to be changed. */
export const ScalePlan = z.strictObject({ action: z.literal("scale"), scale: Scaling });
export type ScalePlan = z.output<typeof ScalePlan>;

/** A size that was changed. */
export const ScaleChange = z.strictObject({ kind: z.literal("scale"), scale: Scaling });
export type ScaleChange = z.output<typeof ScaleChange>;

/** A size that a runbook asks for. */
export const RequestedScale = z.strictObject({ action: z.literal("scale"), replicas: z.int() });
export type RequestedScale = z.output<typeof RequestedScale>;

export const ScaleDeploymentRequest = z.strictObject({
  action: z.literal("scale_deployment"),
  ...REQUEST_FIELDS,
  namespace: namespaceField,
  deployment_name: objectNameField("Deployment"),
  replicas: z
    .int("must be a whole number")
    .min(1, "must be 1 or more; the workflow never scales to zero")
    .max(5_000, "must be at most 5000"),
});
export type ScaleDeploymentRequest = z.output<typeof ScaleDeploymentRequest>;

/** Scales the Deployment that a runbook names. */
export function scaleAsked({ deployment_name: name, replicas }: ScaleDeploymentRequest): Asked<RequestedScale> {
  return { workload: { kind: "Deployment", name }, requested: { action: "scale", replicas } };
}

/** What the policy may say of scaling. */
export const SCALE_SETTINGS = {
  /** Never more replicas than this, whoever asks. */
  max_replicas: z.int().min(1).max(5_000).default(50),
  /** An HPA's maximum is raised by this share of its present value, at least by one. */
  raise_hpa_by: z.number().min(0.01).max(2).default(0.5),
};
