import type { Node, Pod } from "./types.ts";
import { isTerminating } from "./pod-facts.ts";
import { controllerOf } from "./controllers/owner.ts";
import { apiTime } from "./clock.ts";
import { fromKey, keyOf, type Controller } from "./controllers/controller.ts";
import { EventRecorder } from "./controllers/events.ts";
import { hasEnded } from "./controllers/pods.ts";
import { conditionOf } from "./controllers/status.ts";
import { NODES, PODS } from "./kinds.ts";
import { obstacle, requestOf, unschedulableMessage, type Obstacle } from "./scheduler/fit.ts";
import type { Change, Store } from "./store.ts";

type PodCondition = NonNullable<NonNullable<Pod["status"]>["conditions"]>[number];

const ZONE = "topology.kubernetes.io/zone";
const REGION = "topology.kubernetes.io/region";

/** Gives pods a node, or says why there is none for them. */
export function scheduler(store: Store): Controller {
  const events = new EventRecorder(store, "default-scheduler");
  return {
    concernedBy: (change) =>
      makesRoom(change) ? waiting(store) : [keyOf(change.object.metadata)].filter(() => isNew(change)),
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const pod = store.find<Pod>(PODS, namespace, name);
      if (pod !== undefined && waits(pod)) schedule(store, events, pod);
      return undefined;
    },
  };
}

/** Whether a change may let a pod be scheduled that could not be before. */
function makesRoom({ type, resource, object }: Change): boolean {
  if (resource === NODES) return type !== "DELETED";
  return resource === PODS && (type === "DELETED" || hasEnded(object as Pod));
}

function isNew({ resource, object }: Change): boolean {
  return resource === PODS && waits(object as Pod);
}

function waits(pod: Pod): boolean {
  return pod.spec?.nodeName === undefined && !isTerminating(pod) && !hasEnded(pod);
}

function waiting(store: Store): string[] {
  return store.list<Pod>(PODS, undefined, waits).map(({ metadata }) => keyOf(metadata));
}

function schedule(store: Store, events: EventRecorder, pod: Pod): void {
  if ((pod.spec?.schedulingGates ?? []).length > 0) {
    say(store, pod, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates");
    return;
  }
  const onNodes = Map.groupBy(
    store.list<Pod>(PODS, undefined, (other) => other.spec?.nodeName !== undefined && !hasEnded(other)),
    ({ spec }) => spec?.nodeName,
  );
  const fitting: { node: Node; pods: Pod[] }[] = [];
  const obstacles: Obstacle[] = [];
  for (const node of store.list<Node>(NODES)) {
    const pods = onNodes.get(node.metadata?.name) ?? [];
    const found = obstacle(pod, node, pods);
    if (found === undefined) fitting.push({ node, pods });
    else obstacles.push(found);
  }
  const best = emptiest(pod, fitting);
  if (best === undefined) {
    const message = unschedulableMessage(obstacles);
    if (say(store, pod, "Unschedulable", message)) events.warning(pod, "FailedScheduling", message);
    return;
  }
  bind(store, pod, best);
  const { namespace = "", name = "" } = pod.metadata ?? {};
  events.normal(pod, "Scheduled", `Successfully assigned ${namespace}/${name} to ${best.metadata?.name ?? ""}`);
}

/** The node with the fewest pods of the same controller, and of those the one with the least CPU in use. */
function emptiest(pod: Pod, fitting: readonly { node: Node; pods: Pod[] }[]): Node | undefined {
  const owner = controllerOf(pod.metadata)?.name;
  const load = ({ pods }: { pods: Pod[] }): [number, number, number] => [
    pods.filter(({ metadata }) => controllerOf(metadata)?.name === owner).length,
    pods.reduce((sum, other) => sum + requestOf(other, "cpu"), 0),
    pods.length,
  ];
  const loads = fitting.map((candidate) => ({ node: candidate.node, load: load(candidate) }));
  return loads.sort((a, b) => a.load[0] - b.load[0] || a.load[1] - b.load[1] || a.load[2] - b.load[2])[0]?.node;
}

/** Writes why a pod is not scheduled; false when that is said already. */
function say(store: Store, pod: Pod, reason: string, message: string): boolean {
  const present = conditionOf(pod.status?.conditions, "PodScheduled");
  if (present?.reason === reason && present.message === message) return false;
  const observedGeneration = pod.metadata?.generation ?? 0;
  setScheduled(store, pod, "False", { reason, message, ...(reason === "Unschedulable" ? { observedGeneration } : {}) });
  return true;
}

function bind(store: Store, pod: Pod, { metadata: node }: Node): void {
  store.change<Pod>(PODS, pod.metadata ?? {}, ({ spec, metadata = {} }) => {
    if (spec !== undefined) spec.nodeName = node?.name ?? "";
    const places = [ZONE, REGION].flatMap((label) => {
      const place = node?.labels?.[label];
      return place === undefined ? [] : [[label, place]];
    });
    metadata.labels = { ...metadata.labels, ...(Object.fromEntries(places) as Record<string, string>) };
  });
  setScheduled(store, pod, "True", {});
}

function setScheduled(store: Store, pod: Pod, status: string, why: Partial<PodCondition>): void {
  const now = apiTime(store.clock.now());
  store.change<Pod>(
    PODS,
    pod.metadata ?? {},
    (newest) => {
      const conditions = newest.status?.conditions ?? [];
      const present = conditionOf(conditions, "PodScheduled");
      const lastTransitionTime = present?.status === status ? (present.lastTransitionTime ?? now) : now;
      const others = conditions.filter(({ type }) => type !== "PodScheduled");
      newest.status = {
        ...newest.status,
        conditions: [...others, { type: "PodScheduled", status, ...why, lastTransitionTime }],
      };
    },
    { status: true },
  );
}
