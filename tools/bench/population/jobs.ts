import { CONTROLLERS, minutesBefore, ownedBy, randomOf, time, type Manifest, type Stored } from "./objects.ts";
import type { Plan, Planned } from "./plan.ts";
import { podOf } from "./pods.ts";
import { templateOf } from "./template.ts";
import { MINUTES_A_DAY, managerOf, birthOf, head, nodeFor } from "./parts.ts";

/** A CronJob, and its last run where that tells something. */
export function* cronJobObjects(plan: Plan, planned: Planned): Generator<Stored> {
  const { built, now } = plan.size;
  const random = randomOf(plan, planned, "self");
  const born = birthOf(plan, random);
  const [from, minutes] = planned.decoy === "succeeded-since" ? [now, 4] : [built, random.below(MINUTES_A_DAY / 2)];
  // On the minute, as its schedule has it, which is due again at the earliest half a day after the population was made.
  const lastRun = new Date((Math.floor(from.getTime() / 60_000) - minutes) * 60_000);
  const since = time(lastRun);
  const object: Manifest = {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: head(plan, planned, born, 1),
    spec: {
      schedule: `${lastRun.getUTCMinutes()} ${lastRun.getUTCHours()} * * *`,
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
      jobTemplate: { spec: { backoffLimit: 0, template: templateOf(plan, planned, 1, "Never") } },
    },
    status: { lastScheduleTime: since, lastSuccessfulTime: since },
  };
  const at = time(lastRun);
  yield { resource: "cronjobs", object, manager: managerOf(plan, planned), reported: { at, by: CONTROLLERS } };
  if (planned.failure === undefined && planned.decoy === undefined) return;
  yield* jobObjects(plan, planned, object);
}

/** A Job that has succeeded, runs, or has failed; of a CronJob only one that has failed. */
export function* jobObjects(plan: Plan, planned: Planned, cronJob: Manifest | undefined): Generator<Stored> {
  const { now, built } = plan.size;
  const random = randomOf(plan, planned, "job");
  const hasFailed = planned.failure !== undefined || cronJob !== undefined;
  const isRunning = planned.isRunning && !hasFailed;
  const started = hasFailed
    ? new Date(now.getTime() - 12 * 60_000)
    : new Date(built.getTime() - random.below(7 * MINUTES_A_DAY) * 60_000);
  const ended = hasFailed ? minutesBefore(now, 10) : time(new Date(started.getTime() + random.below(600) * 1_000));
  const metadata = head(plan, planned, started, 1);
  const condition = (type: string, more: object) => ({
    type,
    status: "True",
    lastProbeTime: ended,
    lastTransitionTime: ended,
    ...more,
  });
  const failed = { reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" };
  const uid = randomOf(plan, planned, "job-uid").uid();
  const name = cronJob === undefined ? planned.name : `${planned.name}-${Math.floor(started.getTime() / 60_000)}`;
  const labels = { "batch.kubernetes.io/job-name": name, "batch.kubernetes.io/controller-uid": uid };
  const template = templateOf(plan, planned, 1, "Never");
  const object: Manifest = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { ...metadata, name, uid, ...(cronJob === undefined ? {} : { ownerReferences: ownedBy(cronJob) }) },
    spec: {
      ...{ parallelism: 1, completions: 1, backoffLimit: 0 },
      manualSelector: true,
      selector: { matchLabels: { "batch.kubernetes.io/controller-uid": uid } },
      template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata.labels, ...labels } } },
    },
    status: {
      startTime: time(started),
      ...(isRunning ? { active: 1, ready: 1 } : { ready: 0 }),
      ...(hasFailed
        ? { failed: 1, conditions: [condition("FailureTarget", failed), condition("Failed", failed)] }
        : {}),
      ...(hasFailed || isRunning
        ? {}
        : {
            succeeded: 1,
            completionTime: ended,
            conditions: [
              condition("SuccessCriteriaMet", { reason: "CompletionsReached" }),
              condition("Complete", { reason: "CompletionsReached" }),
            ],
          }),
      terminating: 0,
      uncountedTerminatedPods: {},
    },
  };
  const manager = cronJob === undefined ? managerOf(plan, planned) : CONTROLLERS;
  yield { resource: "jobs", object, manager, reported: { at: ended, by: CONTROLLERS } };
  if (planned.replicas === 0 && !hasFailed) return;
  yield podOf(plan, planned, {
    name: `${name}-${random.suffix(5)}`,
    state: hasFailed ? "bare-pod" : isRunning ? "running-job" : "done",
    revision: 1,
    owner: ownedBy(object),
    labels,
    node: nodeFor(plan, random),
    born: started,
  });
}
