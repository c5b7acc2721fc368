import type { Case, FailingPod } from "../facts/case.ts";
import type { Evidence } from "../facts/evidence.ts";
import { neededBy } from "../facts/absent.ts";
import { comesBackUpdated } from "../facts/comes-back-updated.ts";
import { enforcedLevel, isExempt, podSecurityViolations } from "../facts/pod-security.ts";
import { claimsOf } from "../facts/going-claims.ts";
import { IMAGE_REASONS } from "../facts/image.ts";
import { refersTo } from "../facts/references.ts";
import { madeAt } from "../facts/failed-pods.ts";
import { CREATION_WORDS } from "../facts/words/creation.ts";
import { meaningOf } from "../facts/words/meaning.ts";
import { kindOf } from "../kinds/kinds.ts";
import { conditionOf, type Condition } from "../kinds/status.ts";
import { eventSayings } from "../facts/sayings.ts";
import { controllerOf } from "../shared/kubernetes/owners.ts";
import { isChanged } from "../shared/kubernetes/pods.ts";
import type { Node, Pod, PodTemplate } from "../shared/kubernetes/types.ts";
import type { PodTarget } from "../shared/refs.ts";
import { bounded, some } from "../shared/text.ts";
import { closedTo, isBoundTo, isCordon, type ClosedNode } from "./closed-node.ts";
import { asksToStay, heldByFinalizers } from "./held-pod.ts";
import { beyondLimits } from "./limit-range.ts";
import { noRoomForAnother, noRoomForMore, unnamedAmounts } from "./quota-room.ts";

/** How many names a sentence holds. */
const NAMED = 3;
/** How long the words of the API server may be in a sentence. */
const MAX_WORDS = 300;
/** What the cluster itself says of a node, as a taint, goes with what it says. */
const OF_NODES = "node.kubernetes.io/";
const FAILED_CREATE = "FailedCreate";

/** What is known of one pod that is to be evicted. */
interface Leaving {
  facts: Case;
  pod: Pod;
  /** What would be made in its place: the same, or a pod of the present template. */
  next: Pod;
  /** Those that go before it. */
  before: readonly Pod[];
}

/**
 * Why nothing could take the place of one of these pods once it is evicted, in sentences; undefined where nothing that was read
 * speaks against it. Even a pod that fails may serve a part of what it is asked for, and one that is gone serves nothing.
 */
export function whyNoneComesBack(facts: Case, targets: readonly PodTarget[]): string | undefined {
  const { pods } = facts.evidence;
  const leaving = targets.flatMap(({ name }) => pods.find(({ metadata }) => metadata?.name === name) ?? []);
  for (const [index, pod] of leaving.entries()) {
    const one = { facts, pod, next: nextOf(facts, pod), before: leaving.slice(0, index) };
    const why = RULES.map((rule) => rule(one)).find((found) => found !== undefined);
    if (why !== undefined) return `Not restarted: ${why}`;
  }
  return undefined;
}

/** What is known of the pod that its controller would make in the place of this one. */
function nextOf(facts: Case, pod: Pod): Pod {
  const spec = comesBackUpdated(facts, pod) ? facts.evidence.workload?.spec?.template?.spec : undefined;
  return spec === undefined ? pod : { metadata: pod.metadata ?? {}, spec };
}

/** Its controller could not make the last pod that it tried to make. */
function refusedAlready({ facts: { evidence }, pod }: Leaving): string | undefined {
  const told = refusals(evidence, pod).map((message) => {
    return { message, meaning: meaningOf(CREATION_WORDS, [{ reason: FAILED_CREATE, message }]) };
  });
  // What the API server did not take in time, it takes the next time; and what it refused before that, it may refuse again.
  const refused = told.find(({ meaning }) => meaning?.name !== "api");
  if (refused === undefined) return undefined;
  const { message, meaning } = refused;
  const why = meaning === undefined ? "" : `: ${meaning.means}`;
  return `its controller could not make a further pod lately${why} (${bounded(message, MAX_WORDS)}). What is evicted may not come back. ${meaning?.advice ?? "See to it that pods can be made first."}`;
}

/**
 * Why it could not, the newest first: by warnings that are newer than every pod of its; of a ReplicaSet only where its status says so,
 * which keeps the words of the first refusal for as long as there are others.
 * Source: kubernetes pkg/controller/replicaset/replica_set_utils.go, calculateStatus
 */
