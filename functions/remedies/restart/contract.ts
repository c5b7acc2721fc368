import * as z from "zod";
import { PodTarget } from "../../shared/refs.ts";
import type { Asked } from "../asked.ts";
import type { RemedyEntry } from "../entry.ts";
import { namespaceField, objectNameField, REQUEST_FIELDS } from "../../shared/request-fields.ts";

export const RESTART = {
  action: "restart",
  description: "Evicts failing pods, and deletes what is left of failed ones.",
  mode: "automatic",
  event: "RemediationRestarted",
  apply: {
    name: "Restart",
    comment: "Evicts failing pods as their disruption budget allows, or deletes the leftovers of failed ones.",
  },
  undo: "cannot be undone",
} as const satisfies RemedyEntry;

/** How many volumes a plan names. */
export const MAX_NAMED_VOLUMES = 10;

const fields = {
  /** `evict`: replace running pods through the Eviction API. `clean_up`: delete pods that have already failed for good. */
  mode: z.enum(["evict", "clean_up"]),
  /** The names of volumes whose content goes with the pods, and may be missed; absent where none is known. */
  lost_volumes: z.array(z.string().max(63)).min(1).max(MAX_NAMED_VOLUMES).optional(),
  /** The names of hostPath volumes whose content stays on the nodes of the pods, and may be missed; absent where none is known. */
  left_volumes: z.array(z.string().max(63)).min(1).max(MAX_NAMED_VOLUMES).optional(),
};

/** Pods that are to be replaced by their controller, or records of failed ones that are to go. */
export const RestartPlan = z.strictObject({
  action: z.literal("restart"),
  ...fields,
  pods: z.array(PodTarget).min(1),
});
export type RestartPlan = z.output<typeof RestartPlan>;

/** The pods that were evicted or deleted. */
export const RestartChange = z.strictObject({ kind: z.literal("restart"), ...fields, pods: z.array(PodTarget) });
export type RestartChange = z.output<typeof RestartChange>;

/** A restart that a runbook asks for, tied to the pod's workload, and to that very pod once it was looked at. */
export const RequestedRestart = z.strictObject({
  action: z.literal("restart"),
  pod: z.string(),
  uid: z.string().optional(),
});
export type RequestedRestart = z.output<typeof RequestedRestart>;

export const RestartPodRequest = z.strictObject({
  action: z.literal("restart_pod"),
  ...REQUEST_FIELDS,
  namespace: namespaceField,
  pod_name: objectNameField("pod"),
});
export type RestartPodRequest = z.output<typeof RestartPodRequest>;

/** Restarts the pod that a runbook names. */
export function restartAsked({ pod_name: pod }: RestartPodRequest): Asked<RequestedRestart> {
  return { pod, requested: { action: "restart", pod } };
}

/** What the policy may say of restarts. */
export const RESTART_SETTINGS = {
  /** Never more pods than this in one remedy. */
  max_pods: z.int().min(1).max(100).default(50),
  /** What is left of failed pods is deleted only when no further one has failed for this long: until then it is evidence. */
  quiet_seconds: z.int().min(0).max(86_400).default(300),
};
