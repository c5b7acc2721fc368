import type { Case, FailingPod } from "../../facts/case.ts";
import { failingFor } from "../../facts/case.ts";
import type { Evidence } from "../../facts/evidence.ts";
import { comesBackUpdated } from "../../facts/comes-back-updated.ts";
import { leftVolumes, lostVolumes } from "../../facts/lost-volumes.ts";
import { notToSpare } from "../../facts/spare-pods.ts";
import { podFailures } from "../../kinds/failing/pod-failures.ts";
import { kindOf } from "../../kinds/kinds.ts";
import { isLeftover, isReady, isTerminating } from "../../shared/kubernetes/pods.ts";
import type { Policy } from "../../shared/policy.ts";
import type { PodTarget } from "../../shared/refs.ts";
import { some } from "../../shared/text.ts";
import type { NoRemedy } from "../remedy.ts";
import { MAX_NAMED_VOLUMES, type RequestedRestart, type RestartPlan } from "./contract.ts";

/** How many names a sentence holds. */
const IN_SENTENCE = 3;

/** Replaces these pods through the Eviction API, by their names: `db-2` goes before `db-10`, which is made after it. */
function evictPods(pods: FailingPod[], { evidence: { workload, incident }, templates, policy }: Case): RestartPlan {
  const inOrder = pods.toSorted((a, b) => byNumber.compare(a.pod.metadata?.name ?? "", b.pod.metadata?.name ?? ""));
  const all = [workload?.spec?.template, ...templates.values()];
  const lost = new Set(pods.flatMap(({ pod }) => all.flatMap((template) => lostVolumes(pod, template))));
  const left = new Set(
    pods.flatMap(({ pod }) => all.flatMap((template) => leftVolumes(pod, template, incident.workload))),
  );
  return {
    action: "restart",
    mode: "evict",
    ...(lost.size === 0 ? {} : { lost_volumes: [...lost].slice(0, MAX_NAMED_VOLUMES) }),
    ...(left.size === 0 ? {} : { left_volumes: [...left].slice(0, MAX_NAMED_VOLUMES) }),
    pods: targets(inOrder, policy),
  };
}

const byNumber = new Intl.Collator("en", { numeric: true });

/** Replaces these pods, save where somebody may be at work in one of them. */
export function replacePods(pods: FailingPod[], facts: Case): RestartPlan | NoRemedy {
  const debugged = pods.flatMap(({ pod }) => {
    const running = (pod.status?.ephemeralContainerStatuses ?? []).filter(({ state }) => state?.running != null);
    return running.map(({ name }) => `${name} in pod ${pod.metadata?.name ?? ""}`);
  });
  if (debugged.length === 0) return evictPods(pods, facts);
  return {
    action: "none",
    refusal: "NoSafeRemedy",
    message: `Not restarted: somebody may be debugging there, since an ephemeral container runs (${some(debugged, IN_SENTENCE)}), and a restart would end that. Delete the pod by hand, or ask for its restart, when nobody needs it any more.`,
  };
}

/**
 * Replaces the pods that fail for one of these reasons; others that fail beside them are left alone. Not where it would roll
 * the present template out to pods that do not have it yet: that is a step of an update, and no restart.
 */
export function restartFailing(facts: Case, reasons: ReadonlySet<string>): RestartPlan | NoRemedy {
  const pods = failingFor(facts.failing, reasons);
  const updated = pods.filter(({ pod }) => comesBackUpdated(facts, pod));
  if (updated.length === 0) return replacePods(pods, facts);
  const names = some(
    updated.map(({ pod }) => pod.metadata?.name ?? ""),
    IN_SENTENCE,
  );
  return {
    action: "none",
    refusal: "NoSafeRemedy",
    message: `Not restarted: what comes in the place of ${names} would be made from the present pod template, which it was not made from: that would be a step of an update. Delete it by hand if that is meant.`,
  };
}

/** Deletes the records of pods that have already failed for good. */
export function cleanUpPods(leftovers: FailingPod[], policy: Policy): RestartPlan {
  return { action: "restart", mode: "clean_up", pods: targets(leftovers, policy) };
}

/** The restart that a runbook asks for. */
export function requestedRestart({ pod: name, uid }: RequestedRestart, facts: Case): RestartPlan | NoRemedy {
  const { evidence, policy } = facts;
  const pod = evidence.pods.find((candidate) => candidate.metadata?.name === name);
  if (uid !== undefined && pod?.metadata?.uid !== undefined && pod.metadata.uid !== uid) {
    const message = `Pod ${name} was replaced since it was asked for: the pod of that name is another one by now.`;
    return { action: "none", refusal: "AlreadyAsRequested", message };
  }
  if (pod === undefined || pod.metadata?.deletionTimestamp !== undefined) {
    return { action: "none", refusal: "AlreadyAsRequested", message: `Pod ${name} is gone or being deleted already.` };
  }
  const target = [{ pod, failures: podFailures(pod) }];
  if (isLeftover(pod)) return cleanUpPods(target, policy);
  const needed = isReady(pod) ? whyNeeded(evidence) : undefined;
  return needed === undefined ? evictPods(target, facts) : tooFewReady(name, needed);
}

function whyNeeded({ incident, workload, pods }: Evidence): string | undefined {
  const kind = kindOf(incident.workload);
  if (kind === undefined || workload === undefined) return undefined;
  return notToSpare(kind, workload, pods.filter((pod) => isReady(pod) && !isTerminating(pod)).length);
}

/** A pod that is ready, and is needed. */
export function tooFewReady(pod: string, why: string) {
  return {
    action: "none",
    refusal: "TooFewReady",
    message: `Pod ${pod} is ready and was left alone: ${why}. Ask again once more of them are ready, or delete it by hand if it has to go now.`,
  } as const;
}

function targets(pods: FailingPod[], policy: Policy): PodTarget[] {
  return pods
    .slice(0, policy.restart.max_pods)
    .map(({ pod }) => ({ name: pod.metadata?.name ?? "", uid: pod.metadata?.uid ?? "" }));
}
