import type { Pod } from "./types.ts";
import { fromKey, isBeingDeleted, keyOf, type Controller } from "./controllers/controller.ts";
import { EventRecorder } from "./controllers/events.ts";
import { FAILING } from "./kubelet/failing.ts";
import { markersOf } from "./kubelet/markers.ts";
import type { Seen, Stage } from "./kubelet/stage.ts";
import { STARTING } from "./kubelet/starting.ts";
import { NODES, PODS } from "./kinds.ts";
import type { Store } from "./store.ts";

/** How long a pod takes to go once it is asked to. */
const END_SECONDS = 0.5;

const STAGES: readonly Stage[] = [...STARTING, ...FAILING];

/**
 * Moves pods through their phases, as the markers of local/cluster/README.md say. A change of a pod counts at once: what
 * comes next, and when, is decided anew.
 */
export function kubelet(store: Store): Controller {
  const events = new EventRecorder(store, "kubelet");
  /** The state of a pod in which a step is awaited, and the moment that it is due. */
  const awaited = new Map<string, { version: string | undefined; due: number }>();

  /** Whether the pod has been as it is for long enough; otherwise the seconds that are left. */
  const waitFor = (key: string, pod: Pod, seconds: number): number => {
    const now = store.clock.now().getTime();
    const version = pod.metadata?.resourceVersion;
    let wait = awaited.get(key);
    if (wait?.version !== version) {
      wait = { version, due: now + seconds * 1_000 };
      awaited.set(key, wait);
    }
    return Math.max(0, ((wait?.due ?? now) - now) / 1_000);
  };

  return {
    concernedBy: ({ resource, object }) => (resource === PODS ? [keyOf(object.metadata)] : []),
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const pod = store.find<Pod>(PODS, namespace, name);
      if (pod?.spec?.nodeName === undefined) {
        awaited.delete(key);
        return undefined;
      }
      if (isBeingDeleted(pod)) {
        if ((pod.metadata?.finalizers ?? []).length > 0) return undefined;
        const left = waitFor(key, pod, END_SECONDS);
        if (left > 0) return left;
        store.delete(PODS, namespace, name, { gracePeriodSeconds: 0 });
        return undefined;
      }
      // What is given to a node that is not there, nobody starts.
      if (store.find(NODES, undefined, pod.spec.nodeName) === undefined) return undefined;
      const seen: Seen = { pod, markers: markersOf(pod) };
      const stage = STAGES.find(({ applies }) => applies(seen));
      if (stage === undefined) return undefined;
      const left = waitFor(key, pod, stage.delay(seen, store.clock.now()));
      if (left > 0) return left;
      take(store, events, seen, stage);
      return undefined;
    },
  };
}

function take(store: Store, events: EventRecorder, seen: Seen, stage: Stage): void {
  const status = stage.status(seen, store.clock.now());
  if (stage.event !== undefined) {
    const { type, reason, message } = stage.event;
    if (type === "Normal") events.normal(seen.pod, reason, message);
    else events.warning(seen.pod, reason, message);
  }
  store.change<Pod>(
    PODS,
    seen.pod.metadata ?? {},
    (pod) => {
      const fields = Object.entries({ ...pod.status, ...status }).filter(([, value]) => value !== undefined);
      pod.status = Object.fromEntries(fields);
    },
    { status: true },
  );
}
