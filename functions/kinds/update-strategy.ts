import type { Workload } from "../shared/kubernetes/types.ts";
import { kindOf } from "./kinds.ts";

/** Whether the workload's controller replaces pods by itself when the template changes. */
export function rollsOutByItself(kind: string, workload: Workload): boolean {
  return kindOf(kind)?.rollsOutByItself(workload) === true;
}
