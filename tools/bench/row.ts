import type { Failed, Measurement } from "./measure.ts";
import type { Way } from "./ways.ts";

/** One way, measured on one population. */
export interface Row {
  way: Way;
  pods: number;
  namespaces: number;
  share: number;
  /** How many workloads fail. */
  injected: number;
  measured: Measurement | Failed;
}
