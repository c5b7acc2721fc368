import type { Failed, Measurement, Way } from "./measure.ts";

/** One way, measured on one population. */
export interface Row {
  way: Way;
  pods: number;
  namespaces: number;
  share: number;
  failing: number;
  measured: Measurement | Failed;
}
