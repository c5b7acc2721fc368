import { setTimeout as sleep } from "node:timers/promises";
import { notify } from "../../functions/notify/handler.ts";
import type { Detection } from "../../functions/run/detection.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { Policy } from "../../functions/shared/policy.ts";
import { claimSeconds } from "../../functions/run/pauses.ts";
import { localEnvironment } from "../../local/engine/environment.ts";
import type { FaultProxy, ProxiedRequest } from "./proxy/proxy.ts";
import { quickPolicy, withOverrides } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow, type Run, type RunOptions } from "../../local/scenarios/run-workflow.ts";
import type { Ground } from "./ground.ts";
import type { Observation } from "./invariants.ts";
import { POLICY, type Situation } from "./situations.ts";
import { takeSnapshot, type Snapshot } from "./snapshot.ts";

/** One execution of the workflow in a situation. */
export interface Executed {
  /** Undefined when it did not end in time. */
  run: Run | undefined;
  /** How long it took, in seconds. */
  seconds: number;
  requests: ProxiedRequest[];
  /** With what EventBridge has the notify function tell of an execution that did not succeed. */
  notifications: Notification[];
}

/** What one execution has that another has not. */
export type ExecutionOverrides = Partial<
  Pick<RunOptions, "call" | "name" | "now" | "redrive" | "retryMilliseconds" | "signal">
> & {
  /** How much longer it may take than usual, in seconds. */
  slack?: number;
};

/** Retries of steps, and a machine that is busy with others, may take this much longer than the waits of the policy, in seconds. */
const SLACK_SECONDS = 600;

export function policyOf(situation: Situation): Policy {
  return quickPolicy(withOverrides(POLICY, situation.policy ?? {}));
}

/** Runs the workflow once through a proxy, as the functions' own Kubernetes groups. */
export async function execute(
  ground: Ground,
  situation: Situation,
  proxy: FaultProxy,
  { slack = 0, ...overrides }: ExecutionOverrides = {},
): Promise<Executed> {
  const policy = policyOf(situation);
  const { deadline_seconds, soak_seconds, undo_deadline_seconds } = policy.verify;
  const patience = deadline_seconds + 3 * soak_seconds + undo_deadline_seconds + SLACK_SECONDS + slack;
  const began = Date.now();
  const request = { cluster_name: "local", namespace: ground.namespace, ...situation.request };
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
    ...overrides,
  });
  const run = await Promise.race([running, sleep(patience * 1_000, undefined, { ref: false })]);
  const seconds = (Date.now() - began) / 1_000;
  const requests = [...proxy.requests];
  const notifications = run === undefined ? [] : await everythingTold(run, request);
  return { run, seconds, requests, notifications };
}

/** All that is known of an execution when it is over, as the invariants ask for it. */
export async function observe(
  ground: Ground,
  situation: Situation,
  before: Snapshot,
  { run, requests, notifications }: Executed,
): Promise<Observation> {
  return {
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
    claimSeconds: claimSeconds(policyOf(situation)),
  };
}

/** What subscribers were told, with what EventBridge has the notify function tell of an execution that did not succeed. */
export async function everythingTold(run: Run, request: object): Promise<Notification[]> {
  const { result, notifications } = run;
  if (result.status === "succeeded") return notifications;
  const nowhere = { name: "local", server: "http://127.0.0.1:1", authenticate: () => Promise.resolve({}) };
  const event = { executionArn: "arn:local", name: "local", input: JSON.stringify(request) };
  const end =
    result.status === "aborted"
      ? { status: "ABORTED" }
      : { status: "FAILED", error: result.error.name, cause: result.error.cause };
  await notify(localEnvironment(nowhere, quickPolicy(POLICY), notifications))({
    about: "execution",
    event: { ...event, ...end },
  });
  return notifications;
}

/** How it ended, in a few words. */
export function outcomeOf(run: Run | undefined): string {
  if (run === undefined) return "still running";
  if (run.result.status === "aborted") return "stopped";
  if (run.result.status === "failed") return `failed: ${run.result.error.name}`;
  const reason = run.workloads[0]?.reason;
  return run.outcomes.join() + (reason === undefined ? "" : ` (${reason})`);
}
