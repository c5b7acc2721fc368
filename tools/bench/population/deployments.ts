import { ROLLOUTS } from "./failures.ts";
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
import { podOf, type PodState } from "./pods.ts";
import { templateOf } from "./template.ts";
import { MINUTES_A_DAY, managerOf, birthOf, head, countsOf, podStateOf, nodeFor } from "./parts.ts";
import { replicaSetOf } from "./replica-sets.ts";

/** How many earlier ReplicaSets each Deployment keeps. */
const OLD_REVISIONS = 5;

/** A Deployment, its ReplicaSets (the present one and the earlier ones) and their pods. */
export function* deploymentObjects(plan: Plan, planned: Planned): Generator<Stored> {
  const { now } = plan.size;
  const { failure, replicas } = planned;
  const random = randomOf(plan, planned, "self");
  const born = birthOf(plan, random);
  const isRollout = failure !== undefined && ROLLOUTS.includes(failure);
  const newest = OLD_REVISIONS + (isRollout ? 2 : 1);
  const { there, ready, bad } = countsOf(planned);
  const isGated = planned.decoy === "gated";
  const rolledOut = new Date(plan.size.built.getTime() - random.below(MINUTES_A_DAY) * 60_000);
  const condition = (type: string, status: string, reason: string, at: string, message: string) => ({
    ...{ type, status, reason, message, lastUpdateTime: at, lastTransitionTime: at },
  });
  const hash = (revision: number) => randomOf(plan, planned, "hash", revision).suffix(9);
  const progressing = isRollout
    ? condition(
        "Progressing",
        "False",
        "ProgressDeadlineExceeded",
        minutesBefore(now, 6),
        `ReplicaSet "${planned.name}-${hash(newest)}" has timed out progressing.`,
      )
    : condition(
        "Progressing",
        "True",
        "NewReplicaSetAvailable",
        time(rolledOut),
        `ReplicaSet "${planned.name}-${hash(newest)}" has successfully progressed.`,
      );
  const refusal = `pods "${planned.name}-${hash(newest)}-${random.suffix(5)}" is forbidden: exceeded quota: ${planned.team}-quota, requested: requests.memory=640Mi, used: requests.memory=63744Mi, limited: requests.memory=64Gi`;
  const refused =
    failure === "quota" ? [condition("ReplicaFailure", "True", "FailedCreate", minutesBefore(now, 9), refusal)] : [];
  const shown = isGated ? replicas - 1 : ready;
  const isAvailable = replicas === 0 || shown >= replicas - Math.floor(replicas / 4);
  const object: Manifest = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: {
      ...head(plan, planned, born, newest + 2),
      annotations: {
        ...head(plan, planned, born, 0).annotations,
        "deployment.kubernetes.io/revision": String(newest),
      },
    },
    spec: {
      replicas,
      selector: { matchLabels: selectorOf(planned) },
      template: templateOf(plan, planned, newest),
    },
    status: {
      observedGeneration: newest + 2,
      replicas: there,
      updatedReplicas: isRollout ? bad : there,
      readyReplicas: shown,
      availableReplicas: shown,
      unavailableReplicas: replicas - shown,
      conditions: [
        isAvailable
          ? condition(
              "Available",
              "True",
              "MinimumReplicasAvailable",
              time(born),
              "Deployment has minimum availability.",
            )
          : condition(
              "Available",
              "False",
              "MinimumReplicasUnavailable",
              minutesBefore(now, 8),
              "Deployment does not have minimum availability.",
            ),
        progressing,
        ...refused,
      ],
    },
  };
  const at = failure === undefined ? time(rolledOut) : minutesBefore(now, 6);
  yield { resource: "deployments", object, manager: managerOf(plan, planned), reported: { at, by: CONTROLLERS } };

  for (let revision = 1; revision <= newest; revision++) {
    const isNewest = revision === newest;
    const isServing = isRollout && revision === newest - 1;
    const wanted = isNewest ? (isRollout ? bad : replicas) : isServing ? replicas - bad : 0;
    const has = isNewest ? (isRollout ? bad : there) : wanted;
    const healthy = isNewest ? (isRollout ? 0 : shown) : wanted;
    const made =
      isNewest && isRollout
        ? new Date(now.getTime() - 16 * 60_000)
        : new Date(rolledOut.getTime() - (newest - revision) * MINUTES_A_DAY * 60_000);
    const replicaSet = replicaSetOf(plan, planned, {
      name: `${planned.name}-${hash(revision)}`,
      labels: { "pod-template-hash": hash(revision) },
      owner: object,
      revision,
      made,
      replicas: { wanted, has, ready: healthy },
      refusal: isNewest && failure === "quota" ? refusal : undefined,
    });
    yield replicaSet;
    const state: PodState = isGated ? "gated" : podStateOf(failure);
    const failing = isGated ? 1 : isRollout && !isNewest ? 0 : bad;
    for (let number = 0; number < has; number++) {
      yield podOf(plan, planned, {
        name: `${replicaSet.object.metadata.name}-${randomOf(plan, planned, "pod-name", revision, number).suffix(5)}`,
        state: number < failing ? state : "well",
        revision,
        owner: ownedBy(replicaSet.object),
        labels: { "pod-template-hash": hash(revision) },
        node: nodeFor(plan, randomOf(plan, planned, "node", revision, number)),
        born: rolledOut,
      });
    }
  }
}
