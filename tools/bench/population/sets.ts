import { CONTROLLERS, minutesBefore, randomOf, selectorOf, time, type Manifest, type Stored } from "./objects.ts";
import type { Plan, Planned } from "./plan.ts";
import { templateOf } from "./template.ts";
import { managerOf, birthOf, head, countsOf, podsOf } from "./parts.ts";

/** A StatefulSet and its pods. */
export function* statefulSetObjects(plan: Plan, planned: Planned): Generator<Stored> {
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

/** A DaemonSet and its pods. */
export function* daemonSetObjects(plan: Plan, planned: Planned): Generator<Stored> {
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
