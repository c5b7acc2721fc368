import { kindOf } from "../../kinds/kinds.ts";
import { NODE_LOST, OF_ITS_NODE } from "../../kinds/failing/pod-failures.ts";
import { resourceOf } from "../../kinds/workloads.ts";
import { readyOf } from "../../shared/kubernetes/nodes.ts";
import type { Node } from "../../shared/kubernetes/types.ts";
import { bounded, count, some } from "../../shared/text.ts";
import type { FailingPod } from "../../facts/case.ts";
import { failureLines } from "../../facts/failure-lines.ts";
import { goBackOrTell } from "../brought.ts";
import { refusalOf, refusedLikewise, refusedSinceRollout } from "../creation.ts";
import { heldBack } from "../gated.ts";
import { eventLines } from "../../facts/sayings.ts";
import { CREATION_WORDS } from "../../facts/words/creation.ts";
import { once, reportOnly, rolloutLines, type Cause } from "./cause.ts";
import { FAILED_POD_CAUSES } from "./failed-pods.ts";
import { ROLLOUT_CAUSES } from "./rollout.ts";

/** How much of what a node says of itself is told. */
const MAX_WORDS = 200;

const QUOTA = { action: "quota", reason: "the quota is somebody's decision" };

/** What refuses pods is somebody's decision, and is not changed for them; by the meaning of the words. */
const DECISIONS: ReadonlyMap<string | undefined, { action: string; reason: string }> = new Map([
  ["quota", QUOTA],
  ["quota_unsaid", QUOTA],
  ["limit_range", { action: "limit range", reason: "the LimitRange is somebody's decision" }],
  ["pod_security", { action: "label", reason: "the namespace's level is somebody's decision" }],
]);

/** Nobody can say what has become of the pods. */
export const NODE_CAUSES: readonly Cause[] = [
  {
    name: "NodeLost",
    looksLike: "The node has stopped reporting (Ready=Unknown), or the pod's status says NodeLost or Unknown.",
    response: "Report the node; the controllers replace the pods by their own rules.",
    rejected: [{ action: "delete", reason: "the pod may still run on the node that nobody can ask" }],
    diagnose: ({ failing, leftovers }) => {
      const lost = [...failing, ...leftovers];
      // The end of a container may be "Unknown", too, of which a node tells that has come back.
      const isLost = ({ pod, failures }: FailingPod) =>
        pod.status?.phase === "Unknown" || failures.some(({ reason }) => reason === NODE_LOST);
      if (lost.length === 0 || !lost.every(isLost)) return undefined;
      return {
        confidence: "high",
        summary: `${count(lost.length, "pod")} on a node that has stopped reporting.`,
        evidence: failureLines(lost),
        tries: once(reportOnly(lostAdvice(lost))),
      };
    },
  },
  {
    name: "OnNodeNotReady",
    looksLike:
      "Pods are late in no way of their own, and each is on a node that says of itself that it is not ready (Ready=False), since about then.",
    response: "Report the node, with the kubelet's own words.",
    rejected: [
      { action: "restart", reason: "a node that is not ready may end no pod, and start none" },
      { action: "rollback", reason: "nothing says that the pod template has to do with it" },
    ],
    diagnose: ({ failing, leftovers, evidence: { surroundings } }) => {
      const all = [...failing, ...leftovers];
      if (all.length === 0 || !all.every(isOfItsNode)) return undefined;
      const names = namesOf(all);
      const words = surroundings.nodes.flatMap((node) =>
        names.includes(node.metadata?.name ?? "") ? wordsOf(node) : [],
      );
      return {
        confidence: "high",
        summary: `${count(all.length, "pod")} on ${names.length === 1 ? "a node that is" : "nodes that are"} not ready.`,
        evidence: [...failureLines(all), ...words],
        tries: once(reportOnly(unreadyAdvice(names))),
      };
    },
  },
];

/** Whether nothing else is known of a failing pod than that its node is not ready, or lost. */
function isOfItsNode({ failures }: FailingPod): boolean {
  return failures.every(({ reason }) => OF_ITS_NODE.has(reason));
}

/** What the kubelet of a node says of why it is not ready. */
function wordsOf(node: Node): string[] {
  const ready = readyOf(node);
  const words = [ready?.reason, ready?.message].filter(Boolean).join(": ");
  return ready?.status !== "False" || words === ""
    ? []
    : [`node ${node.metadata?.name ?? ""}: ${bounded(words, MAX_WORDS)}`];
}

