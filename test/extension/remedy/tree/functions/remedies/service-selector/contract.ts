import * as z from "zod";
import { namespaceField, objectNameField, REQUEST_FIELDS } from "../../shared/request-fields.ts";
import type { Asked } from "../asked.ts";
import type { RemedyEntry } from "../entry.ts";

export const RESTORE_SELECTOR = {
  action: "restore-selector",
  description: "Puts the selector of a Service that picks no pod of its workload back.",
  mode: "observe",
  event: "RemediationSelectorRestored",
  apply: {
    name: "Restore selector",
    comment: "Puts the labels of the workload's pods into the selector of its Service.",
  },
  undo: { name: "Undo selector", comment: "Only while the selector is as the remedy left it." },
} as const satisfies RemedyEntry;

/** The labels that a Service picks its pods by. */
export const Selector = z.record(z.string(), z.string());
export type Selector = z.output<typeof Selector>;

const fields = {
  /** The Service, which is in the workload's namespace. */
  service: z.string(),
  before: Selector,
  after: Selector,
};

/** A selector that is to be put back. */
export const SelectorPlan = z.strictObject({ action: z.literal("restore-selector"), ...fields });
export type SelectorPlan = z.output<typeof SelectorPlan>;

/** A selector that was put back. */
export const SelectorChange = z.strictObject({ kind: z.literal("restore-selector"), ...fields });
export type SelectorChange = z.output<typeof SelectorChange>;

/** A selector that a runbook asks for. */
export const RequestedSelector = z.strictObject({ action: z.literal("restore-selector"), service: z.string() });
export type RequestedSelector = z.output<typeof RequestedSelector>;

export const RestoreSelectorRequest = z.strictObject({
  action: z.literal("restore_selector"),
  ...REQUEST_FIELDS,
  namespace: namespaceField,
  deployment_name: objectNameField("Deployment"),
  service_name: objectNameField("Service"),
});
export type RestoreSelectorRequest = z.output<typeof RestoreSelectorRequest>;

/** Puts back the selector of the Service that a runbook names. */
export function selectorAsked({
  deployment_name: name,
  service_name,
}: RestoreSelectorRequest): Asked<RequestedSelector> {
  return { workload: { kind: "Deployment", name }, requested: { action: "restore-selector", service: service_name } };
}

/** What the policy may say of selectors. */
export const SELECTOR_SETTINGS = {
  /** A selector with more labels than this is left to a person. */
  max_labels: z.int().min(1).max(20).default(5),
};
