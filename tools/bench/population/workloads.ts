import type { FailureKind } from "./failures.ts";
import { ROLLOUTS, WITHOUT_PODS } from "./failures.ts";
import {
  CONTROLLERS,
  labelsOf,
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
import type { Random } from "./random.ts";
import { templateOf } from "./template.ts";

/** How many earlier ReplicaSets each Deployment keeps. */
const OLD_REVISIONS = 5;
const MINUTES_A_DAY = 1_440;

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

/** Who made it, as people deploy. */
function managerOf(plan: Plan, planned: Planned): string {
  return randomOf(plan, planned, "manager").pick(["helm", "argocd-controller", "kubectl-client-side-apply"]);
}

/** When it was made: days or months before. */
function birthOf({ size }: Plan, random: Random): Date {
  return new Date(size.built.getTime() - (1 + random.below(200)) * MINUTES_A_DAY * 60_000);
}

/** Its name and labels, as all that is made for it has them. */
function head(plan: Plan, planned: Planned, born: Date, generation: number): Manifest["metadata"] {
  const random = randomOf(plan, planned, "uid");
  const annotations = {
    "meta.helm.sh/release-name": planned.name,
    "meta.helm.sh/release-namespace": planned.namespace,
  };
  return {
    name: planned.name,
    namespace: planned.namespace,
    uid: random.uid(),
    creationTimestamp: time(born),
    generation,
    labels: labelsOf(planned),
    annotations,
  };
}

/** How many of its pods are there, and how many of these are ready. */
function countsOf({ replicas, failure, failing }: Planned): { there: number; ready: number; bad: number } {
  if (failure === "quota") return { there: replicas - 1, ready: replicas - 1, bad: 0 };
  const bad = failure === undefined || WITHOUT_PODS.includes(failure) ? 0 : failing;
  return { there: replicas, ready: replicas - bad, bad };
}

function* deploymentObjects(plan: Plan, planned: Planned): Generator<Stored> {
  const { now } = plan.size;
  const { failure, replicas } = planned;
  const random = randomOf(plan, planned, "self");
  const born = birthOf(plan, random);
  const isRollout = failure !== undefined && ROLLOUTS.includes(failure);
  const newest = OLD_REVISIONS + (isRollout ? 2 : 1);
  const { there, ready, bad } = countsOf(planned);
  const isGated = planned.decoy === "gated";
  const available = replicas === 0 || ready >= replicas - Math.floor(replicas / 4);
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
  const isAvailable = available && !isGated;
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
              minutesBefore(now, isGated ? 2 : 8),
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

/** How the failing pods of a workload are, by what is wrong with it. */
function podStateOf(failure: FailureKind | undefined): PodState {
  switch (failure) {
    case undefined:
    case "quota":
    case "hpa-at-maximum":
    case "hpa-without-metrics":
    case "job":
    case "cron-job":
      return "well";
    default:
      return failure;
  }
}

function nodeFor({ nodes }: Plan, random: Random): string {
  return nodes[random.below(nodes.length)] ?? "";
}

interface ReplicaSetPlan {
  name: string;
  labels: Record<string, string>;
  owner: Manifest | undefined;
  revision: number;
  made: Date;
  replicas: { wanted: number; has: number; ready: number };
  refusal: string | undefined;
}

function replicaSetOf(plan: Plan, planned: Planned, set: ReplicaSetPlan): Stored {
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
function* replicaSetObjects(plan: Plan, planned: Planned): Generator<Stored> {
  const { there, ready, bad } = countsOf(planned);
  const made = birthOf(plan, randomOf(plan, planned, "self"));
  const set = replicaSetOf(plan, planned, {
    ...{ name: planned.name, labels: {}, owner: undefined, revision: 1, made, refusal: undefined },
    replicas: { wanted: planned.replicas, has: there, ready },
  });
  yield set;
  yield* podsOf(plan, planned, set.object, bad, made, (random) => ({ name: random.suffix(5), labels: {} }));
}

function* podsOf(
  plan: Plan,
  planned: Planned,
  owner: Manifest,
  bad: number,
  born: Date,
  own: (random: Random, number: number) => { name: string; labels: Record<string, string>; node?: string },
): Generator<Stored> {
  const state: PodState = podStateOf(planned.failure);
  const taken = new Set<string>();
  for (let number = 0; number < planned.replicas; number++) {
    const random = randomOf(plan, planned, "pod-name", number);
    let { name, labels, node = nodeFor(plan, random) } = own(random, number);
    // As a controller does whose first name is refused.
    while (taken.has(name)) ({ name, labels, node = nodeFor(plan, random) } = own(random, number));
    taken.add(name);
    const plain = { name: `${planned.name}-${name}`, revision: 1, owner: ownedBy(owner), labels, node, born };
    yield podOf(plan, planned, { ...plain, state: number < bad ? state : "well" });
  }
}

function* statefulSetObjects(plan: Plan, planned: Planned): Generator<Stored> {
  const { there, ready, bad } = countsOf(planned);
  const born = birthOf(plan, randomOf(plan, planned, "self"));
  const revision = `${planned.name}-${randomOf(plan, planned, "hash").suffix(9)}`;
  const object: Manifest = {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: head(plan, planned, born, 3),
    spec: {
      replicas: planned.replicas,
      serviceName: planned.name,
      selector: { matchLabels: selectorOf(planned) },
      template: templateOf(plan, planned, 1),
    },
    status: {
      ...{ observedGeneration: 3, replicas: there, readyReplicas: ready, availableReplicas: ready },
      ...{ currentReplicas: there, updatedReplicas: there, currentRevision: revision, updateRevision: revision },
      collisionCount: 0,
    },
  };
  const at = bad > 0 ? minutesBefore(plan.size.now, 8) : time(born);
  yield { resource: "statefulsets", object, manager: managerOf(plan, planned), reported: { at, by: CONTROLLERS } };
  // The last one is replaced first.
  yield* podsOf(plan, planned, object, bad, born, (_random, number) => {
    const ordinal = String(planned.replicas - 1 - number);
    const name = `${planned.name}-${ordinal}`;
    const labels = { "controller-revision-hash": revision, "statefulset.kubernetes.io/pod-name": name };
    return { name: ordinal, labels: { ...labels, "apps.kubernetes.io/pod-index": ordinal } };
  });
}

function* daemonSetObjects(plan: Plan, planned: Planned): Generator<Stored> {
  const { there, ready, bad } = countsOf(planned);
  const born = birthOf(plan, randomOf(plan, planned, "self"));
  const object: Manifest = {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: head(plan, planned, born, 1),
    spec: { selector: { matchLabels: selectorOf(planned) }, template: templateOf(plan, planned, 1) },
    status: {
      ...{ observedGeneration: 1, desiredNumberScheduled: there, currentNumberScheduled: there, numberMisscheduled: 0 },
      ...{
        updatedNumberScheduled: there,
        numberReady: ready,
        numberAvailable: ready,
        numberUnavailable: there - ready,
      },
    },
  };
  const at = bad > 0 ? minutesBefore(plan.size.now, 8) : time(born);
  yield { resource: "daemonsets", object, manager: managerOf(plan, planned), reported: { at, by: CONTROLLERS } };
  const hash = randomOf(plan, planned, "hash").suffix(9);
  const first = randomOf(plan, planned, "node").below(plan.nodes.length);
  yield* podsOf(plan, planned, object, bad, born, (random, number) => ({
    name: random.suffix(5),
    labels: { "controller-revision-hash": hash, "pod-template-generation": "1" },
    node: plan.nodes[(first + number) % plan.nodes.length] ?? "",
  }));
}

function barePod(plan: Plan, planned: Planned): Stored {
  const random = randomOf(plan, planned, "self");
  const state: PodState = planned.decoy === "ended-long-ago" ? "ended-long-ago" : podStateOf(planned.failure);
  const born = birthOf(plan, random);
  const node = nodeFor(plan, random);
  return podOf(plan, planned, { name: planned.name, state, revision: 1, owner: [], labels: {}, node, born });
}

/** A CronJob, and its last run where that tells something. */
function* cronJobObjects(plan: Plan, planned: Planned): Generator<Stored> {
  const { built, now } = plan.size;
  const random = randomOf(plan, planned, "self");
  const born = birthOf(plan, random);
  const lastRun = new Date(built.getTime() - random.below(MINUTES_A_DAY) * 60_000);
  const since = planned.decoy === "succeeded-since" ? minutesBefore(now, 4) : time(lastRun);
  const object: Manifest = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: head(plan, planned, born, 1),
    spec: {
      schedule: `${random.below(60)} ${random.below(24)} * * *`,
      concurrencyPolicy: "Forbid",
      jobTemplate: { spec: { backoffLimit: 0, template: templateOf(plan, planned, 1, "Never") } },
    },
    status: { lastScheduleTime: since, lastSuccessfulTime: since },
  };
  const at = time(lastRun);
  yield { resource: "cronjobs", object, manager: managerOf(plan, planned), reported: { at, by: CONTROLLERS } };
  if (planned.failure === undefined && planned.decoy === undefined) return;
  yield* jobObjects(plan, planned, object);
}

/** A Job that has succeeded, runs, or has failed; of a CronJob only one that has failed. */
function* jobObjects(plan: Plan, planned: Planned, cronJob: Manifest | undefined): Generator<Stored> {
  const { now, built } = plan.size;
  const random = randomOf(plan, planned, "job");
  const hasFailed = planned.failure !== undefined || cronJob !== undefined;
  const isRunning = planned.isRunning && !hasFailed;
  const started = hasFailed
    ? new Date(now.getTime() - 12 * 60_000)
    : new Date(built.getTime() - random.below(7 * MINUTES_A_DAY) * 60_000);
  const ended = hasFailed ? minutesBefore(now, 10) : time(new Date(started.getTime() + random.below(600) * 1_000));
  const metadata = head(plan, planned, started, 1);
  const condition = (type: string, more: object) => ({
    type,
    status: "True",
    lastProbeTime: ended,
    lastTransitionTime: ended,
    ...more,
  });
  const failed = { reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" };
  const uid = randomOf(plan, planned, "job-uid").uid();
  const name = cronJob === undefined ? planned.name : `${planned.name}-${Math.floor(started.getTime() / 60_000)}`;
  const labels = { "batch.kubernetes.io/job-name": name, "batch.kubernetes.io/controller-uid": uid };
  const template = templateOf(plan, planned, 1, "Never");
  const object: Manifest = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadata, name, uid, ...(cronJob === undefined ? {} : { ownerReferences: ownedBy(cronJob) }) },
    spec: {
      ...{ parallelism: 1, completions: 1, backoffLimit: 0 },
      manualSelector: true,
      selector: { matchLabels: { "batch.kubernetes.io/controller-uid": uid } },
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata.labels, ...labels } } },
    },
    status: {
      startTime: time(started),
      ...(isRunning ? { active: 1, ready: 1 } : { ready: 0 }),
      ...(hasFailed
        ? { failed: 1, conditions: [condition("FailureTarget", failed), condition("Failed", failed)] }
        : {}),
      ...(hasFailed || isRunning
        ? {}
        : {
            succeeded: 1,
            completionTime: ended,
            conditions: [
              condition("SuccessCriteriaMet", { reason: "CompletionsReached" }),
              condition("Complete", { reason: "CompletionsReached" }),
            ],
          }),
      terminating: 0,
      uncountedTerminatedPods: {},
    },
  };
  const manager = cronJob === undefined ? managerOf(plan, planned) : CONTROLLERS;
  yield { resource: "jobs", object, manager, reported: { at: ended, by: CONTROLLERS } };
  if (planned.replicas === 0 && !hasFailed) return;
  yield podOf(plan, planned, {
    name: `${name}-${random.suffix(5)}`,
    state: hasFailed ? "bare-pod" : isRunning ? "running-job" : "done",
    revision: 1,
    owner: ownedBy(object),
    labels,
    node: nodeFor(plan, random),
    born: started,
  });
}
