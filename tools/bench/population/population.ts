import { foreignEvent, hpaObject, isServed, namespaceObject, nodeObject, serviceObjects } from "./others.ts";
import type { Stored } from "./objects.ts";
import type { Plan } from "./plan.ts";
import { workloadObjects } from "./workloads.ts";

/** Events for each pod: most of them are forgotten after an hour. */
const EVENTS_PER_POD = 0.25;

/** Every object of a population, one after the other. */
export function* objectsOf(plan: Plan): Generator<Stored> {
  for (const name of plan.namespaces) yield namespaceObject(plan, name);
  for (const [index, name] of plan.nodes.entries()) yield nodeObject(plan, name, index);
  for (const planned of plan.workloads) {
    yield* workloadObjects(plan, planned);
    if (planned.isScaled) yield hpaObject(plan, planned);
    if (isServed(plan, planned)) yield* serviceObjects(plan, planned);
  }
  for (let index = 0; index < plan.size.pods * EVENTS_PER_POD; index++) {
    yield foreignEvent(plan, plan.namespaces[index % plan.namespaces.length] ?? "", index);
  }
}
