import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import type { Upstream } from "./proxy/forward.ts";

/** The cluster that runs are played on. */
export interface Stage {
  /** As the administrator. */
  cluster: Cluster;
  upstream: Upstream;
}