function unreadyAdvice(names: readonly string[]): string {
  const [name = ""] = names;
  const which = names.length === 1 ? `node ${name}: kubectl describe node ${name}` : `nodes ${some([...names], 3)}`;
  return `Look at ${which}, and at the kubelet there. Repair it, or drain and replace it.`;
}

/** What to do about the node of lost pods, by its name where they tell it. */
function lostAdvice(lost: readonly FailingPod[]): string {
  const names = namesOf(lost);
  const [name] = names;
  if (name === undefined) return `Look at the node: kubectl get nodes. ${REPAIR}`;
  if (names.length === 1) return `Look at node ${name}: kubectl describe node ${name}. ${REPAIR}`;
  return `Look at nodes ${some(names, 3)}: kubectl get nodes. Repair each, or delete it once it is certain that it is off.`;
}

/** The nodes of failing pods, by their names. */
function namesOf(pods: readonly FailingPod[]): string[] {
  return [...new Set(pods.flatMap(({ pod }) => pod.spec?.nodeName ?? []))].sort();
}

const REPAIR = "Repair it, or delete it once it is certain that it is off.";

/** What nodes and controllers do to pods, or cannot do. */
export const WORKLOAD_CAUSES: readonly Cause[] = [
  {
    name: "CannotCreatePods",
    looksLike:
      "FailedCreate, in the status or in the controller's Events: a quota, a policy or an admission webhook refuses new pods.",
    response: "Roll back when the present revision brought it; otherwise report who refuses the pods, and why.",
    words: CREATION_WORDS,
    rejected: [{ action: "restart", reason: "a pod that is deleted could not be created again" }],
    diagnose: (facts) => {
      const { own, failing, evidence } = facts;
      const refusal = failing.length > 0 ? undefined : refusalOf(facts);
      if (refusal === undefined) return undefined;
      const { meaning, sayings } = refusal;
      const lines = failureLines([], own);
      const { workload } = evidence.incident;
      const unknown = `What refuses them says why: kubectl -n ${workload.namespace} describe ${resourceOf(workload)} ${workload.name}.`;
      const since = refusedSinceRollout(facts, refusal) && meaning?.outside !== true;
      return {
        confidence: "high",
        summary: `Its controller may not create pods${meaning === undefined ? "" : `: ${meaning.means}`}.`,
        evidence: [...lines, ...eventLines(sayings.slice(0, 1), lines), ...rolloutLines(facts)],
        tries: once(goBackOrTell(facts, since, meaning?.advice ?? unknown, refusedLikewise(refusal))),
        rejected: [DECISIONS.get(meaning?.name) ?? []].flat(),
      };
    },
  },
  ...FAILED_POD_CAUSES,
  ...ROLLOUT_CAUSES,
  {
    name: "RolloutStuck",
    looksLike: "A Deployment or a Rollout is past its progress deadline, though none of its pods fails.",
    response: "Report.",
    rejected: [{ action: "rollback", reason: "that the new revision is bad is not known" }],
    diagnose: (facts) => {
      const { failing, own, evidence } = facts;
      if (failing.length > 0 || !own.some(({ reason }) => reason === "ProgressDeadlineExceeded")) return undefined;
      const { namespace, name } = evidence.incident.workload;
      const look = kindOf(evidence.incident.workload)?.commands.look?.(namespace, name).join(" ") ?? "its status";
      const held = heldBack(evidence);
      return {
        confidence: held === undefined ? "low" : "medium",
        summary: `Its rollout is past its progress deadline, and none of its pods fails${held === undefined ? "" : `: ${held.means}`}.`,
        evidence: [...failureLines([], own), ...rolloutLines(facts)],
        tries: once(reportOnly(held?.advice ?? `Look at what it waits for: ${look}, and the pods' conditions.`)),
      };
    },
  },
  {
    name: "MissingReplicas",
    looksLike: "Replicas stay missing, though no pod fails.",
    response: "Report.",
    rejected: [{ action: "restart", reason: "the pods that are there are well" }],
    diagnose: ({ failing, own, evidence }) => {
      if (failing.length > 0 || !own.some(({ reason }) => reason === "MinimumReplicasUnavailable")) return undefined;
      const { workload } = evidence.incident;
      const held = heldBack(evidence);
      return {
        confidence: held === undefined ? "low" : "medium",
        summary: `It stays short of replicas, and none of its pods fails${held === undefined ? "" : `: ${held.means}`}.`,
        evidence: failureLines([], own),
        tries: once(
          reportOnly(
            held?.advice ??
              `Look in its events for why pods are missing: kubectl -n ${workload.namespace} describe ${resourceOf(workload)} ${workload.name}.`,
          ),
        ),
      };
    },
  },
];