function refusals(evidence: Evidence, { metadata }: Pod): string[] {
  const { holders, pods } = evidence;
  const uid = controllerOf(metadata)?.uid ?? "";
  const holder = holders.find((one) => one.metadata?.uid === uid);
  const made = pods.filter((other) => controllerOf(other.metadata)?.uid === uid).map(madeAt);
  const said = eventSayings(evidence, new Set([uid]), new Set([FAILED_CREATE]), Math.max(...made));
  const messages = said.map(({ message }) => message);
  if (holder === undefined) return messages;
  const { conditions } = (holder as { status?: { conditions?: Condition[] } }).status ?? {};
  const { status, reason, message = "" } = conditionOf(conditions, "ReplicaFailure") ?? {};
  return status === "True" && reason === FAILED_CREATE ? [...messages, message] : [];
}

/** A quota of its namespace was lowered below what is in use. */
function quotaExceeded({ facts: { evidence }, pod, next }: Leaving): string | undefined {
  const full = evidence.surroundings.quotas
    .map((quota) => noRoomForAnother(quota, next))
    .find((line) => line !== undefined);
  return full === undefined
    ? undefined
    : `${full}, so that no pod could take the place of ${nameOf(pod)}. Raise the quota, or free some of it first.`;
}

/**
 * What is made in its place may take more of a quota than it gives back: its template has other amounts than a pod that was resized,
 * or that was made from an earlier one.
 */
function quotaTooSmall({ facts, pod, next }: Leaving): string | undefined {
  const isOther = next !== pod || isChanged(pod);
  const template = isOther ? templateOf(facts, pod, next) : undefined;
  if (template === undefined) return undefined;
  const full = facts.evidence.surroundings.quotas
    .map((quota) => noRoomForMore(quota, pod, template))
    .find((line) => line !== undefined);
  if (full === undefined) return undefined;
  return `what takes the place of pod ${nameOf(pod)} may ask for more than that does, as its template has it, and ${full}. Raise the quota, free some of it, or give the template the amounts of the pod first.`;
}

/** A quota of its namespace has every container name what this one, made before that, does not. */
function quotaUnnamed(leaving: Leaving): string | undefined {
  const { facts, pod, next } = leaving;
  const { pods, surroundings } = facts.evidence;
  const later = pods.filter((other) => madeAt(other) > madeAt(pod) && isMadeAlike(leaving, other));
  for (const quota of surroundings.quotas) {
    // What a pod has beyond its template was given to it, and may be to the next one.
    const lackedBy = [pod, ...later].map((made) => new Set(unnamedAmounts(quota, made, madeAt(made))));
    const lacking = unnamedAmounts(quota, next).filter((amount) => lackedBy.every((unnamed) => unnamed.has(amount)));
    if (lacking.length === 0) continue;
    return `quota ${quota.metadata?.name ?? ""} has every container name ${some(lacking, NAMED)}, and not every one of pod ${nameOf(pod)} does, so that none like it is made, unless a LimitRange of the namespace gives what it lacks. Name it in the pod template first.`;
  }
  return undefined;
}

/** A LimitRange of its namespace was narrowed since it was made. */
function beyondLimitRange({ facts, pod, next }: Leaving): string | undefined {
  const template = templateOf(facts, pod, next);
  const beyond = template === undefined ? undefined : beyondLimits(facts, template);
  if (beyond === undefined) return undefined;
  return `${beyond} in the pod template, so that none takes the place of ${nameOf(pod)}. Change the pod template, or have the LimitRange changed, first.`;
}

/** What the next pod is made from: the present template, or that of the revision that its controller would make it from again. */
function templateOf(
  { evidence: { incident, workload }, templates }: Case,
  pod: Pod,
  next: Pod,
): PodTemplate | undefined {
  const history = kindOf(incident.workload)?.history;
  if (next !== pod || history === undefined) return workload?.spec?.template;
  return [...templates].find(([revision]) => history.isMadeFrom(pod, revision))?.[1];
}

/** Its namespace was given a level that its next pod violates. */
function tooInsecure({ facts: { evidence }, pod, next }: Leaving): string | undefined {
  const level = enforcedLevel(evidence.namespace);
  if (level === undefined || next.spec === undefined) return undefined;
  const uid = controllerOf(pod.metadata)?.uid;
  const own = evidence.pods.filter((other) => controllerOf(other.metadata)?.uid === uid);
  if (isExempt(evidence.namespace, level, own)) return undefined;
  const violations = podSecurityViolations(next.spec, level);
  if (violations.length === 0) return undefined;
  const what = next === pod ? `pod ${nameOf(pod)}` : "the pod template";
  return `its namespace enforces the Pod Security level ${level}, which ${what} violates (${some(violations, NAMED)}), so that none like it may be made. Change the pod template, or have the level changed, first.`;
}

