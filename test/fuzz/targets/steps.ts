import { remedyFor } from "../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../functions/remedies/step.ts";
import fc from "../../support/properties.ts";
import { claim } from "../../../functions/claim/handler.ts";
import { diagnose } from "../../../functions/classify/handler.ts";
import { notify } from "../../../functions/notify/handler.ts";
import { WorkloadRun } from "../../../functions/run/contracts.ts";
import { Detection } from "../../../functions/run/detection.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import { verifyWorkload } from "../../../functions/verify/handler.ts";
import { hostileText } from "../../support/hostile.ts";
import { appliedRun, claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";
import { expectPayload, hold, resultOf } from "../broken.ts";
import { expectStormOnly, expectWithinPlan } from "../scope.ts";
import { somePolicy, TEMPLATES, worlds } from "../seeds.ts";
import { environmentOf, field, policyOf, type Target } from "../target.ts";
import { expectHonest } from "../told.ts";
import { WorldCluster } from "../world.ts";

const restartPods = remedyStep(remedyFor("restart"));
const rollback = remedyStep(remedyFor("rollback"));
const scaleWorkload = remedyStep(remedyFor("scale"));

/** The steps that take a run, by the name that an input gives. */
const STEPS: Readonly<Record<string, (environment: NotifyEnvironment) => (event: unknown) => Promise<unknown>>> = {
  diagnose,
  claim,
  restart: restartPods,
  rollback,
  scale: scaleWorkload,
  verify: verifyWorkload,
};

const [EARLIER = "", LATER = ""] = TEMPLATES;
const FROM = { revision: 2, kind: "ReplicaSet", name: "web-2", template: LATER } as const;
const TO = { revision: 1, kind: "ReplicaSet", name: "web-1", template: EARLIER } as const;
const restarting = diagnosis({
  workload_uid: "deploy-uid",
  remedy: { action: "restart", mode: "evict", pods: [{ name: "web-1-a", uid: "web-1-a-uid" }] },
});
const rollingBack = diagnosis({
  workload_uid: "deploy-uid",
  remedy: { action: "rollback", before: FROM, after: TO, unblocked: [] },
});
const scaling = diagnosis({
  workload_uid: "deploy-uid",
  remedy: { action: "scale", scale: { target: "replicas", from: 2, to: 4 } },
});
const raising = diagnosis({
  remedy: { action: "scale", scale: { target: "hpa", name: "web", from: { min: 2, max: 2 }, to: { min: 2, max: 3 } } },
});

const EXECUTION = claimedRun().execution;
const STORM = {
  status: "storm",
  cluster_name: "prod",
  dry_run: false,
  pods_seen: 1,
  workloads_seen: 1,
  failing_pods: 1,
  incidents: [claimedRun().incident],
  omitted: 2,
  out_of_scope: 0,
  in_rollout: [],
  unseen: [],
  storm: "Many fail.",
};

const inputs = fc.oneof(
  fc.constantFrom<object>(
    { step: "diagnose", payload: claimedRun() },
    {
      step: "diagnose",
      payload: { ...claimedRun(), incident: { ...claimedRun().incident, requested: { action: "scale", replicas: 3 } } },
    },
    { step: "claim", payload: { operation: "acquire", run: claimedRun() } },
    { step: "claim", payload: { operation: "storm", detection: STORM, execution: EXECUTION } },
    { step: "claim", payload: { operation: "storm_told", detection: STORM, execution: EXECUTION } },
    { step: "claim", payload: { operation: "storm_over", detection: STORM, execution: EXECUTION } },
    { step: "claim", payload: { operation: "release", run: appliedRun() } },
    { step: "restart", payload: claimedRun({ diagnosis: restarting }) },
    { step: "rollback", payload: { operation: "apply", run: claimedRun({ diagnosis: rollingBack }) } },
    {
      step: "rollback",
      payload: { operation: "undo", run: claimedRun({ diagnosis: rollingBack, remedy: remedyResult() }) },
    },
    { step: "scale", payload: { operation: "apply", run: claimedRun({ diagnosis: scaling }) } },
    { step: "scale", payload: { operation: "undo", run: claimedRun({ diagnosis: scaling }) } },
    { step: "scale", payload: { operation: "apply", run: claimedRun({ diagnosis: raising }) } },
    { step: "verify", payload: { operation: "remedy", run: appliedRun() } },
    { step: "verify", payload: { operation: "undo", run: appliedRun() } },
  ),
);

export const steps: Target = {
  name: "steps",
  summary: "each step alone, with payloads that no step before it made",
  words: [...Object.keys(STEPS), "acquire", "release", "storm", "storm_told", "storm_over", "apply", "undo", "remedy"],
  seeds: fc.tuple(inputs, somePolicy, worlds).map(([input, policy, world]) => ({ ...input, policy, world })),
  run: async (input) => {
    const name = String(field(input, "step"));
    const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
    if (step === undefined) return;
    const payload = field(input, "payload");
    const cluster = new WorldCluster(field(input, "world"));
    const outcome = await resultOf(() => step(environmentOf(cluster, policyOf(field(input, "policy"))))(payload));
    cluster.expectKept();
    const run = WorkloadRun.safeParse(field(payload, "run") ?? payload);
    const storm = Detection.safeParse(field(payload, "detection"));
    if (storm.success) expectStormOnly(storm.data, cluster.written);
    else hold(run.success || cluster.written.length === 0, () => "a payload that is no run led to a write");
    if (run.success) expectWithinPlan(run.data, cluster.written);
    if (name === "diagnose" || name === "verify") hold(cluster.written.length === 0, () => `${name} wrote`);
    if ("result" in outcome) expectPayload(outcome.result);
  },
};

const told = fc.oneof(
  fc
    .constantFrom(
      claimedRun({ diagnosis: restarting }),
      appliedRun(),
      {
        ...appliedRun(),
        verification: {
          verdict: "recovered",
          reasons: [],
          wait_seconds: 1,
          observation: { digest: "d", well_since: null },
        },
      },
      {
        ...appliedRun(),
        verification: {
          verdict: "not_recovered",
          reasons: ["x"],
          wait_seconds: 1,
          observation: { digest: "d", well_since: null },
        },
        undo: { status: "applied", message: "Undone.", wait_seconds: 1, deadline: "2026-06-01T12:30:00.000Z" },
        undo_verification: { verdict: "undone", reasons: [] },
      },
      { ...claimedRun(), error: { Error: "Forbidden", Cause: '{"errorType":"Forbidden","errorMessage":"No."}' } },
      {
        ...claimedRun(),
        tries: [
          {
            diagnosis: restarting,
            remedy: remedyResult(),
            verification: {
              verdict: "not_recovered",
              reasons: ["x"],
              wait_seconds: 1,
              observation: { digest: "d", well_since: null },
            },
          },
        ],
      },
    )
    .map((run) => ({ about: "workload", run })),
  fc.record({
    about: fc.constant("failure"),
    request: fc.constant({ cluster_name: "prod" }),
    error: fc.record({ Error: hostileText, Cause: hostileText }),
    execution: fc.constant(EXECUTION),
  }),
  fc.record({
    about: fc.constant("execution"),
    event: fc.record({
      executionArn: fc.constant(EXECUTION.id),
      name: fc.constant("run-1"),
      status: fc.constantFrom("FAILED", "TIMED_OUT", "ABORTED"),
      input: fc.constant('{"cluster_name":"prod"}'),
      error: fc.constantFrom("States.Runtime", "NotificationFailed", "Forbidden"),
      cause: hostileText,
    }),
  }),
  fc.constant({
    about: "storm",
    memory: { status: "tell" },
    detection: STORM,
    execution: EXECUTION,
  }),
);

export const notifications: Target = {
  name: "notifications",
  summary: "what is told of runs, storms, failures and ended executions",
  seeds: fc.record({ payload: told, policy: somePolicy }),
  run: async (input) => {
    const published: Notification[] = [];
    const cluster = new WorldCluster({});
    const environment = environmentOf(cluster, policyOf(field(input, "policy")), published);
    const outcome = await resultOf(() => notify(environment)(field(input, "payload")));
    cluster.expectKept();
    hold(published.length <= 1, () => "one step told twice");
    for (const notification of published) expectHonest(notification);
    if ("result" in outcome) expectPayload(outcome.result);
  },
};
