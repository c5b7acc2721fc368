import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { admittingStore, startApiServer } from "../../local/embedded/index.ts";
import { ManualClock } from "./manual-clock.ts";

/** An API server in memory that admits objects as a real one does, and whose time passes by hand. */
export interface AdmittingCluster {
  clock: ManualClock;
  /** A client of it, named `prod`. */
  cluster: HttpCluster;
  stop: () => Promise<void>;
}

/** Starts one that is empty. */
export async function startAdmittingCluster(): Promise<AdmittingCluster> {
  const clock = new ManualClock();
  const server = await startApiServer(admittingStore(clock));
  const cluster = new HttpCluster({ name: "prod", server: server.url, authenticate: () => Promise.resolve({}) });
  return { clock, cluster, stop: () => server.stop() };
}
