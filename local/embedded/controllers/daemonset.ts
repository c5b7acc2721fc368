import { isReady, isTerminating } from "../pod-facts.ts";
import type { DaemonSet, Node, Pod } from "../types.ts";
import { DAEMON_SETS, NODES, PODS } from "../kinds.ts";
import type { Store } from "../store.ts";
import { controlledBy, fromKey, isBeingDeleted, keyOf, ownKeys, type Controller } from "./controller.ts";
import { nodeOf, outdated, placeOn, revisionHashOf, specFor } from "./daemonset-plan.ts";
import { EventRecorder } from "./events.ts";
import { FailedPodBackOff } from "./failed-pod-back-off.ts";
import { byAge, createPod, deletePod, hasEnded, isAvailable, nextAvailableIn, podFromTemplate } from "./pods.ts";
import { createInBatches } from "./replicaset.ts";
import { REVISION_HASH, syncRevisions, truncateRevisions } from "./revision-history.ts";
import { withoutZeros, writeStatus } from "./status.ts";

/** Keeps one pod on every node that a DaemonSet is for. */
export function daemonSetController(store: Store): Controller {
  const events = new EventRecorder(store, "daemonset-controller");
  const backOff = new FailedPodBackOff(store.clock);
  return {
    concernedBy: (change) => (change.resource === NODES ? all(store) : ownKeys(change, DAEMON_SETS)),
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const daemonSet = store.find<DaemonSet>(DAEMON_SETS, namespace, name);
      return daemonSet === undefined ? undefined : new Round(store, events, backOff, daemonSet).step();
    },
  };
}

function all(store: Store): string[] {
  return store.list(DAEMON_SETS).map(({ metadata }) => keyOf(metadata));
}

/** One look at a DaemonSet. */
class Round {
  readonly #store: Store;
  readonly #events: EventRecorder;
  readonly #backOff: FailedPodBackOff;
  readonly #daemonSet: DaemonSet;
  readonly #nodes: Node[];
  /** In how many seconds the next failed pod may be deleted. */
  #pause = Infinity;

  constructor(store: Store, events: EventRecorder, backOff: FailedPodBackOff, daemonSet: DaemonSet) {
    this.#store = store;
    this.#events = events;
    this.#backOff = backOff;
    this.#daemonSet = daemonSet;
    this.#nodes = store.list<Node>(NODES);
  }

  /** @throws ApiError when a pod is refused */
  step(): number | undefined {
    const { all, present } = syncRevisions(this.#store, this.#daemonSet, REVISION_HASH);
    const hash = present.metadata?.labels?.[REVISION_HASH] ?? "";
    const refusal = isBeingDeleted(this.#daemonSet) ? undefined : this.#place(hash);
    if (refusal === undefined && !isBeingDeleted(this.#daemonSet)) this.#update(hash);
    writeStatus(this.#store, DAEMON_SETS, this.#daemonSet, this.#status(hash));
    const used = [hash, ...this.#pods().map(revisionHashOf)];
    truncateRevisions(this.#store, this.#daemonSet, all, (name) =>
      used.some((part) => name.endsWith(`-${part ?? ""}`)),
    );
    if (refusal !== undefined) throw refusal;
    return this.#again();
  }

  #pods(): Pod[] {
    return controlledBy<Pod>(this.#store, PODS, this.#daemonSet);
  }

  #byNode(): Map<string | undefined, Pod[]> {
    return Map.groupBy(this.#pods(), nodeOf);
  }

  /** Creates the pods that nodes lack, and deletes those that have ended or that a node should not have. */
  #place(hash: string) {
    const byNode = this.#byNode();
    const missing: string[] = [];
    for (const node of this.#nodes) {
      const name = node.metadata?.name ?? "";
      const { wanted, mayStay } = placeOn(this.#daemonSet, node);
      const pods = byNode.get(name) ?? [];
      if (wanted && pods.length === 0) missing.push(name);
      const living = pods.filter((pod) => !isTerminating(pod));
      const ended = living.filter(hasEnded);
      for (const pod of ended) this.#replaceEnded(pod, name);
      const running = living.filter((pod) => !hasEnded(pod)).sort(byAge);
      for (const pod of mayStay ? running.slice(1) : running) this.#delete(pod);
    }
    return createInBatches(missing.length, () => {
      this.#create(missing.shift() ?? "", hash);
    });
  }

  #replaceEnded(pod: Pod, node: string): void {
    const { namespace = "", name = "" } = pod.metadata ?? {};
    const failed = pod.status?.phase === "Failed";
    const { uid = "" } = this.#daemonSet.metadata ?? {};
    const pause = failed ? this.#backOff.pause(`${uid}/${this.#daemonSet.status?.observedGeneration ?? 0}/${node}`) : 0;
    if (pause > 0) {
      this.#pause = Math.min(this.#pause, pause);
      return;
    }
    const what = `Found ${failed ? "failed" : "succeeded"} daemon pod ${namespace}/${name} on node ${node}`;
    if (failed) this.#events.warning(this.#daemonSet, "FailedDaemonPod", `${what}, will try to kill it`);
    else this.#events.normal(this.#daemonSet, "SucceededDaemonPod", `${what}, will try to delete it`);
    this.#delete(pod);
  }

  #create(node: string, hash: string): void {
    const template = this.#daemonSet.spec?.template ?? {};
    const pod = podFromTemplate(this.#daemonSet, template);
    pod.metadata = { ...pod.metadata, labels: { ...pod.metadata?.labels, [REVISION_HASH]: hash } };
    createPod(this.#store, this.#events, this.#daemonSet, { ...pod, spec: specFor(template, node) });
  }

  #delete(pod: Pod): void {
    deletePod(this.#store, this.#events, this.#daemonSet, pod);
  }

  #update(hash: string): void {
    if (this.#daemonSet.spec?.updateStrategy?.type === "OnDelete") return;
    const now = this.#store.clock.now();
    for (const pod of outdated(this.#daemonSet, this.#byNode(), this.#wantedNodes(), hash, now)) this.#delete(pod);
  }

  #wantedNodes(): string[] {
    return this.#nodes
      .filter((node) => placeOn(this.#daemonSet, node).wanted)
      .map(({ metadata }) => metadata?.name ?? "");
  }

  #status(hash: string): object {
    const wanted = this.#wantedNodes();
    const byNode = this.#byNode();
    const now = this.#store.clock.now();
    const scheduled = wanted.flatMap((node) => [...(byNode.get(node) ?? [])].sort(byAge).slice(0, 1));
    const available = scheduled.filter((pod) => isAvailable(pod, this.#daemonSet.spec?.minReadySeconds, now)).length;
    const others = this.#nodes.filter(({ metadata }) => !wanted.includes(metadata?.name ?? ""));
    return {
      currentNumberScheduled: scheduled.length,
      numberMisscheduled: others.filter(({ metadata }) => byNode.has(metadata?.name)).length,
      desiredNumberScheduled: wanted.length,
      numberReady: scheduled.filter(isReady).length,
      observedGeneration: this.#daemonSet.metadata?.generation ?? 0,
      ...withoutZeros({
        updatedNumberScheduled: scheduled.filter((pod) => revisionHashOf(pod) === hash).length,
        numberAvailable: available,
        numberUnavailable: wanted.length - available,
      }),
    };
  }

  #again(): number | undefined {
    const { minReadySeconds = 0 } = this.#daemonSet.spec ?? {};
    const available = nextAvailableIn(this.#pods(), minReadySeconds, this.#store.clock.now()) ?? Infinity;
    const next = Math.min(available, this.#pause);
    return next === Infinity ? undefined : next;
  }
}
