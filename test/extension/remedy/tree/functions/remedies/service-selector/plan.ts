import type * as k8s from "@kubernetes/client-node";
import type { Case } from "../../facts/case.ts";
import type { ReadOthers } from "../../facts/evidence.ts";
import { collectionOf } from "../../shared/cluster/paths.ts";
import type { Pod, Wire } from "../../shared/kubernetes/types.ts";
import { objectAt, type ObjectRef } from "../../shared/object-ref.ts";
import type { NoRemedy } from "../remedy.ts";
import type { RequestedSelector, Selector, SelectorPlan } from "./contract.ts";

export type Service = Wire<k8s.V1Service>;

const API = { apiVersion: "v1", plural: "services" };

/** A Service. */
export function serviceRef(namespace: string, name: string): ObjectRef {
  return { ...API, kind: "Service", namespace, name };
}

/** Reads the Services of the workload's namespace. */
export const readServices: ReadOthers = async (reader, { namespace }) => {
  const services = await reader.list<Service>(collectionOf(API, namespace));
  return services.map((object) => ({ ref: serviceRef(namespace, object.metadata?.name ?? ""), object }));
};

/** The selector of the Service that is called as the workload, where it picks none of the workload's pods. */
export function lostSelector(facts: Case): SelectorPlan | undefined {
  const { name } = facts.evidence.incident.workload;
  const plan = selectorPlan(name, facts);
  return plan?.action === "restore-selector" ? plan : undefined;
}

/** The selector that a runbook asks for. */
export function requestedSelector({ service }: RequestedSelector, facts: Case): SelectorPlan | NoRemedy {
  const message = `Service ${service} is not there, or has no selector.`;
  return selectorPlan(service, facts) ?? { action: "none", refusal: "NoSafeRemedy", message };
}

function selectorPlan(name: string, { evidence, policy }: Case): SelectorPlan | NoRemedy | undefined {
  const { incident, workload, pods, others } = evidence;
  const before = objectAt<Service>(serviceRef(incident.workload.namespace, name), others)?.spec?.selector;
  const after = workload?.spec?.selector?.matchLabels;
  if (before === undefined || after === undefined) return undefined;
  if (pods.some((pod) => picks(before, pod))) {
    return { action: "none", refusal: "AlreadyAsRequested", message: `Service ${name} picks its pods already.` };
  }
  if (Object.keys(after).length > policy.selector.max_labels) {
    return { action: "none", refusal: "LimitReached", message: "More labels than selector.max_labels allows." };
  }
  return { action: "restore-selector", service: name, before, after };
}

function picks(selector: Selector, { metadata }: Pod): boolean {
  return Object.entries(selector).every(([key, value]) => metadata?.labels?.[key] === value);
}
