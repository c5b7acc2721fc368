import type { Case, FailingPod } from "../facts/case.ts";
import { containersOf } from "../shared/kubernetes/containers.ts";
import type { PodTemplate } from "../shared/kubernetes/types.ts";
import { some } from "../shared/text.ts";
import type { Shared } from "./brought.ts";
import { podEventSayings, statusSayings } from "../facts/sayings.ts";
import { firstMeaningsOf, type Saying } from "../facts/words/meaning.ts";
import { claimsOf, deviceClaimsOf, hostPortsOf, isAlike, nodesOf, requestOf, securityOf, volumesOf } from "./parts.ts";
import { SCHEDULING_WORDS, type Asked, type SchedulingMeaning } from "../facts/words/scheduling.ts";

/** How many resources are named in a sentence. */
const MAX_RESOURCES = 3;

const UNSCHEDULABLE: ReadonlySet<string> = new Set(["Unschedulable"]);
/** What a pod is that has no node, and whose status does not say why: a scheduler of its own may say so by an Event alone. */
const UNTOLD: ReadonlySet<string> = new Set(["Pending"]);
const FAILED_SCHEDULING: ReadonlySet<string> = new Set(["FailedScheduling"]);

/** Reasons of pods that no node takes. */
export const UNPLACED: ReadonlySet<string> = new Set([...UNSCHEDULABLE, ...UNTOLD]);

/** What schedulers say of the pods that they have no node for: by the pods' statuses, or else by Events. */
export function schedulerSayings(facts: Case): Saying[] {
  const told = statusSayings(facts.failing, UNSCHEDULABLE);
  return told.length > 0 ? told : podEventSayings(facts, UNTOLD, FAILED_SCHEDULING).slice(0, 1);
}

/** Why no node takes the pods, by the scheduler's words. */
export interface SchedulingReasons {
  meanings: SchedulingMeaning[];
  /** The resources of which there is too little. */
  resources: string[];
}

/**
 * Reads what the scheduler says of the pods that it has no node for. Of pods that are for one node each, as those of a DaemonSet,
 * it says of every other node that they do not select it: that is no reason where another one is given.
 */
export function schedulingReasons(facts: Case): SchedulingReasons {
  const { failing } = facts;
  const all = schedulerSayings(facts).flatMap(reasonsIn);
  const ofTheirNode = all.filter(({ message }) => !OF_OTHER_NODES.test(message));
  const sayings = ofTheirNode.length > 0 && failing.every(isForOneNode) ? ofTheirNode : all;
  const named = sayings.flatMap(({ message }) => [...message.matchAll(/Insufficient ([\w.-]+(?:\/[\w.-]+)?)/g)]);
  return {
    meanings: firstMeaningsOf(SCHEDULING_WORDS, sayings),
    resources: [...new Set(named.map(([, resource = ""]) => resource.replace(/[.,]$/, "")))],
  };
}

/** What the scheduler says of the nodes that a pod does not select. Source: kubernetes pkg/scheduler/schedule_one.go; plugins/nodeaffinity */
const OF_OTHER_NODES = /didn't satisfy plugin\(s\) \[NodeAffinity\]|didn't match Pod's node affinity/;

/** Whether the pod was made for one node. Source: kubernetes pkg/controller/daemon/util, ReplaceDaemonSetPodNodeNameNodeAffinity */
function isForOneNode({ pod: { spec } }: FailingPod): boolean {
  const terms = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const names = terms.flatMap(({ matchFields = [] }) => matchFields.map(({ key }) => key));
  return names.length > 0 && names.every((key) => key === "metadata.name");
}

/** Each reason that the scheduler counts, of `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were …. preemption: …`. */
function reasonsIn({ reason, message }: Saying): Saying[] {
  // What follows is about pods that could be taken away for it; it repeats the reasons in other words.
  const counted = message.replace(/(no new claims to deallocate, )?preemption:.*$/s, "");
  return counted.split(/, (?=\d+ )/).map((part) => ({ reason, message: part }));
}

/** What is wrong, as the end of a sentence; empty when the words are not known. */
export function schedulingWhy({ meanings, resources }: SchedulingReasons): string {
  return meanings
    .map(({ asked, means }) => (asked === "resources" ? `${means} (${some(resources, MAX_RESOURCES)})` : means))
    .join("; ");
}

/**
 * That an earlier template asks for no less of what the nodes do not give. A rollout that asks for less has not made its
 * pods unschedulable: what has no room is the pod that comes beside the old ones.
 */
export function asksForNoLess(reasons: SchedulingReasons): Shared {
  const { meanings, resources } = reasons;
  // What another scheduler goes by is not known where its words are not.
  const isUnknown = meanings.length === 0;
  return {
    says: isUnknown ? "asks the scheduler for the same" : "asks for no less of that",
    isLikenessAlone: isUnknown,
    // Pods that the nodes had room for do not tell that it asks for no more than before.
    isOfTemplates: !isUnknown,
    holds: (now, before) =>
      isUnknown
        ? isAlike(schedulingOf(now), schedulingOf(before))
        : meanings.every(({ asked }) => asked === undefined || NO_MORE[asked](now, before, resources)),
  };
}

/** Whether the present template asks for no more of each than an earlier one. */
const NO_MORE: Record<Asked, (now: PodTemplate, before: PodTemplate, resources: readonly string[]) => boolean> = {
  resources: (now, before, resources) =>
    resources.every((resource) => requestOf(now, resource) <= requestOf(before, resource)),
  nodes: (now, before) => isAlike(nodesOf(now), nodesOf(before)),
  // Where it may go decides which taints it meets.
  tolerations: (now, before) =>
    isAlike(now.spec?.tolerations ?? [], before.spec?.tolerations ?? []) && isAlike(nodesOf(now), nodesOf(before)),
  "pod affinity": (now, before) => isAlike(podAffinityOf(now), podAffinityOf(before)),
  spread: (now, before) => isAlike(spreadOf(now), spreadOf(before)),
  "host ports": (now, before) => {
    const earlier = new Set(hostPortsOf(before));
    return hostPortsOf(now).every((port) => earlier.has(port));
  },
  volumes: (now, before) => isAlike(claimsOf(now), claimsOf(before)) && isAlike(nodesOf(now), nodesOf(before)),
  "resource claims": (now, before) => isAlike(deviceClaimsOf(now), deviceClaimsOf(before)),
  "node name": (now, before) => now.spec?.nodeName === before.spec?.nodeName,
  "fargate support": (now, before) =>
    isAlike([securityOf(now), volumesOf(now)], [securityOf(before), volumesOf(before)]),
};

function podAffinityOf({ metadata, spec }: PodTemplate): unknown {
  const { podAffinity, podAntiAffinity } = spec?.affinity ?? {};
  const required = [podAffinity, podAntiAffinity].map((terms) => terms?.requiredDuringSchedulingIgnoredDuringExecution);
  return [metadata?.labels, required];
}

function spreadOf(template: PodTemplate): unknown {
  return [template.metadata?.labels, template.spec?.topologySpreadConstraints, nodesOf(template)];
}

/** All that the scheduler asks a template for. */
function schedulingOf(template: PodTemplate): unknown {
  const { spec } = template;
  return [
    [spec?.nodeSelector, spec?.affinity, spec?.tolerations, spec?.topologySpreadConstraints, spec?.nodeName],
    [spec?.priorityClassName, spec?.schedulerName, spec?.resourceClaims, volumesOf(template), hostPortsOf(template)],
    [spec?.resources?.requests, containersOf(template).map(({ resources }) => resources?.requests)],
  ];
}
