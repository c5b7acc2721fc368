import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster } from "../../functions/shared/cluster/cluster.ts";
import { notify } from "../../functions/notify/handler.ts";
import type { Detection } from "../../functions/shared/contracts.ts";
import type { Notification } from "../../functions/shared/notification.ts";
import { claimSeconds } from "../../functions/shared/policy.ts";
import { localEnvironment } from "../../local/environment.ts";
import type { Upstream } from "../../local/faults/forward.ts";
import { FaultProxy, type ProxiedRequest } from "../../local/faults/proxy.ts";
import { quickPolicy, withOverrides } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow, type Run } from "../../local/scenarios/run-workflow.ts";
import { Ground } from "./ground.ts";
import { violations, type Violation } from "./invariants.ts";
import { POLICY, type Situation } from "./situations.ts";
import { takeSnapshot } from "./snapshot.ts";
import { planOf, type Trial } from "./trial.ts";

/** The cluster that runs are played on. */
export interface Stage {
  /** As the administrator. */
  cluster: Cluster;
  upstream: Upstream;
}

/** How one run went. */
export interface Played {
  situation: string;
  trial: Trial;
  outcome: string;
  /** How long the execution took, in seconds. */
  seconds: number;
  requests: ProxiedRequest[];
  violations: Violation[];
  /** Why the situation could not be brought about; such a run says nothing about the workflow. */
  unprepared?: string;
}

/** Retries of steps may take this much longer than the waits of the policy, in seconds. */
const SLACK_SECONDS = 60;

/** Runs the workflow once in a namespace of its own, and checks what came of it. */
export async function play(stage: Stage, situation: Situation, trial: Trial): Promise<Played> {
  const ground = await Ground.create(stage.cluster, `faults-${situation.name}`);
  try {
    try {
      await situation.prepare(ground);
    } catch (error) {
      const unprepared = error instanceof Error ? error.message : String(error);
      return { situation: situation.name, trial, outcome: "", seconds: 0, requests: [], violations: [], unprepared };
    }
    return await playPrepared(stage, ground, situation, trial);
  } finally {
    await ground.remove();
  }
}

async function playPrepared(stage: Stage, ground: Ground, situation: Situation, trial: Trial): Promise<Played> {
  const policy = quickPolicy(withOverrides(POLICY, situation.policy ?? {}));
  const { deadline_seconds, soak_seconds, undo_deadline_seconds } = policy.verify;
  const patience = deadline_seconds + 3 * soak_seconds + undo_deadline_seconds + SLACK_SECONDS;
  const before = await takeSnapshot(ground);
  const proxy = await FaultProxy.start({ upstream: stage.upstream, plan: planOf(trial) });
  const began = Date.now();
  const request = { cluster_name: "local", namespace: ground.namespace, ...situation.request };
  try {
    const running = runWorkflow({
      connectionOf: (name) =>
        proxy.connection("local", {
          "user-agent": `eks-remediation/${name}`,
          "impersonate-user": `eks-remediation:${name}`,
          "impersonate-group": `eks-remediation:${name}`,
        }),
      request,
      policy,
      now: () => new Date(),
      onEntered: (state) => (state === situation.meanwhile?.at ? situation.meanwhile.happens(ground) : undefined),
    });
    const run = await Promise.race([running, sleep(patience * 1_000, undefined, { ref: false })]);
    const seconds = (Date.now() - began) / 1_000;
    const requests = [...proxy.requests];
    const notifications = run === undefined ? [] : await everythingTold(run, request);
    const broken = violations({
      situation,
      namespace: ground.namespace,
      result: run?.result,
      workloads: run?.workloads ?? [],
      outcomes: run?.outcomes ?? [],
      unseen: (run?.detection as Partial<Detection> | undefined)?.unseen ?? [],
      notifications,
      requests,
      before,
      after: await takeSnapshot(ground),
      amiss: await situation.amiss(ground),
      undoing: run?.states.some((state) => state.startsWith("Undo ")) ?? false,
      claims: await ground.claims(),
      claimSeconds: claimSeconds(policy),
    });
    return { situation: situation.name, trial, outcome: outcomeOf(run), seconds, requests, violations: broken };
  } finally {
    await proxy.stop();
  }
}

/** What subscribers were told, with what EventBridge has the notify function tell of an execution that failed. */
async function everythingTold(run: Run, request: object): Promise<Notification[]> {
  const { result, notifications } = run;
  if (result.status !== "failed") return notifications;
  const nowhere = { name: "local", server: "http://127.0.0.1:1", authenticate: () => Promise.resolve({}) };
  const { name: error, cause } = result.error;
  const event = { executionArn: "arn:local", name: "local", status: "FAILED", input: JSON.stringify(request) };
  await notify(localEnvironment(nowhere, quickPolicy(POLICY), notifications))({
    about: "execution",
    event: { ...event, error, cause },
  });
  return notifications;
}

function outcomeOf(run: Run | undefined): string {
  if (run === undefined) return "still running";
  if (run.result.status === "failed") return `failed: ${run.result.error.name}`;
  const reason = run.workloads[0]?.reason;
  return run.outcomes.join() + (reason === undefined ? "" : ` (${reason})`);
}
