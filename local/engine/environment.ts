import { HttpCluster, type Connection } from "../../functions/shared/cluster/http-cluster.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { Policy } from "../../functions/shared/policy.ts";
import type { RemedyEnvironment } from "../../functions/remedies/step.ts";
import { helmOfLayer } from "../helm/binary.ts";
import { keptBeside } from "../record/evidence.ts";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";

/**
 * The environment of a run on one machine: one connection, one policy, and notifications kept for the end.
 * @param record the file in which outcomes are kept, with what remedies destroy beside it; without one, nothing is
 */
export function localEnvironment(
  connection: Connection,
  policy: Policy,
  sent: Notification[],
  record?: string,
): NotifyEnvironment & RemedyEnvironment {
  const cluster = new HttpCluster(connection);
  return {
    connect: () => Promise.resolve(cluster),
    policy: () => policy,
    now: () => new Date(),
    publish: (notification) => {
      sent.push(notification);
      return Promise.resolve();
    },
    ...(record === undefined ? {} : keptBeside(record)),
    helm: helmOfLayer,
    measure: () => undefined,
  };
}
