import { isAskedFor } from "../run/asked-for.ts";
import type { Reader } from "../shared/cluster/cluster.ts";
import type { HistoryEntry, Incident } from "../run/contracts.ts";
import { isOfKind, kindOf } from "../kinds/kinds.ts";
import { readParts, type Parts } from "../kinds/pods.ts";
import type { RevisionHolder } from "../kinds/revisions/history.ts";
import { lookedAt } from "../run/looked-at.ts";
import { isIneffective, sinceLastSuccess } from "../run/history.ts";
import { hpasOf } from "../shared/kubernetes/hpa.ts";
import { templateHash } from "../shared/kubernetes/template.ts";
import type { Hpa, Namespace, ObjectMeta, Pod, PodTemplate, Workload } from "../shared/kubernetes/types.ts";
import { Action, type Policy } from "../shared/policy.ts";
import { describeWorkload, readWorkload, workloadNotFound } from "../kinds/workloads.ts";
import { RemediationError } from "../shared/errors.ts";
import { workloadObject } from "../kinds/object-ref.ts";
import {
  hpaRef,
  objectAt,
  podRef,
  type KubernetesObject,
  type ObjectRef,
  type ReadObject,
} from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { isReady, restartCount } from "../shared/kubernetes/pods.ts";
import { lostNodesAmong, unreadyNodesAmong } from "../shared/kubernetes/nodes.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";
import { readAbsent, type Absent } from "./absent.ts";
import { readConfigObjects, readNeededByPods, type ConfigObject, type ConfigReading } from "./config-objects.ts";
import { readCustomOwners, type CustomOwner } from "./custom-owners.ts";
import { hpaInQuestion } from "./hpa-in-question.ts";
import { readEnded, showsItsEnd, type Ended } from "./ended.ts";
import { readGoingClaims } from "./going-claims.ts";
import type { HelmRelease } from "./helm-release.ts";
import { readLastWords, type LastWords } from "./last-words.ts";
import { findsNoTarget, isNotThere, unlessGone } from "./left-behind.ts";
import type { ReleaseJob } from "./release-jobs.ts";
import { readServices, type Services } from "./services.ts";
import { NO_SURROUNDINGS, readSurroundings, type Surroundings } from "./surroundings.ts";
import { isBarePod, readUnwritten, type UnwrittenParts } from "./unwritten.ts";

type PodSpec = NonNullable<PodTemplate["spec"]>;

/** Everything that a diagnosis is drawn from. All reading happens before it. */
export interface Evidence {
  incident: Incident;
  now: Date;
  /** Nothing is kept or done, whatever is decided. */
  dryRun?: boolean;
  namespace: Namespace;
  /** The workload as it is now; undefined for bare pods, Jobs and kinds that the workflow does not handle. */
  workload: Workload | undefined;
  /** That the workload itself is not there any more: what was read is what is left of it. Absent where it is, and for kinds that are not looked at. */
  isGone?: true;
  /** Its pods; for a bare pod, that pod. */
  pods: Pod[];
  /** Pods that its selector selects as well, and that it does not control; absent where there are none. */
  alsoSelected?: readonly Pod[];
  /** What else was read of a workload of a kind that is never written to, or that is gone; absent for others. */
  unwritten?: Omit<UnwrittenParts, "pods">;
  /** The objects that hold its revisions: ReplicaSets, ControllerRevisions; empty for a kind that has none. */
  holders: RevisionHolder[];
  /** The HPA that owns the workload's scale; of several, the one that is in question. */
  hpa: Hpa | undefined;
  /** Further HPAs that scale it, too; absent where there are none. */
  rivalHpas?: readonly Hpa[];
  /** Since when each node of the workload's pods has not reported, where one has stopped; by its name. */
  lostNodes: ReadonlyMap<string, string>;
  /** Since when each node of its pods that are not well has said that it is not ready, where one does; by its name. */
  unreadyNodes?: ReadonlyMap<string, string> | undefined;
  /** What else may explain why it fails. */
  surroundings: Surroundings;
  /** What crashed containers said last, where the policy lets their logs be read. */
  lastWords: readonly LastWords[];
  /** The ConfigMaps and Secrets that its template reads, where its pods are not well or may be replaced: their metadata. */
  config: readonly ConfigObject[];
  /** Those that such pods do not start without, and those of the template do; absent where there are none. */
  neededByPods?: readonly ConfigObject[];
  /** The PersistentVolumeClaims of its pods that are being deleted, by their names; absent where there are none. */
  goingClaims?: readonly string[];
  /** What is not there of what a pod that takes the place of such a pod is not made without; absent where nothing is known to be. */
  absent?: readonly Absent[];
  /** What the revision to go back to needs; absent where there is none to go back to. */
  neededBefore?: NeededBefore;
  /** The Services of its namespace, where going back to an earlier template may take pods from one of them. */
  services: Services;
  /** The custom resources that own it, from the nearest up, as far as the policy lets them be read. */
  customOwners: readonly CustomOwner[];
  /** The Helm release that the workload is of, where the policy lets it be read. */
  helm?: HelmRelease;
  /** How earlier executions ended, newest first. */
  history: readonly HistoryEntry[];
  /** The remedies that were tried in vain: by this execution, and by earlier ones on the same pod template. */
  tried: readonly Action[];
  /** How many remedies this execution has tried. */
  triesMade: number;
  /** Other objects that remedies make their plans from. */
  others: readonly ReadObject[];
  /** How it ended that something failed which is never remedied; absent where it has not, and where that is not asked. */
  ended?: Ended | undefined;
}

