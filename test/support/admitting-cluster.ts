import { afterEach, beforeEach } from "vitest";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Policy } from "../../functions/shared/policy.ts";
import { admittingStore, startApiServer } from "../../local/embedded/index.ts";
import { ManualClock } from "./manual-clock.ts";
import { unreachableEnvironment } from "./scripted.ts";

/** An API server in memory that admits objects as a real one does, and whose time passes by hand. */
export interface AdmittingCluster {
  readonly clock: ManualClock;
  /** A client of it, named `prod`. */
  readonly cluster: HttpCluster;
  readonly stop: () => Promise<void>;
}

/** Starts one that is empty. */
export async function startAdmittingCluster(): Promise<AdmittingCluster> {
  const clock = new ManualClock();
  const server = await startApiServer(admittingStore(clock));
  const cluster = new HttpCluster({ name: "prod", server: server.url, authenticate: () => Promise.resolve({}) });
  return { clock, cluster, stop: () => server.stop() };
}

/** One for each test of a file or a group, which has these namespaces when the test begins. */
export function admittingClusterForEach(...namespaces: string[]): Omit<AdmittingCluster, "stop"> {
  let started: AdmittingCluster | undefined;
  const present = () => {
    if (started === undefined) throw new Error("It is there in a test, and in what comes right before and after one.");
    return started;
  };
  beforeEach(async () => {
    started = await startAdmittingCluster();
    for (const name of namespaces) {
      await started.cluster.create(paths.namespaces(), { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    }
  });
  afterEach(() => started?.stop());
  return {
    get clock() {
      return present().clock;
    },
    get cluster() {
      return present().cluster;
    },
  };
}

/** What a step is given to work there by that policy, at its time. */
export function environmentAt(
  at: Omit<AdmittingCluster, "stop">,
  rules: Policy,
  sent: Notification[] = [],
): NotifyEnvironment {
  return {
    ...unreachableEnvironment(new Error("not used"), sent),
    connect: () => Promise.resolve(at.cluster),
    policy: () => rules,
    now: () => at.clock.now(),
  };
}
