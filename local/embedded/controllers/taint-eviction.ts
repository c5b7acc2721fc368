import { isTerminating } from "../pod-facts.ts";
import type { Node, Pod } from "../types.ts";
import { apiTime } from "../clock.ts";
import { NODES, PODS } from "../kinds.ts";
import { tolerates, type Taint, type Toleration } from "../scheduler/taints.ts";
import type { Store } from "../store.ts";
import { fromKey, keyOf, type Controller } from "./controller.ts";
import { EventRecorder } from "./events.ts";

/** Times are whole seconds: a second more makes sure that the time is over. */
const SLACK_SECONDS = 1;

/**
 * Deletes pods from nodes with a `NoExecute` taint, when they do not tolerate it (any longer).
 * Source of the rules and the words: kubernetes pkg/controller/tainteviction/taint_eviction.go
 */
export function taintEvictionController(store: Store): Controller {
  const events = new EventRecorder(store, "taint-eviction-controller");
  return {
    concernedBy: ({ resource, object }) => {
      if (resource === PODS) return [keyOf(object.metadata)];
      if (resource !== NODES) return [];
      const { name } = object.metadata ?? {};
      return store
        .list<Pod>(PODS, undefined, ({ spec }) => spec?.nodeName === name)
        .map(({ metadata }) => keyOf(metadata));
    },
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const pod = store.find<Pod>(PODS, namespace, name);
      const node = store.find<Node>(NODES, undefined, pod?.spec?.nodeName ?? "");
      if (pod === undefined || node === undefined || isTerminating(pod)) return undefined;
      const seconds = toleratedFor(node.spec?.taints ?? [], pod.spec?.tolerations ?? [], store.clock.now());
      if (seconds === undefined) return undefined;
      if (seconds > 0) return seconds + SLACK_SECONDS;
      evict(store, events, pod);
      return undefined;
    },
  };
}

/** For how many more seconds a pod stays; undefined for ever. */
export function toleratedFor(
  taints: readonly Taint[],
  tolerations: readonly Toleration[],
  now: Date,
): number | undefined {
  const waits = taints
    .filter(({ effect }) => effect === "NoExecute")
    .map((taint) => {
      const tolerating = tolerations.filter((toleration) => tolerates(toleration, taint));
      if (tolerating.length === 0) return 0;
      const limit = Math.min(...tolerating.map(({ tolerationSeconds }) => tolerationSeconds ?? Infinity));
      return limit - (now.getTime() - new Date(taint.timeAdded ?? now).getTime()) / 1_000;
    });
  const shortest = Math.min(...waits);
  return shortest === Infinity ? undefined : Math.max(0, shortest);
}

function evict(store: Store, events: EventRecorder, pod: Pod): void {
  const { namespace = "", name = "" } = pod.metadata ?? {};
  events.normal(pod, "TaintManagerEviction", `Marking for deletion Pod ${namespace}/${name}`);
  store.change<Pod>(
    PODS,
    pod.metadata ?? {},
    (newest) => {
      const others = (newest.status?.conditions ?? []).filter(({ type }) => type !== "DisruptionTarget");
      const condition = {
        type: "DisruptionTarget",
        status: "True",
        reason: "DeletionByTaintManager",
        message: "Taint manager: deleting due to NoExecute taint",
        lastTransitionTime: apiTime(store.clock.now()),
      };
      newest.status = { ...newest.status, conditions: [...others, condition] };
    },
    { status: true },
  );
  store.delete(PODS, namespace, name);
}
