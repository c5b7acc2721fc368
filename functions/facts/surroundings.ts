import type { Reader } from "../shared/cluster/cluster.ts";
import { listIfInstalled } from "../shared/cluster/list-if-installed.ts";
import { paths } from "../shared/cluster/paths.ts";
import { isRemediationError } from "../shared/errors.ts";
import type { KubernetesEvent } from "../run/event.ts";
import { isOfAutoscaler, isUnschedulable } from "./node-on-its-way.ts";
import { isNamedAfter } from "../shared/kubernetes/names.ts";
import { isReady, restartCount } from "../shared/kubernetes/pods.ts";
import { MANY_RESTARTS } from "../kinds/failing/repeated-restarts.ts";
import type { DisruptionBudget, LimitRange, Node, ObjectMeta, Pod, ResourceQuota } from "../shared/kubernetes/types.ts";

/**
 * What stands around a workload and may explain why it fails. None of it decides about a remedy alone, so what cannot be
 * read is left out.
 */
export interface Surroundings {
  /**
   * Warnings about the workload, its present revision and some of its failing pods, and what autoscalers say of those that no
   * node takes. The API server keeps them for an hour.
   */
  events: KubernetesEvent[];
  /** Warnings about pods of the workload that are gone; absent where not all warnings of the namespace were read. */
  gone?: KubernetesEvent[];
  /** Every PodDisruptionBudget of the namespace. */
  budgets: DisruptionBudget[];
  /** Every quota of the namespace. */
  quotas: ResourceQuota[];
  /** Every LimitRange of the namespace. */
  limitRanges: LimitRange[];
  /** The nodes of the pods that are not ready, that were restarted often, or that somebody asks to be restarted. */
  nodes: Node[];
  /** The names of those of them that were asked for and are not there any more; absent where all are. */
  absentNodes?: readonly string[];
}

export const NO_SURROUNDINGS: Surroundings = { events: [], budgets: [], quotas: [], limitRanges: [], nodes: [] };

/** How many nodes are asked for: enough for any workload that is not a matter of its nodes. */
const MAX_NODES = 10;
/** How many of the pods that are not ready, or were restarted often, are asked for their events, and of those that no node takes; they tell the same story. */
const MAX_PODS_WITH_EVENTS = 2;

/** How many warnings of a namespace are read at once: about as many bytes as a few pods. */
const MAX_WARNINGS = 100;
const WARNINGS = "type=Warning";

/** What is looked around. */
interface Centre {
  namespace: string;
  /** The objects beside the pods whose events matter. */
  owners: readonly (ObjectMeta | undefined)[];
  /** The names of what makes the pods: the workload, or the holders of its revisions. */
  makers: readonly string[];
  pods: readonly Pod[];
  /** The name of the pod that somebody asks to be restarted. */
  asked?: string | undefined;
}

/** Reads what stands around a workload. */
export async function readSurroundings(
  cluster: Reader,
  { namespace, owners, makers, pods, asked }: Centre,
): Promise<Surroundings> {
  const unready = pods.filter((pod) => !isReady(pod));
  const restarted = pods.filter((pod) => isReady(pod) && restartCount(pod) >= MANY_RESTARTS);
  const troubled = [...unready, ...restarted].slice(0, MAX_PODS_WITH_EVENTS);
  const mayGo = pods.filter(({ metadata }) => metadata?.name !== undefined && metadata.name === asked);
  const nodeless = unready.filter(isUnschedulable).slice(0, MAX_PODS_WITH_EVENTS);
  const subjects = [...owners, ...[...troubled, ...nodeless].map(({ metadata }) => metadata)];
  const present = new Set(pods.map(({ metadata }) => metadata?.uid));
  const isGone = ({ involvedObject: { kind, name: pod, uid } }: KubernetesEvent) =>
    kind === "Pod" && makers.some((maker) => isNamedAfter(pod ?? "", maker)) && !present.has(uid);
  const [warnings, words, budgets, quotas, limitRanges, nodes] = await Promise.all([
    readWarnings(cluster, namespace, new Set(subjects.flatMap((subject) => subject?.uid ?? [])), isGone),
    Promise.all(nodeless.map((pod) => readAutoscalersWords(cluster, namespace, pod))),
    listIfAllowed<DisruptionBudget>(cluster, paths.disruptionBudgets(namespace)),
    listIfAllowed<ResourceQuota>(cluster, paths.quotas(namespace)),
    listIfAllowed<LimitRange>(cluster, paths.limitRanges(namespace)),
    readNodes(cluster, [...mayGo, ...unready, ...restarted]),
  ]);
  const events = [...warnings.events, ...words.flat()];
  return { ...warnings, events, budgets, quotas, limitRanges, ...nodes };
}

/** The warnings about some objects: out of all of the namespace, or object by object where there are too many. */
async function readWarnings(
  cluster: Reader,
  namespace: string,
  uids: ReadonlySet<string>,
  isGone: (event: KubernetesEvent) => boolean,
): Promise<Pick<Surroundings, "events" | "gone">> {
  const path = paths.events(namespace);
  return await unlessForbidden({ events: [] }, async () => {
    const all = await cluster.listSmall<KubernetesEvent>(path, MAX_WARNINGS, { fieldSelector: WARNINGS });
    if (all !== undefined) {
      const events = all.filter(({ involvedObject }) => uids.has(involvedObject.uid ?? ""));
      return { events, gone: all.filter(isGone) };
    }
    const each = await Promise.all(
      [...uids].map((uid) =>
        cluster.list<KubernetesEvent>(path, { fieldSelector: `involvedObject.uid=${uid},${WARNINGS}` }),
      ),
    );
    return { events: each.flat() };
  });
}

/** What autoscalers say of a pod is no warning: that a node comes, or why none does. */
async function readAutoscalersWords(cluster: Reader, namespace: string, pod: Pod): Promise<KubernetesEvent[]> {
  const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${pod.metadata?.name ?? ""},type=Normal`;
  const path = paths.events(namespace);
  const events = await unlessForbidden([], () => cluster.list<KubernetesEvent>(path, { fieldSelector }));
  return events.filter((event) => isOfAutoscaler(event, pod));
}

async function listIfAllowed<T>(cluster: Reader, path: string): Promise<T[]> {
  return await unlessForbidden([], () => listIfInstalled<T>(cluster, path));
}

async function unlessForbidden<T>(otherwise: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isRemediationError(error, "Forbidden")) return otherwise;
    throw error;
  }
}

async function readNodes(cluster: Reader, pods: Pod[]): Promise<Pick<Surroundings, "nodes" | "absentNodes">> {
  const all = new Set(pods.map((pod) => pod.spec?.nodeName).filter((name) => name !== undefined));
  const names = [...all].slice(0, MAX_NODES);
  const nodes = await Promise.all(names.map((name) => readNode(cluster, name)));
  const absentNodes = names.filter((_name, index) => nodes[index] === undefined);
  return {
    nodes: nodes.filter((node) => node !== undefined),
    ...(absentNodes.length === 0 ? {} : { absentNodes }),
  };
}

async function readNode(cluster: Reader, name: string): Promise<Node | undefined> {
  try {
    return await cluster.get<Node>(paths.node(name));
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}
