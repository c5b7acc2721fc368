import { isReady, isTerminating } from "../pod-facts.ts";
import type { Node, Pod } from "../types.ts";
import { apiTime } from "../clock.ts";
import { NODES, PODS } from "../kinds.ts";
import type { Store } from "../store.ts";
import { fromKey, keyOf, type Controller } from "./controller.ts";
import { EventRecorder } from "./events.ts";
import { hasEnded } from "./pods.ts";
import { conditionOf } from "./status.ts";

/** How long a node may be silent, and how often that is looked at, as on the local control plane. */
const GRACE_SECONDS = 15;
const PERIOD_SECONDS = 2;

/** What a silent node does not tell. */
const UNKNOWN_WHEN_SILENT = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

type Taint = NonNullable<NonNullable<Node["spec"]>["taints"]>[number];

/**
 * Notices nodes that have stopped reporting, and keeps pods away from nodes that are not well.
 * Source of the rules and the words: kubernetes pkg/controller/nodelifecycle/node_lifecycle_controller.go
 */
export function nodeLifecycleController(store: Store): Controller {
  const events = new EventRecorder(store, "node-controller");
  return {
    concernedBy: ({ resource, object }) => (resource === NODES ? [keyOf(object.metadata)] : []),
    reconcile: (key) => {
      const { name } = fromKey(key);
      const node = store.find<Node>(NODES, undefined, name);
      if (node === undefined) return undefined;
      const now = store.clock.now();
      if (isSilent(node, now)) markUnknown(store, node, now);
      const newest = store.get<Node>(NODES, undefined, name);
      taint(store, newest, now);
      // What a node says of itself says nothing of the pods that it reports: theirs is the kubelet's to say.
      if (readiness(newest) === "Unknown") markPodsUnready(store, events, name, now);
      return PERIOD_SECONDS;
    },
  };
}

function readiness({ status }: Node): string | undefined {
  return conditionOf(status?.conditions, "Ready")?.status;
}

function isSilent({ metadata, status }: Node, now: Date): boolean {
  const ready = conditionOf(status?.conditions, "Ready");
  const heard = new Date(ready?.lastHeartbeatTime ?? metadata?.creationTimestamp ?? now);
  return ready?.status !== "Unknown" && now.getTime() - heard.getTime() > GRACE_SECONDS * 1_000;
}

function markUnknown(store: Store, { metadata }: Node, now: Date): void {
  store.change<Node>(
    NODES,
    { name: metadata?.name },
    (node) => {
      const conditions = node.status?.conditions ?? [];
      const unknown = UNKNOWN_WHEN_SILENT.map((type) => {
        const present = conditionOf(conditions, type);
        return {
          ...present,
          type,
          status: "Unknown",
          reason: present === undefined ? "NodeStatusNeverUpdated" : "NodeStatusUnknown",
          message: present === undefined ? "Kubelet never posted node status." : "Kubelet stopped posting node status.",
          lastTransitionTime: apiTime(now),
        };
      });
      const others = conditions.filter(({ type }) => !UNKNOWN_WHEN_SILENT.includes(type));
      node.status = { ...node.status, conditions: [...unknown, ...others] };
    },
    { status: true },
  );
}

/** The taints that follow from the node's state; others are somebody else's. */
function wantedTaints({ spec, status }: Node): Taint[] {
  const ready = conditionOf(status?.conditions, "Ready")?.status;
  const taints: Taint[] = [];
  const add = (name: string, ...effects: string[]) => {
    for (const effect of effects) taints.push({ key: `node.kubernetes.io/${name}`, effect });
  };
  if (ready === "Unknown") add("unreachable", "NoSchedule", "NoExecute");
  if (ready === "False") add("not-ready", "NoSchedule", "NoExecute");
  if (spec?.unschedulable === true) add("unschedulable", "NoSchedule");
  return taints;
}

const OWN_TAINTS = ["unreachable", "not-ready", "unschedulable"].map((name) => `node.kubernetes.io/${name}`);

function taint(store: Store, node: Node, now: Date): void {
  const present = node.spec?.taints ?? [];
  const kept = wantedTaints(node).map(
    (wanted) =>
      present.find(({ key, effect }) => key === wanted.key && effect === wanted.effect) ?? {
        ...wanted,
        timeAdded: apiTime(now),
      },
  );
  const taints = [...present.filter(({ key }) => !OWN_TAINTS.includes(key)), ...kept];
  store.change<Node>(NODES, { name: node.metadata?.name }, (newest) => {
    const { taints: _present, ...spec } = newest.spec ?? {};
    newest.spec = taints.length === 0 ? spec : { ...spec, taints };
  });
}

function markPodsUnready(store: Store, events: EventRecorder, node: string, now: Date): void {
  const runsThere = (pod: Pod) => pod.spec?.nodeName === node && isReady(pod) && !isTerminating(pod) && !hasEnded(pod);
  for (const pod of store.list(PODS, undefined, runsThere)) {
    store.change<Pod>(
      PODS,
      pod.metadata ?? {},
      ({ status }) => {
        const ready = conditionOf(status?.conditions, "Ready");
        if (ready !== undefined) Object.assign(ready, { status: "False", lastTransitionTime: apiTime(now) });
      },
      { status: true },
    );
    events.warning(pod, "NodeNotReady", "Node is not ready");
  }
}
