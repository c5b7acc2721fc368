import { isReady, isTerminating } from "../pod-facts.ts";
import type { Job, Pod } from "../types.ts";
import { apiTime } from "../clock.ts";
import { JOBS, PODS } from "../kinds.ts";
import type { Store } from "../store.ts";
import { controlledBy, fromKey, isBeingDeleted, ownKeys, type Controller } from "./controller.ts";
import { EventRecorder } from "./events.ts";
import { createPod, deletePod, isActive, podFromTemplate } from "./pods.ts";
import { createInBatches } from "./replicaset.ts";
import { conditionOf, withoutZeros, writeStatus } from "./status.ts";

/** How long a Job waits after a failed pod; doubled with each further one. */
const FIRST_BACK_OFF_SECONDS = 10;
const LAST_BACK_OFF_SECONDS = 600;

type JobStatus = NonNullable<Job["status"]>;
type Condition = NonNullable<JobStatus["conditions"]>[number];

interface Verdict {
  reason: string;
  message: string;
  failed: boolean;
}

/**
 * Runs the pods of Jobs until enough have succeeded, or too many have failed.
 * Source of the rules, the reasons and the messages: kubernetes pkg/controller/job/job_controller.go
 */
export function jobController(store: Store): Controller {
  const events = new EventRecorder(store, "job-controller");
  return {
    concernedBy: (change) => ownKeys(change, JOBS),
    reconcile: (key) => {
      const { namespace, name } = fromKey(key);
      const job = store.find<Job>(JOBS, namespace, name);
      if (job === undefined || isBeingDeleted(job) || isFinished(job)) return undefined;
      return run(store, events, job);
    },
  };
}

export function isFinished({ status }: Job): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: value }) => ["Complete", "Failed"].includes(type) && value === "True",
  );
}

function run(store: Store, events: EventRecorder, job: Job): number | undefined {
  const now = store.clock.now();
  const suspended = job.spec?.suspend === true;
  const pods = controlledBy<Pod>(store, PODS, job);
  const startTime = suspended ? undefined : (job.status?.startTime ?? apiTime(now));
  const found = verdict(job, pods, startTime, now);
  let refusal: Error | undefined;
  if (found !== undefined || suspended) {
    for (const pod of pods.filter(isActive)) deletePod(store, events, job, pod);
  } else if (backOff(pods, now) <= 0) {
    const missing = wantedPods(job, pods) - pods.filter(isActive).length;
    for (const pod of pods.filter(isActive).slice(0, Math.max(0, -missing))) deletePod(store, events, job, pod);
    refusal = createInBatches(missing, () => {
      createPod(store, events, job, podFromTemplate(job, job.spec?.template ?? {}));
    });
  }
  const newest = controlledBy<Pod>(store, PODS, job);
  const status = statusOf(job, newest, startTime, found, now);
  writeStatus(store, JOBS, job, status);
  if (found !== undefined && isFinished({ status })) {
    if (found.failed) events.warning(job, found.reason, found.message);
    else events.normal(job, "Completed", "Job completed");
  }
  if (refusal !== undefined) throw refusal;
  return again(job, pods, startTime, now);
}

/** How a Job ends; undefined while it goes on. */
function verdict(job: Job, pods: readonly Pod[], startTime: string | undefined, now: Date): Verdict | undefined {
  const { backoffLimit = 6, activeDeadlineSeconds, completions } = job.spec ?? {};
  const target = conditionOf(job.status?.conditions, "FailureTarget");
  if (target !== undefined) return { reason: target.reason ?? "", message: target.message ?? "", failed: true };
  if (countOf(job, pods, "Failed") > backoffLimit) {
    const message = "Job has reached the specified backoff limit";
    return { reason: "BackoffLimitExceeded", message, failed: true };
  }
  const deadline = activeDeadlineSeconds === undefined || startTime === undefined ? Infinity : activeDeadlineSeconds;
  if (secondsSince(startTime, now) >= deadline) {
    return { reason: "DeadlineExceeded", message: "Job was active longer than specified deadline", failed: true };
  }
  const enough = completions ?? 1;
  if (countOf(job, pods, "Succeeded") >= enough && !pods.some(isActive)) {
    return { reason: "CompletionsReached", message: "Reached expected number of succeeded pods", failed: false };
  }
  return undefined;
}

