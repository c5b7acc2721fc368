import type { Reader } from "../shared/cluster/cluster.ts";
import { getIfThere } from "../shared/cluster/get-if-there.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { HistoryEntry, Incident } from "../run/contracts.ts";
import { kindOf } from "../kinds/kinds.ts";
import { readParts } from "../kinds/pods.ts";
import type { RevisionHolder } from "../kinds/revisions/history.ts";
import { isIneffective, sinceLastSuccess } from "../run/history.ts";
import { hpaOf } from "../shared/kubernetes/hpa.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import type { Hpa, Namespace, Pod, Workload } from "../shared/kubernetes/types.ts";
import { Action } from "../shared/policy.ts";
import { readWorkload } from "../kinds/workloads.ts";
import type { ReadObject } from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { lostNodesAmong } from "../shared/kubernetes/nodes.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";
import { readLastWords, type LastWords } from "./last-words.ts";
import { NO_SURROUNDINGS, readSurroundings, type Surroundings } from "./surroundings.ts";

/** Everything that a diagnosis is drawn from. All reading happens before it. */
export interface Evidence {
  incident: Incident;
  now: Date;
  namespace: Namespace;
  /** The workload as it is now; undefined for bare pods, Jobs and kinds that the workflow does not handle. */
  workload: Workload | undefined;
  /** Its pods; for a bare pod, that pod. */
  pods: Pod[];
  /** The objects that hold its revisions: ReplicaSets, ControllerRevisions; empty for a kind that has none. */
  holders: RevisionHolder[];
  /** The HPA that owns the workload's scale. */
  hpa: Hpa | undefined;
  /** Since when each node of the workload's pods has not reported, where one has stopped; by its name. */
  lostNodes: ReadonlyMap<string, string>;
  /** What else may explain why it fails. */
  surroundings: Surroundings;
  /** What crashed containers said last, where the policy lets their logs be read. */
  lastWords: readonly LastWords[];
  /** How earlier executions ended, newest first. */
  history: readonly HistoryEntry[];
  /** The remedies that were tried in vain: by this execution, and by earlier ones on the same pod template. */
  tried: readonly Action[];
  /** How many remedies this execution has tried. */
  triesMade: number;
  /** Other objects that remedies make their plans from. */
  others: readonly ReadObject[];
}

/** Reads objects beside a workload that a remedy makes its plan from. */
export type ReadOthers = (reader: Reader, workload: WorkloadRef) => Promise<ReadObject[]>;

/** What the evidence is gathered with. */
export interface Gathering {
  now: Date;
  /** Reads what remedies make their plans from. */
  readOthers?: readonly ReadOthers[];
  /** How many lines of a crashed container's log are read. */
  logLines?: number;
}

/** What is known of earlier tries. */
export interface Past {
  /** What this execution tried in vain. */
  tried: readonly Action[];
  history: readonly HistoryEntry[];
}

/**
 * Reads the evidence for one incident.
 * @throws RemediationError `WorkloadNotFound` or `NamespaceNotFound` when it is gone since it was detected
 */
export async function gatherEvidence(
  cluster: Reader,
  incident: Incident,
  past: Past,
  { now, readOthers = [], logLines = 0 }: Gathering,
): Promise<Evidence> {
  const ref = incident.workload;
  const [namespace, workload] = await Promise.all([
    assertNamespace(cluster, ref.namespace),
    readWorkload(cluster, ref),
  ]);
  const kind = kindOf(ref.kind);
  if (kind === undefined || workload === undefined) {
    const pods = ref.kind === "Pod" ? await readBarePod(cluster, ref.namespace, ref.name) : [];
    return {
      incident,
      now,
      namespace,
      workload,
      pods,
      holders: [],
      hpa: undefined,
      lostNodes: new Map(),
      surroundings: NO_SURROUNDINGS,
      others: [],
      lastWords: await readLastWords(cluster, pods, logLines),
      triesMade: past.tried.length,
      ...past,
    };
  }
  const [{ pods, holders }, hpa, others] = await Promise.all([
    readParts(cluster, kind, ref, workload),
    hpaOf(cluster, ref),
    Promise.all(readOthers.map((read) => read(cluster, ref))),
  ]);
  const owners = [
    workload.metadata,
    ...holders.filter(({ spec }) => (spec?.replicas ?? 0) > 0).map(({ metadata }) => metadata),
  ];
  const [surroundings, lastWords] = await Promise.all([
    readSurroundings(cluster, ref, owners, pods),
    readLastWords(cluster, pods, logLines),
  ]);
  return {
    incident,
    now,
    namespace,
    workload,
    pods,
    holders,
    hpa,
    lostNodes: lostNodesAmong(surroundings.nodes),
    surroundings,
    others: others.flat(),
    lastWords,
    history: past.history,
    triesMade: past.tried.length,
    tried: triedInVain(incident, workload, past),
  };
}

/** A person or an agent who asks for a remedy may ask for it again; an execution of its own accord does not repeat it. */
function triedInVain({ requested }: Incident, { spec }: Workload, { tried, history }: Past): Action[] {
  if (requested !== undefined || spec?.template === undefined) return [...tried];
  const earlier = sinceLastSuccess(history, templateHash(spec.template))
    .filter((entry) => entry.applied === true && isIneffective(entry))
    .map(({ action }) => Action.safeParse(action).data)
    .filter((action) => action !== undefined);
  return [...new Set([...tried, ...earlier])];
}

async function readBarePod(cluster: Reader, namespace: string, name: string): Promise<Pod[]> {
  const pod = await getIfThere<Pod>(cluster, paths.pod(namespace, name));
  return pod === undefined ? [] : [pod];
}
