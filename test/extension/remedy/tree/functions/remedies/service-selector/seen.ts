import { isDeepStrictEqual } from "node:util";
import type { WorkloadState } from "../../facts/state.ts";
import { objectAt } from "../../shared/object-ref.ts";
import type { Selector, SelectorChange, SelectorPlan } from "./contract.ts";
import { serviceRef, type Service } from "./plan.ts";

/** The selector that was to be put back, where it is. */
export function seen({ service, before, after }: SelectorPlan, state: WorkloadState): SelectorChange | undefined {
  if (!isDeepStrictEqual(present(service, state), after)) return undefined;
  return { kind: "restore-selector", service, before, after };
}

/** Another selector than the one that was put back. */
export function overtaken({ service, after }: SelectorChange, state: WorkloadState): string | undefined {
  return isDeepStrictEqual(present(service, state), after)
    ? undefined
    : `Service ${service} has another selector by now`;
}

/** What is missing until the earlier selector is back. */
export function remains({ service, before }: SelectorChange, state: WorkloadState): string[] {
  return isDeepStrictEqual(present(service, state), before) ? [] : [`Service ${service} has another selector`];
}

function present(service: string, { workload, others }: WorkloadState): Selector | undefined {
  return objectAt<Service>(serviceRef(workload.metadata?.namespace ?? "", service), others)?.spec?.selector;
}