/** How many pods are to run now. */
function wantedPods(job: Job, pods: readonly Pod[]): number {
  const { parallelism = 1, completions } = job.spec ?? {};
  const succeeded = countOf(job, pods, "Succeeded");
  if (completions === undefined) return succeeded > 0 ? pods.filter(isActive).length : parallelism;
  return Math.min(parallelism, completions - succeeded);
}

/** How many pods have ended like that; one that somebody has deleted since counts as well. */
function countOf({ status }: Job, pods: readonly Pod[], phase: "Succeeded" | "Failed", besides = 0): number {
  const before = (phase === "Failed" ? status?.failed : status?.succeeded) ?? 0;
  return Math.max(before, pods.filter((pod) => pod.status?.phase === phase).length + besides);
}

/** For how many seconds no pod is made, because the last one has failed. */
function backOff(pods: readonly Pod[], now: Date): number {
  const ends = pods.filter(({ status }) => status?.phase === "Failed").map(endOf);
  if (ends.length === 0) return 0;
  const seconds = Math.min(FIRST_BACK_OFF_SECONDS * 2 ** (ends.length - 1), LAST_BACK_OFF_SECONDS);
  return (Math.max(...ends) - now.getTime()) / 1_000 + seconds;
}

function endOf({ metadata, status }: Pod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => state?.terminated?.finishedAt);
  return Math.max(...[metadata?.creationTimestamp, ...ends].map((time) => new Date(time ?? 0).getTime()));
}

function secondsSince(time: string | undefined, now: Date): number {
  return time === undefined ? 0 : (now.getTime() - new Date(time).getTime()) / 1_000;
}

/** A Job ends in two steps: what it comes to is said at once, that it has ended when its last pod is gone. */
function statusOf(
  job: Job,
  pods: readonly Pod[],
  startTime: string | undefined,
  found: Verdict | undefined,
  now: Date,
): JobStatus {
  const terminating = pods.filter(
    (pod) => isTerminating(pod) && !["Succeeded", "Failed"].includes(pod.status?.phase ?? ""),
  );
  const add = (conditions: Condition[], type: string) => withJobCondition(conditions, type, found, now);
  let conditions = job.status?.conditions ?? [];
  const finished = found !== undefined && terminating.length === 0;
  if (found !== undefined) conditions = add(conditions, found.failed ? "FailureTarget" : "SuccessCriteriaMet");
  if (finished) conditions = add(conditions, found.failed ? "Failed" : "Complete");
  return {
    ...withoutZeros({
      active: pods.filter(isActive).length,
      succeeded: countOf(job, pods, "Succeeded"),
      // Pods that are ended because the Job has failed have failed with it.
      failed: countOf(job, pods, "Failed", found?.failed === true ? terminating.length : 0),
    }),
    ready: pods.filter(isActive).filter(isReady).length,
    terminating: terminating.length,
    ...(startTime === undefined ? {} : { startTime }),
    ...(finished && !found.failed ? { completionTime: apiTime(now) } : {}),
    ...(conditions.length === 0 ? {} : { conditions }),
    uncountedTerminatedPods: {},
  };
}

function withJobCondition(conditions: Condition[], type: string, found: Verdict | undefined, now: Date): Condition[] {
  if (conditionOf(conditions, type) !== undefined) return conditions;
  const { reason = "", message = "" } = found ?? {};
  const time = apiTime(now);
  return [...conditions, { type, status: "True", reason, message, lastProbeTime: time, lastTransitionTime: time }];
}

function again({ spec }: Job, pods: readonly Pod[], startTime: string | undefined, now: Date): number | undefined {
  const waits = [backOff(pods, now)];
  const { activeDeadlineSeconds } = spec ?? {};
  if (activeDeadlineSeconds !== undefined) waits.push(activeDeadlineSeconds - secondsSince(startTime, now));
  const next = Math.min(...waits.filter((seconds) => seconds > 0));
  return next === Infinity ? undefined : next;
}
