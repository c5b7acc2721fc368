import { randomOf, type Stored } from "./objects.ts";
import type { Plan, Planned } from "./plan.ts";
import { podOf, type PodState } from "./pods.ts";
import { birthOf, podStateOf, nodeFor } from "./parts.ts";
import { deploymentObjects } from "./deployments.ts";
import { replicaSetObjects } from "./replica-sets.ts";
import { statefulSetObjects, daemonSetObjects } from "./sets.ts";
import { cronJobObjects, jobObjects } from "./jobs.ts";

/** The objects of one workload: itself, its revisions and its pods. */
export function* workloadObjects(plan: Plan, planned: Planned): Generator<Stored> {
  switch (planned.pool) {
    case "Deployment":
      yield* deploymentObjects(plan, planned);
      break;
    case "ReplicaSet":
      yield* replicaSetObjects(plan, planned);
      break;
    case "StatefulSet":
      yield* statefulSetObjects(plan, planned);
      break;
    case "DaemonSet":
      yield* daemonSetObjects(plan, planned);
      break;
    case "CronJob":
      yield* cronJobObjects(plan, planned);
      break;
    case "Job":
      yield* jobObjects(plan, planned, undefined);
      break;
    case "Pod":
      yield barePod(plan, planned);
      break;
  }
}

function barePod(plan: Plan, planned: Planned): Stored {
  const random = randomOf(plan, planned, "self");
  const state: PodState = planned.decoy === "ended-long-ago" ? "ended-long-ago" : podStateOf(planned.failure);
  const born = birthOf(plan, random);
  const node = nodeFor(plan, random);
  return podOf(plan, planned, { name: planned.name, state, revision: 1, owner: [], labels: {}, node, born });
}
