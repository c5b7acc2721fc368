import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import type { Measurement } from "../../functions/run/measurement.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import { Policy } from "../../functions/shared/policy.ts";
import type { NotifyEnvironment } from "../../functions/notify/environment.ts";

/** An environment whose cluster must not be reached: connecting fails the test's subject with the given error. */
export function unreachableEnvironment(
  error: Error,
  sent: Notification[] = [],
  measured: (Measurement & { cluster: string })[] = [],
): NotifyEnvironment {
  return {
    connect: () => Promise.reject<Cluster>(error),
    policy: () => Policy.parse({}),
    now: () => new Date(),
    publish: (notification) => {
      sent.push(notification);
      return Promise.resolve();
    },
    measure: (clusterName, added) => {
      measured.push(...added.map((measurement) => ({ cluster: clusterName, ...measurement })));
    },
  };
}