/** What none like it is made without is gone. */
function lacksWhatItNames({ facts, pod, next }: Leaving): string | undefined {
  const { evidence } = facts;
  const named = next.spec === undefined ? [] : neededBy(next.spec);
  const needed = named.filter(({ kind, name }) => kind !== "PriorityClass" || isOfTemplate(facts, name));
  const gone = evidence.absent?.find(({ kind, name }) =>
    needed.some((object) => object.kind === kind && object.name === name),
  );
  if (gone === undefined) return undefined;
  const what = next === pod ? `pod ${nameOf(pod)}` : "the pod template";
  return `${gone.kind} ${gone.name}, which ${what} names, does not exist, so that none like it can be made. Create it first.`;
}

/**
 * Whether a template asks for that priority: a pod has that of the default class by its name otherwise, and the next one that of
 * another default, or none. Source: kubernetes plugin/pkg/admission/priority
 */
function isOfTemplate({ evidence: { workload }, templates }: Case, priority: string): boolean {
  return [workload?.spec?.template, ...templates.values()].some((made) => made?.spec?.priorityClassName === priority);
}

/** What it cannot start without is gone. */
function lacksConfig({ facts: { evidence }, pod, next }: Leaving): string | undefined {
  if (next.spec === undefined) return undefined;
  const template = { spec: next.spec };
  const gone = [...evidence.config, ...(evidence.neededByPods ?? [])].find(
    ({ state, optional, kind, name }) => state === "missing" && !optional && refersTo(template, { kind, object: name }),
  );
  if (gone === undefined) return undefined;
  const what = next === pod ? `pod ${nameOf(pod)} was started with` : "the pod template asks for";
  return `${gone.kind} ${gone.name}, which ${what}, is not there, and no pod starts without it. Create it first.`;
}

/** Somebody has deleted a claim of it, which is there only as long as the pod is. */
function losesClaim({ facts: { evidence }, pod }: Leaving): string | undefined {
  const going = claimsOf(pod).filter((name) => evidence.goingClaims?.includes(name) === true);
  if (going.length === 0) return undefined;
  const [claim, is, it] = going.length === 1 ? ["claim", "is", "it"] : ["claims", "are", "them"];
  return `its ${claim} ${some(going, NAMED)} ${is} being deleted, and only pods such as ${nameOf(pod)} that use ${it} hold that up: what is on the volume may go with the pod. Save that first, or delete the pod by hand if it is meant to go.`;
}

/**
 * It asks for a label by its selector that its own node has not kept: other nodes may have lost it as well. What is made from another
 * template may be meant for other nodes.
 */
function selectsLabelThatIsGone(leaving: Leaving): string | undefined {
  const { pod, next } = leaving;
  const node = nodeOf(leaving);
  const gone = Object.entries((next === pod ? pod.spec?.nodeSelector : undefined) ?? {}).filter(
    ([key, value]) => node !== undefined && node.metadata?.labels?.[key] !== value,
  );
  if (node === undefined || gone.length === 0) return undefined;
  const labels = some(
    gone.map(([key, value]) => `${key}=${value}`),
    NAMED,
  );
  return `what comes in the place of pod ${nameOf(pod)} selects nodes by ${labels}, which its node ${nameOf(node)} does not have, and whether any other does is not known. See to it that one does first.`;
}

/** It may run on one node alone, which takes no further pods. */
function boundToItsNode(leaving: Leaving): string | undefined {
  const closed = closedNode(leaving);
  if (closed === undefined || !isBoundTo(placed(leaving), closed.node)) return undefined;
  const { why, first } = wordsFor(closed);
  return `pod ${nameOf(leaving.pod)} may run on node ${nameOf(closed.node)} alone, which ${why}, so that none takes its place. ${first}, or let its pods go elsewhere.`;
}

/** Its volumes may be on its node, which takes no further pods; what is known of a claim does not tell where its volume can be used. */
function boundByVolumes(leaving: Leaving): string | undefined {
  const closed = closedNode(leaving);
  const claims = claimsOf(leaving.pod);
  if (closed === undefined || claims.length === 0) return undefined;
  const { why, first } = wordsFor(closed);
  const [volume, is] = claims.length === 1 ? ["volume", "is"] : ["volumes", "are"];
  return `node ${nameOf(closed.node)} of pod ${nameOf(leaving.pod)} ${why}, and whether its ${volume} (${some(claims, NAMED)}) can be used on another ${is} not known: a local one cannot. ${first}, or delete the pod by hand once it is known that another node can.`;
}

