import { STATUS, TEMPLATE, type FieldPaths } from "../facts/owners.ts";
import { workloadObject } from "../kinds/object-ref.ts";
import { pathOf, type ObjectRef } from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Plan } from "./remedy.ts";
import { remedyFor } from "./remedies.ts";

/** Anything else that somebody may want of an object. */
const SPEC: FieldPaths = [["spec"]];

/** Which fields of an object a remedy writes, as far as it matters who else writes them. */
export function writtenFields(plan: Plan, workload: WorkloadRef, ref: ObjectRef): FieldPaths {
  if (remedyFor(plan.action).writesStatus === true) return STATUS;
  const isOwn = pathOf(ref) === pathOf(workloadObject(workload));
  return isOwn && remedyFor(plan.action).replacesPods(plan) ? TEMPLATE : SPEC;
}