/** What pods of a revision to go back to need. */
export interface NeededBefore {
  /** The name of the object that holds the revision. */
  revision: string;
  /** The ConfigMaps and Secrets that they do not start without, and those of the present template do. */
  objects: readonly ConfigObject[];
  /** The Secrets that their images are pulled with, and those of the present template are not. */
  pullSecrets: readonly ConfigObject[];
  /** What is not there of what they are not made without. */
  absent: readonly Absent[];
  /** Jobs of the same release that ran with the present revision; absent where none is known. */
  jobs?: readonly ReleaseJob[];
}

/** Reads objects beside a workload, as it is with its HPA, that a remedy makes its plan from. */
export type ReadOthers = (...about: [...ReadAbout, policy: Policy]) => Promise<ReadObject[]>;
export type ReadAbout = [reader: Reader, ref: WorkloadRef, parts: OwnParts];
type OwnParts = Pick<Evidence, "workload" | "hpa">;

/** What the evidence is gathered with. */
export interface Gathering {
  now: Date;
  /** How long things may last before they count as failures; without it, no HPA of several is known to fail. */
  deadlines?: Policy["detect"];
  /** Whether nothing is kept or done, whatever is decided. */
  dryRun?: boolean;
  /** Reads what remedies make their plans from. */
  readOthers?: readonly ((...about: ReadAbout) => Promise<ReadObject[]>)[];
  /** How many lines of a crashed container's log are read. */
  logLines?: number;
  /** Of what the workload reads, whose metadata is read. */
  configChanges?: ConfigReading;
  /** Reads the Helm release that the workload is of; absent where the policy does not let it be read. */
  readHelm?: (
    cluster: Reader,
    namespace: string,
    metadata: ObjectMeta | undefined,
    revision: number | undefined,
  ) => Promise<HelmRelease | undefined>;
  /** The custom resources that are read where they own the workload. */
  customResources?: readonly string[];
}

/** What is known of earlier tries. */
export interface Past {
  /** What this execution tried in vain. */
  tried: readonly Action[];
  history: readonly HistoryEntry[];
}

/**
 * Reads the evidence for one incident.
 * @throws RemediationError `WorkloadNotFound` or `NamespaceNotFound` when it is gone since it was detected, and nothing is left of it
 */
