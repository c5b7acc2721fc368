import type { Case } from "../facts/case.ts";
import type { Evidence } from "../facts/evidence.ts";
import { enforcedLevel, enforcedSince, podSecurityViolations } from "../facts/pod-security.ts";
import { refersTo } from "../facts/references.ts";
import { madeAt } from "../facts/failed-pods.ts";
import { CREATION_WORDS } from "../facts/words/creation.ts";
import { meaningOf } from "../facts/words/meaning.ts";
import { kindOf } from "../kinds/kinds.ts";
import { conditionOf, type Condition } from "../kinds/status.ts";
import { eventSayings } from "../facts/sayings.ts";
import { controllerOf } from "../shared/kubernetes/owners.ts";
import type { Node, Pod } from "../shared/kubernetes/types.ts";
import type { PodTarget } from "../shared/refs.ts";
import { bounded, some } from "../shared/text.ts";
import { noRoomForAnother } from "./quota-room.ts";

/** How many names a sentence holds. */
const NAMED = 3;
/** How long the words of the API server may be in a sentence. */
const MAX_WORDS = 300;
const FAILED_CREATE = "FailedCreate";
const HOSTNAME = "kubernetes.io/hostname";

/** What is known of one pod that is to be evicted. */
interface Leaving {
  facts: Case;
  pod: Pod;
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
    const one = { facts, pod, before: leaving.slice(0, index) };
    const why = RULES.map((rule) => rule(one)).find((found) => found !== undefined);
    if (why !== undefined) return `Not restarted: ${why}`;
  }
  return undefined;
}

/** Its controller could not make the last pod that it tried to make. */
function refusedAlready({ facts: { evidence }, pod }: Leaving): string | undefined {
  const message = lastRefusal(evidence, pod);
  if (message === undefined) return undefined;
  const meaning = meaningOf(CREATION_WORDS, [{ reason: FAILED_CREATE, message }]);
  // What the API server did not take in time, it takes the next time.
  if (meaning?.name === "api") return undefined;
  const why = meaning === undefined ? "" : `: ${meaning.means}`;
  return `its controller could not make a further pod when it tried last${why} (${bounded(message, MAX_WORDS)}). What is evicted would not come back. ${meaning?.advice ?? "See to it that pods can be made first."}`;
}

/** By the status of a ReplicaSet; of other controllers by a warning that is newer than every pod of theirs. */
function lastRefusal(evidence: Evidence, { metadata }: Pod): string | undefined {
  const { holders, pods } = evidence;
  const uid = controllerOf(metadata)?.uid ?? "";
  const holder = holders.find((one) => one.metadata?.uid === uid);
  if (holder !== undefined) {
    const { conditions } = (holder as { status?: { conditions?: Condition[] } }).status ?? {};
    const { status, reason, message = "" } = conditionOf(conditions, "ReplicaFailure") ?? {};
    return status === "True" && reason === FAILED_CREATE ? message : undefined;
  }
  const made = pods.filter((other) => controllerOf(other.metadata)?.uid === uid).map(madeAt);
  return eventSayings(evidence, new Set([uid]), new Set([FAILED_CREATE]), Math.max(...made))[0]?.message;
}

/** A quota of its namespace was lowered below what is in use. */
function quotaExceeded({ facts: { evidence }, pod }: Leaving): string | undefined {
  const full = evidence.surroundings.quotas
    .map((quota) => noRoomForAnother(quota, pod))
    .find((line) => line !== undefined);
  return full === undefined
    ? undefined
    : `${full}, so that no pod could take the place of ${nameOf(pod)}. Raise the quota, or free some of it first.`;
}

/** Its namespace was given a level that the pod violates after it was made. */
function tooInsecure({ facts: { evidence }, pod }: Leaving): string | undefined {
  const level = enforcedLevel(evidence.namespace);
  if (level === undefined || pod.spec === undefined) return undefined;
  const uid = controllerOf(pod.metadata)?.uid;
  const since = enforcedSince(evidence.namespace.metadata);
  // What was let in under the level is exempt from it.
  if (evidence.pods.some((other) => controllerOf(other.metadata)?.uid === uid && madeAt(other) > since))
    return undefined;
  const violations = podSecurityViolations(pod.spec, level);
  if (violations.length === 0) return undefined;
  return `its namespace enforces the Pod Security level ${level}, which pod ${nameOf(pod)} violates (${some(violations, NAMED)}), so that none like it may be made. Change the pod template, or have the level changed, first.`;
}

