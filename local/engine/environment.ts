import { HttpCluster, type Connection } from "../../functions/shared/cluster/http-cluster.ts";
import type { Notification } from "../../functions/run/notification.ts";
import type { Policy } from "../../functions/shared/policy.ts";
import type { Environment } from "../../functions/run/step.ts";

/** The environment of a run on one machine: one connection, one policy, and notifications kept for the end. */
export function localEnvironment(connection: Connection, policy: Policy, sent: Notification[]): Environment {
  const cluster = new HttpCluster(connection);
  return {
    connect: () => Promise.resolve(cluster),
    policy: () => policy,
    now: () => new Date(),
    publish: (notification) => {
      sent.push(notification);
      return Promise.resolve();
    },
    measure: () => undefined,
  };
}