export async function gatherEvidence(
  cluster: Reader,
  incident: Incident,
  past: Past,
  {
    now,
    deadlines,
    dryRun = false,
    readOthers = [],
    logLines = 0,
    configChanges = "none",
    readHelm,
    customResources = [],
  }: Gathering,
): Promise<Evidence> {
  const ref = incident.workload;
  if (lookedAt(incident) !== undefined) return asFound(incident, past, now);
  if (incident.works_again !== undefined && showsItsEnd(ref)) {
    const ended = await readEnded(cluster, ref, new Date(incident.works_again.told_at));
    return { ...asFound(incident, past, now), ended };
  }
  const [namespace, workload] = await Promise.all([
    assertNamespace(cluster, ref.namespace),
    unlessGone(incident, readWorkload(cluster, ref)),
  ]);
  if (incident.uid !== undefined && workload?.metadata?.uid !== undefined && workload.metadata.uid !== incident.uid) {
    const made =
      "was deleted and made anew since it was asked for; nothing was done to the new one. Ask again if that is meant.";
    throw new RemediationError("WorkloadNotFound", `${describeWorkload(ref)} ${made}`);
  }
  const kind = kindOf(ref);
  const [{ pods, holders, alsoSelected, unwritten }, hpas] = await Promise.all([
    kind === undefined || workload === undefined
      ? readUnwrittenParts(cluster, incident)
      : { unwritten: undefined, ...(await readParts(cluster, kind, ref, workload)) },
    hpasOf(cluster, ref),
  ]);
  const hpa = hpaInQuestion(hpas, incident, deadlines && { now, deadlines });
  const rivalHpas = hpas.filter((each) => each !== hpa);
  const isGone = isNotThere(ref, workload, unwritten?.makers);
  if (isGone && pods.length === 0 && !findsNoTarget(hpa)) {
    throw workloadNotFound(cluster, ref, new RemediationError("NotFound", "It is gone."));
  }
  const owners = [
    workload?.metadata,
    ...(unwritten?.makers ?? []).map(({ object }) => object.metadata),
    ...holders.filter(({ spec }) => (spec?.replicas ?? 0) > 0).map(({ metadata }) => metadata),
  ];
  const makers =
    kind?.history?.controlsPods === true ? holders.map(({ metadata }) => metadata?.name ?? "") : [ref.name];
  const template = workload?.spec?.template ?? templateLike(pods[0]);
  const owned = workload?.metadata ?? unwritten?.makers.at(-1)?.object.metadata ?? pods[0]?.metadata;
  const earlier = holders.flatMap((holder) => kind?.history?.held(holder)?.template ?? []);
  const isWell = pods.every((pod) => isReady(pod) && restartCount(pod) === 0);
  const helmAsked = releasedBefore(incident);
  const asked = incident.requested?.action === "restart" ? incident.requested.pod : undefined;
  const inQuestion = pods.filter((pod) => !isReady(pod) || restartCount(pod) > 0 || pod.metadata?.name === asked);
  // A rollback takes those that are well along.
  const mayGo = kind === undefined ? [] : replaceable(incident, pods, inQuestion);
  const inPlace = kind === undefined ? [] : [template, ...inQuestion].flatMap((of) => of?.spec ?? []);
  const [surroundings, lastWords, config, neededByPods, goingClaims, absent, customOwners, release, others, services] =
    await Promise.all([
      readSurroundings(cluster, { namespace: ref.namespace, owners, makers, pods, asked }),
      readLastWords(cluster, pods, logLines),
      readConfigObjects(cluster, ref.namespace, template, inQuestion, configChanges),
      readNeededByPods(cluster, ref.namespace, template, inQuestion, configChanges),
      readGoingClaims(cluster, ref.namespace, mayGo),
      inQuestion.length === 0 ? [] : readAbsent(cluster, ref.namespace, inPlace.map(withoutPlace)),
      readCustomOwners(cluster, ref.namespace, owned, customResources),
      isWell && helmAsked === undefined ? undefined : readHelm?.(cluster, ref.namespace, workload?.metadata, helmAsked),
      Promise.all(kind === undefined ? [] : readOthers.map((read) => read(cluster, ref, { workload, hpa }))),
      readServices(cluster, ref.namespace, workload?.spec?.template, earlier),
    ]);
  return {
    incident,
    now,
    dryRun,
    namespace,
    workload,
    ...(isGone ? { isGone: true as const } : {}),
    pods,
    ...(alsoSelected.length === 0 ? {} : { alsoSelected }),
    ...(unwritten === undefined ? {} : { unwritten }),
    holders,
    hpa,
    ...(rivalHpas.length === 0 ? {} : { rivalHpas }),
    lostNodes: lostNodesAmong(surroundings.nodes),
    unreadyNodes: unreadyNodesAmong(surroundings.nodes),
    surroundings,
    others: others.flat(),
    lastWords,
    config,
    ...(neededByPods.length === 0 ? {} : { neededByPods }),
    ...(goingClaims.length === 0 ? {} : { goingClaims }),
    ...(absent.length === 0 ? {} : { absent }),
    customOwners,
    services,
    ...(release === undefined ? {} : { helm: release }),
    history: past.history,
    triesMade: past.tried.length,
    tried: triedInVain(incident, workload, past),
  };
}

