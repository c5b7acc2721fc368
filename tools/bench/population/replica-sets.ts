import {
  CONTROLLERS,
  minutesBefore,
  ownedBy,
  randomOf,
  selectorOf,
  time,
  type Manifest,
  type Stored,
} from "./objects.ts";
import type { Plan, Planned } from "./plan.ts";
import { templateOf } from "./template.ts";
import { birthOf, countsOf, podsOf } from "./parts.ts";

interface ReplicaSetPlan {
  name: string;
  labels: Record<string, string>;
  owner: Manifest | undefined;
  revision: number;
  made: Date;
  replicas: { wanted: number; has: number; ready: number };
  refusal: string | undefined;
}

/** A ReplicaSet, of a Deployment or by itself. */
export function replicaSetOf(plan: Plan, planned: Planned, set: ReplicaSetPlan): Stored {
  const { now } = plan.size;
  const { wanted, has, ready } = set.replicas;
  const template = templateOf(plan, planned, set.revision);
  const object: Manifest = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: {
      name: set.name,
      namespace: planned.namespace,
      uid: randomOf(plan, planned, "set", set.revision).uid(),
      creationTimestamp: time(set.made),
      generation: 2,
      labels: { ...template.metadata.labels, ...set.labels },
      annotations: {
        "deployment.kubernetes.io/desired-replicas": String(planned.replicas),
        "deployment.kubernetes.io/max-replicas": String(planned.replicas + Math.ceil(planned.replicas / 4)),
        "deployment.kubernetes.io/revision": String(set.revision),
      },
      ...(set.owner === undefined ? {} : { ownerReferences: ownedBy(set.owner) }),
    },
    spec: {
      replicas: wanted,
      selector: { matchLabels: { ...selectorOf(planned), ...set.labels } },
      template: {
        ...template,
        metadata: { ...template.metadata, labels: { ...template.metadata.labels, ...set.labels } },
      },
    },
    status: {
      observedGeneration: 2,
      replicas: has,
      fullyLabeledReplicas: has,
      readyReplicas: ready,
      availableReplicas: ready,
      ...(set.refusal === undefined
        ? {}
        : {
            conditions: [
              {
                type: "ReplicaFailure",
                status: "True",
                reason: "FailedCreate",
                message: set.refusal,
                lastTransitionTime: minutesBefore(now, 9),
              },
            ],
          }),
    },
  };
  const at = ready === wanted ? time(set.made) : minutesBefore(now, 8);
  return { resource: "replicasets", object, manager: CONTROLLERS, reported: { at, by: CONTROLLERS } };
}

/** ReplicaSets that nothing controls are made by hand or by old tools, and still there. */
export function* replicaSetObjects(plan: Plan, planned: Planned): Generator<Stored> {
  const { there, ready, bad } = countsOf(planned);
  const made = birthOf(plan, randomOf(plan, planned, "self"));
  const set = replicaSetOf(plan, planned, {
    ...{ name: planned.name, labels: {}, owner: undefined, revision: 1, made, refusal: undefined },
    replicas: { wanted: planned.replicas, has: there, ready },
  });
  yield set;
  yield* podsOf(plan, planned, set.object, bad, made, (random) => ({ name: random.suffix(5), labels: {} }));
}
