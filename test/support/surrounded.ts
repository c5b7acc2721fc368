import type { KubernetesEvent } from "../../functions/run/event.ts";
import type { Pod } from "../../functions/shared/kubernetes/types.ts";
import { ago } from "./objects.ts";
import type { Shown } from "./shown-cluster.ts";
import type { World } from "./worlds.ts";

/** The world with everything around it that says something: warnings, a budget, a quota, a node, logs. */
export function surrounded(world: World): Shown {
  return {
    ...world,
    events: [...world.pods.flatMap(warningsOf), ...warningsOfWorkload(world)],
    budgets: [
      {
        metadata: { name: "web", namespace: "shop" },
        spec: { selector: { matchLabels: { app: "web" } } },
        status: { disruptionsAllowed: 0, currentHealthy: 1, expectedPods: 3, desiredHealthy: 2 },
      },
    ],
    quotas: [{ metadata: { name: "slots", namespace: "shop" }, status: { hard: { pods: "3" }, used: { pods: "3" } } }],
    nodes: [
      {
        metadata: { name: "node-0" },
        status: {
          conditions: [
            { type: "MemoryPressure", status: "True" },
            { type: "Ready", status: "True" },
          ],
        },
      },
    ],
    log: "connecting to db-2:5432\npanic: no such host",
  };
}

function warningsOf({ metadata }: Pod): KubernetesEvent[] {
  const about = { kind: "Pod", namespace: "shop", name: metadata?.name ?? "", uid: metadata?.uid ?? "" };
  return [
    warning(
      about,
      "Unhealthy",
      "Liveness probe failed: HTTP probe failed with statuscode: 500",
      "spec.containers{app}",
    ),
    warning(about, "FailedMount", 'MountVolume.SetUp failed for volume "data": timed out waiting for the condition'),
    warning(about, "BackOff", "Back-off restarting failed container"),
  ];
}

function warningsOfWorkload({ workload, holders }: World): KubernetesEvent[] {
  return [workload, ...holders].map(({ metadata }) =>
    warning(
      { kind: "ReplicaSet", namespace: "shop", name: metadata?.name ?? "", uid: metadata?.uid ?? "" },
      "FailedCreate",
      'Error creating: pods "web-" is forbidden: exceeded quota: slots, requested: pods=1, used: pods=3, limited: pods=3',
    ),
  );
}

function warning(
  about: { kind: string; namespace: string; name: string; uid: string },
  reason: string,
  message: string,
  fieldPath?: string,
): KubernetesEvent {
  return {
    metadata: { name: `${about.name}.${reason}`.toLowerCase(), namespace: "shop" },
    type: "Warning",
    reason,
    message,
    count: 3,
    involvedObject: { ...about, ...(fieldPath === undefined ? {} : { fieldPath }) },
    lastTimestamp: ago(20),
  };
}