/** The revision of a Helm release that somebody wants back; undefined where nobody does. */
function releasedBefore({ requested }: Incident): number | undefined {
  if (requested?.action !== "undo" || requested.change.kind !== "helm-rollback") return undefined;
  return requested.change.from.revision;
}

/** Of what is no workload the scan has read all that there is to say. */
function asFound(incident: Incident, { tried, history }: Past, now: Date): Evidence {
  return {
    ...{ incident, now, namespace: {}, workload: undefined, hpa: undefined, surroundings: NO_SURROUNDINGS },
    ...{
      pods: [],
      holders: [],
      others: [],
      lastWords: [],
      config: [],
      customOwners: [],
      services: "not asked",
      lostNodes: new Map<string, string>(),
    },
    ...{ history, tried, triesMade: tried.length },
  };
}

/** The object that the incident is about, where it was read: the workload, the bare pod, the Job. */
export function ownObject({ incident, workload, pods, unwritten }: Evidence): KubernetesObject | undefined {
  if (workload !== undefined) return workload;
  if (isBarePod(incident.workload)) return pods[0];
  return unwritten?.makers.find(({ kind }) => isOfKind(incident.workload, kind))?.object;
}

/** What a pod without a known template was made from. */
function templateLike(pod: Pod | undefined): PodTemplate | undefined {
  return pod?.spec === undefined ? undefined : { spec: pod.spec };
}

async function readUnwrittenParts(cluster: Reader, incident: Incident): Promise<Parts & Pick<Evidence, "unwritten">> {
  const { pods, ...unwritten } = await readUnwritten(cluster, incident);
  return { pods, holders: [], alsoSelected: [], unwritten };
}

/** A person or an agent who asks for a remedy may ask for it again; an execution of its own accord does not repeat it. */
function triedInVain(incident: Incident, workload: Workload | undefined, { tried, history }: Past): readonly Action[] {
  const template = workload?.spec?.template;
  if (isAskedFor(incident) || template === undefined) return tried;
  const earlier = sinceLastSuccess(history, templateHash(template))
    .filter((entry) => entry.applied === true && isIneffective(entry))
    .map(({ action }) => Action.safeParse(action).data)
    .filter((action) => action !== undefined);
  return [...new Set([...tried, ...earlier])];
}

/** The object as it was read; undefined when it was not. */
export function objectOf(
  ref: ObjectRef,
  { incident, workload, hpa, rivalHpas = [], pods, others }: Evidence,
): KubernetesObject | undefined {
  const { namespace } = incident.workload;
  const read: ReadObject[] = [
    ...(workload === undefined ? [] : [{ ref: workloadObject(incident.workload), object: workload }]),
    ...(hpa === undefined ? [] : [hpa, ...rivalHpas]).map((each) => {
      return { ref: hpaRef(namespace, each.metadata?.name ?? ""), object: each };
    }),
    ...pods.map((pod) => ({ ref: podRef(namespace, pod.metadata?.name ?? ""), object: pod })),
    ...others,
  ];
  return objectAt(ref, read);
}

/** The pods that a remedy may replace, with those first that are in question. */
function replaceable({ requested }: Incident, pods: readonly Pod[], inQuestion: readonly Pod[]): Pod[] {
  const isAny = inQuestion.length > 0 || requested?.action === "rollback";
  return isAny ? [...new Set([...inQuestion, ...pods])] : [];
}

/** Claims, and the nodes that pods have been given, are looked at for themselves. */
function withoutPlace({ volumes: _volumes, nodeName: _node, ...spec }: PodSpec): PodSpec {
  return spec;
}
