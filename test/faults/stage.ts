import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import type { Connection } from "../../functions/shared/cluster/http-cluster.ts";
import type { Upstream } from "./proxy/forward.ts";

/** The cluster that runs are played on. */
export interface Stage {
  /** As the administrator. */
  cluster: Cluster;
  /** How the administrator reaches it. */
  connection: Connection;
  upstream: Upstream;
}