/** Why a node takes no pods, and what is to be done first. */
function wordsFor({ node, taint }: ClosedNode): { why: string; first: string } {
  const { key, effect } = taint;
  if (isCordon(taint))
    return { why: "is cordoned", first: `Uncordon the node first (kubectl uncordon ${nameOf(node)})` };
  const why = `has a taint that it does not tolerate (${key}:${effect})`;
  if (!key.startsWith(OF_NODES)) return { why, first: "Take the taint off, or have it tolerated, first" };
  return { why, first: `See to the node first (kubectl describe node ${nameOf(node)})` };
}

/** Others that are made alike find no node, and what it frees is not what they lack. */
function findsNoNode(leaving: Leaving): string | undefined {
  const { facts, pod } = leaving;
  // What has no node itself loses none.
  if (pod.spec?.nodeName === undefined) return undefined;
  const waiting = facts.failing.find(
    (other) => isMadeAlike(leaving, other.pod) && other.failures.some(({ reason }) => reason === "Unschedulable"),
  );
  const message = waiting?.failures.find(({ reason }) => reason === "Unschedulable")?.message ?? "";
  if (waiting === undefined) return undefined;
  const frees = message.includes("Insufficient ") && closedNode(leaving) === undefined;
  if (frees) return undefined;
  return `pod ${nameOf(waiting.pod)} of the same template finds no node (${bounded(message, MAX_WORDS)}), and what comes in the place of ${nameOf(pod)} may find none either. See to it that one takes it first.`;
}

/** Others that were made alike since wait for their image, which it has. */
function getsNoImage(leaving: Leaving): string | undefined {
  const { facts, pod } = leaving;
  const pull = (one: FailingPod) => one.failures.find(({ reason }) => IMAGE_REASONS.has(reason));
  if (facts.failing.some((one) => one.pod === pod && pull(one) !== undefined)) return undefined;
  const waiting = facts.failing.find(
    (other) => pull(other) !== undefined && madeAt(other.pod) > madeAt(pod) && isMadeAlike(leaving, other.pod),
  );
  if (waiting === undefined) return undefined;
  const { reason = "", message = "" } = pull(waiting) ?? {};
  return `pod ${nameOf(waiting.pod)} of the same template, which was made later, waits for an image (${bounded(`${reason}: ${message}`, MAX_WORDS)}), and what comes in the place of ${nameOf(pod)} may wait for it as well. See to it that it can be pulled first.`;
}

/** Whether a pod was made from what the next one will be made from. */
function isMadeAlike({ facts: { evidence, current }, pod, next }: Leaving, other: Pod): boolean {
  const history = kindOf(evidence.incident.workload)?.history;
  if (controllerOf(other.metadata)?.uid !== controllerOf(pod.metadata)?.uid) return false;
  if (next !== pod) return history?.isMadeFrom(other, current?.name ?? "") === true;
  return history === undefined || history.markOf(other) === history.markOf(pod);
}

/** The pod's node, where that takes none in its place. */
function closedNode(leaving: Leaving): ClosedNode | undefined {
  const node = nodeOf(leaving);
  return node === undefined ? undefined : closedTo(node, placed(leaving));
}

function nodeOf({ facts, pod }: Leaving): Node | undefined {
  return facts.evidence.surroundings.nodes.find(({ metadata }) => metadata?.name === pod.spec?.nodeName);
}

/** Its controller makes it again once the pods before it are ready alone. */
function waitsForOthers({ facts: { evidence }, pod, before }: Leaving): string | undefined {
  const { incident, workload, pods } = evidence;
  if (workload === undefined) return undefined;
  const first = kindOf(incident.workload)?.madeAfter?.(workload, pod, pods);
  if (first === undefined || before.some((other) => nameOf(other) === first)) return undefined;
  return `its controller makes pod ${nameOf(pod)} again only once ${first} is ready, which it is not. Mend that one first.`;
}

const RULES: readonly ((leaving: Leaving) => string | undefined)[] = [
  refusedAlready,
  quotaExceeded,
  quotaTooSmall,
  quotaUnnamed,
  beyondLimitRange,
  tooInsecure,
  lacksWhatItNames,
  lacksConfig,
  losesClaim,
  ({ facts, pod }) => heldByFinalizers(facts.evidence, pod) ?? asksToStay(facts.evidence, pod),
  selectsLabelThatIsGone,
  boundToItsNode,
  boundByVolumes,
  waitsForOthers,
  findsNoNode,
  getsNoImage,
];

/** The pod that tells where the next one may run: a DaemonSet's controller adds to each what the template does not say. */
function placed({ facts: { evidence }, pod, next }: Leaving): Pod {
  return kindOf(evidence.incident.workload)?.onePerNode === true ? pod : next;
}

function nameOf({ metadata }: Pod | Node): string {
  return metadata?.name ?? "";
}
