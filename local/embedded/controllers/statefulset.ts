import type { ControllerRevision, Pod, StatefulSet } from "../types.ts";
import { ApiError } from "../api-error.ts";
import { PODS, STATEFUL_SETS } from "../kinds.ts";
import type { Store } from "../store.ts";
import { controlledBy, fromKey, isBeingDeleted, ownKeys, type Controller } from "./controller.ts";
import { EventRecorder } from "./events.ts";
import { nextAvailableIn, podFromTemplate, removePod } from "./pods.ts";
import { REVISION_HASH, templateOfRevision, syncRevisions, truncateRevisions } from "./revision-history.ts";
import {
  countsOf,
  getsCurrentRevision,
  nextStep,
  ordinalOf,
  revisionOfPod,
  wantedReplicas,
  type Situation,
} from "./statefulset-plan.ts";
import { withoutZeros, writeStatus } from "./status.ts";

const HASH_LABEL = "controller.kubernetes.io/hash";

/** Keeps the numbered pods of StatefulSets, and updates them one by one. */
export function statefulSetController(store: Store): Controller {
  const events = new EventRecorder(store, "statefulset-controller");
  return {
    concernedBy: (change) => ownKeys(change, STATEFUL_SETS),
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const statefulSet = store.find<StatefulSet>(STATEFUL_SETS, namespace, name);
      return statefulSet === undefined ? undefined : reconcile(store, events, statefulSet);
    },
  };
}

function reconcile(store: Store, events: EventRecorder, statefulSet: StatefulSet): number | undefined {
  const { all, present } = syncRevisions(store, statefulSet, HASH_LABEL);
  const current = all.find(({ metadata }) => metadata?.name === statefulSet.status?.currentRevision) ?? present;
  const look = (): Situation => ({
    statefulSet,
    pods: controlledBy<Pod>(store, PODS, statefulSet),
    updateRevision: present.metadata?.name ?? "",
    now: store.clock.now(),
  });

  let refusal: ApiError | undefined;
  if (!isBeingDeleted(statefulSet)) {
    const step = nextStep(look());
    for (const pod of step.delete) deleteOrdinal(store, events, statefulSet, pod);
    for (const ordinal of step.create) {
      const revision = getsCurrentRevision(statefulSet, ordinal) ? current : present;
      refusal = createOrdinal(store, events, statefulSet, ordinal, revision) ?? refusal;
    }
  }
  const seen = look();
  writeStatus(store, STATEFUL_SETS, statefulSet, statusOf(seen, current.metadata?.name ?? ""));
  const used = [current.metadata?.name, present.metadata?.name, ...seen.pods.map(revisionOfPod)];
  truncateRevisions(store, statefulSet, all, (name) => used.includes(name));
  if (refusal !== undefined) throw refusal;
  return nextAvailableIn(seen.pods, statefulSet.spec?.minReadySeconds ?? 0, seen.now);
}

function createOrdinal(
  store: Store,
  events: EventRecorder,
  statefulSet: StatefulSet,
  ordinal: number,
  revision: ControllerRevision,
): ApiError | undefined {
  const set = statefulSet.metadata?.name ?? "";
  const name = `${set}-${ordinal}`;
  const template = templateOfRevision(revision) ?? statefulSet.spec?.template ?? {};
  const pod = podFromTemplate(statefulSet, template, { name });
  pod.metadata = {
    ...pod.metadata,
    labels: {
      ...pod.metadata?.labels,
      "statefulset.kubernetes.io/pod-name": name,
      "apps.kubernetes.io/pod-index": String(ordinal),
      [REVISION_HASH]: revision.metadata?.name ?? "",
    },
  };
  const { serviceName } = statefulSet.spec ?? {};
  pod.spec = { ...pod.spec, containers: pod.spec?.containers ?? [], hostname: name };
  if (serviceName !== undefined) pod.spec.subdomain = serviceName;
  try {
    store.create(PODS, pod);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const message = `Create Pod ${name} in StatefulSet ${set} failed error: ${error.message}`;
    events.warning(statefulSet, "FailedCreate", message);
    return error;
  }
  events.normal(statefulSet, "SuccessfulCreate", `Create Pod ${name} in StatefulSet ${set} successful`);
  return undefined;
}

function deleteOrdinal(store: Store, events: EventRecorder, statefulSet: StatefulSet, pod: Pod): void {
  if (!removePod(store, pod)) return;
  const name = `${statefulSet.metadata?.name ?? ""}-${ordinalOf(pod)}`;
  const message = `Delete Pod ${name} in StatefulSet ${statefulSet.metadata?.name ?? ""} successful`;
  events.normal(statefulSet, "SuccessfulDelete", message);
}

/** An update that has reached every pod makes its revision the current one. */
function statusOf(situation: Situation, currentRevision: string): object {
  const { statefulSet, updateRevision } = situation;
  const { replicas, availableReplicas, ...counts } = countsOf(situation, currentRevision);
  const wanted = wantedReplicas(statefulSet);
  const complete =
    statefulSet.spec?.updateStrategy?.type !== "OnDelete" &&
    [replicas, counts.readyReplicas, counts.updatedReplicas].every((count) => count === wanted);
  return {
    observedGeneration: statefulSet.metadata?.generation ?? 0,
    replicas,
    availableReplicas,
    ...withoutZeros({
      ...counts,
      currentReplicas: complete ? counts.updatedReplicas : counts.currentReplicas,
    }),
    currentRevision: complete ? updateRevision : currentRevision,
    updateRevision,
    collisionCount: 0,
  };
}