/** What it cannot start without is gone. */
function lacksConfig({ facts: { evidence }, pod }: Leaving): string | undefined {
  if (pod.spec === undefined) return undefined;
  const template = { spec: pod.spec };
  const gone = evidence.config.find(
    ({ state, optional, kind, name }) => state === "missing" && !optional && refersTo(template, { kind, object: name }),
  );
  if (gone === undefined) return undefined;
  return `${gone.kind} ${gone.name}, which pod ${nameOf(pod)} was started with, is not there, and no pod starts without it. Create it first.`;
}

/** It may run on one node alone, which takes no further pods. */
function boundToCordoned({ facts: { evidence }, pod }: Leaving): string | undefined {
  const node = cordonedNode(evidence, pod);
  if (node === undefined || !isBoundTo(pod, node)) return undefined;
  const name = node.metadata?.name ?? "";
  return `pod ${nameOf(pod)} may run on node ${name} alone, which is cordoned, so that none takes its place. Uncordon the node first (kubectl uncordon ${name}), or let its pods go elsewhere.`;
}

/** Others of the same template find no node, and what it frees is not what they lack. */
function findsNoNode({ facts, pod }: Leaving): string | undefined {
  const uid = controllerOf(pod.metadata)?.uid;
  const waiting = facts.failing.find(
    (other) =>
      controllerOf(other.pod.metadata)?.uid === uid && other.failures.some(({ reason }) => reason === "Unschedulable"),
  );
  const message = waiting?.failures.find(({ reason }) => reason === "Unschedulable")?.message ?? "";
  if (waiting === undefined) return undefined;
  const frees = message.includes("Insufficient ") && cordonedNode(facts.evidence, pod) === undefined;
  if (frees) return undefined;
  return `pod ${nameOf(waiting.pod)} of the same template finds no node (${bounded(message, MAX_WORDS)}), and what comes in the place of ${nameOf(pod)} may find none either. See to it that one takes it first.`;
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
  tooInsecure,
  lacksConfig,
  boundToCordoned,
  waitsForOthers,
  findsNoNode,
];

/** The pod's node, where that takes no further pods like it. */
function cordonedNode({ surroundings }: Evidence, { spec }: Pod): Node | undefined {
  const node = surroundings.nodes.find(({ metadata }) => metadata?.name === spec?.nodeName);
  const isTolerated = (spec?.tolerations ?? []).some(
    ({ key, operator, effect = "" }) =>
      (effect === "" || effect === "NoSchedule") &&
      (key === "node.kubernetes.io/unschedulable" || ((key ?? "") === "" && operator === "Exists")),
  );
  return node?.spec?.unschedulable === true && !isTolerated ? node : undefined;
}

/** Whether what the pod asks of its node is true of this one alone, by its name. */
function isBoundTo({ spec }: Pod, { metadata }: Node): boolean {
  const name = metadata?.name ?? "";
  const hostname = metadata?.labels?.[HOSTNAME] ?? name;
  if (spec?.nodeSelector?.[HOSTNAME] === hostname) return true;
  const required = spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const isOnly = (values: readonly string[] | undefined, value: string) => values?.length === 1 && values[0] === value;
  const terms = required?.nodeSelectorTerms ?? [];
  return (
    terms.length > 0 &&
    terms.every(
      ({ matchExpressions = [], matchFields = [] }) =>
        matchExpressions.some(
          ({ key, operator, values }) => key === HOSTNAME && operator === "In" && isOnly(values, hostname),
        ) ||
        matchFields.some(
          ({ key, operator, values }) => key === "metadata.name" && operator === "In" && isOnly(values, name),
        ),
    )
  );
}

function nameOf({ metadata }: Pod): string {
  return metadata?.name ?? "";
}
