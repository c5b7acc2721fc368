import fc from "../../support/properties.ts";
import { answerAgent, Started } from "../../../functions/agent/agent.ts";
import { Detection } from "../../../functions/run/detection.ts";
import { permitOf } from "../../../functions/run/permit.ts";
import { MODES } from "../../../functions/shared/action-mode.ts";
import { parsePolicy, Policy } from "../../../functions/shared/policy.ts";
import { claimSeconds } from "../../../functions/run/pauses.ts";
import { isRunbookRequest, parseRequest } from "../../../functions/run/request.ts";
import { outOfScope } from "../../../functions/shared/scope.ts";
import { anyJson, hostileText } from "../../support/hostile.ts";
import { expectLine, expectPayload, hold, resultOf } from "../broken.ts";
import { environmentOf, field, policyOf, type Target } from "../target.ts";
import { WorldCluster } from "../world.ts";

export const REQUESTS = [
  { cluster_name: "prod" },
  { cluster_name: "prod", namespace: "shop", dry_run: true },
  { action: "detect_failures", cluster_name: "prod", namespace: "shop" },
  { action: "restart_pod", cluster_name: "prod", namespace: "shop", pod_name: "web-1-a" },
  { action: "rollback_deployment", cluster_name: "prod", namespace: "shop", deployment_name: "web", revision: 1 },
  { action: "scale_deployment", cluster_name: "prod", namespace: "shop", deployment_name: "web", replicas: 3 },
];

/** Letters, digits and few others, as names of any kind are made of. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,252}$/;

export const requests: Target = {
  name: "requests",
  summary: "requests, as anybody may send them",
  seeds: fc.oneof(fc.constantFrom(...REQUESTS), anyJson),
  run: async (input) => {
    const outcome = await resultOf(() => parseRequest(input));
    if ("refused" in outcome) {
      hold(outcome.refused === "InvalidRequest", () => `a request is refused as ${outcome.refused}`);
      return;
    }
    for (const [name, value] of Object.entries(outcome.result)) {
      hold(typeof value !== "string" || NAME.test(value), () => `${name} is ${JSON.stringify(value)}`);
      hold(
        typeof value !== "number" || (Number.isSafeInteger(value) && value >= 1),
        () => `${name} is ${String(value)}`,
      );
    }
    hold(!isRunbookRequest(outcome.result) || outcome.result.namespace !== "", () => "a runbook without a namespace");
  },
};

export const policies: Target = {
  name: "policies",
  summary: "policies: JSON values, and texts that may be no JSON",
  seeds: fc.oneof(
    fc.constant({}),
    fc.constant(Policy.parse({ namespaces: { allow: ["shop"], deny: ["bank"] } })),
    fc.constant({ overrides: [{ namespaces: ["shop"], actions: { scale: "off" } }] }),
    hostileText,
  ),
  run: async (input) => {
    const outcome = await resultOf(() => parsePolicy(typeof input === "string" ? input : JSON.stringify(input)));
    if ("refused" in outcome) {
      hold(outcome.refused === "InvalidPolicy", () => `a policy is refused as ${outcome.refused}`);
      return;
    }
    const policy = outcome.result;
    hold(
      JSON.stringify(Policy.parse(policy)) === JSON.stringify(policy),
      () => "a policy that was taken is another one when it is read again",
    );
    hold(claimSeconds(policy) > 0 && claimSeconds(policy) < 604_800, () => `claims last ${claimSeconds(policy)} s`);
    for (const namespace of ["shop", "kube-system", "constructor", ...(policy.namespaces.allow ?? [])].slice(0, 20)) {
      const reason = outOfScope(namespace, policy);
      hold(typeof (reason ?? "") === "string", () => "no reason is no text");
      const named = policy.namespaces.allow?.includes(namespace) === true;
      hold(named || namespace !== "kube-system" || reason !== undefined, () => "a system namespace is in scope");
      const { mode, settings } = permitOf({ action: "restart", namespace, origin: "found", requested: false }, policy);
      hold(MODES.includes(mode) && settings.length > 0, () => "a mode is none");
    }
  },
};

export const agent: Target = {
  name: "agent",
  summary: "what agents send to the function that waits for them, and how executions end for them",
  seeds: fc.record({
    event: fc.oneof(
      fc.constantFrom(...REQUESTS.slice(2)).map((request) => ({ ...request, wait: true })),
      anyJson,
    ),
    policy: fc.constant({}),
    world: fc.constant({ objects: { namespaces: [{ metadata: { name: "shop" } }] } }),
    state: fc.record({
      status: fc.constantFrom("running", "succeeded", "failed", "timed_out", "aborted"),
      output: anyJson,
      error: fc.record({ name: hostileText, message: hostileText }),
    }),
  }),
  run: async (input) => {
    const cluster = new WorldCluster(field(input, "world"));
    const started: unknown[] = [];
    const state = field(input, "state");
    const status = ["running", "succeeded", "failed", "timed_out", "aborted"].find(
      (each) => each === field(state, "status"),
    ) as "running" | undefined;
    const error = field(state, "error");
    let looks = 0;
    const outcome = await resultOf(() =>
      answerAgent(
        field(input, "event"),
        { id: "call-1", remainingMilliseconds: () => (looks++ > 2 ? 0 : 60_000) },
        environmentOf(cluster, policyOf(field(input, "policy"))),
        {
          start: (name, request) => {
            started.push({ name, request });
            const executionArn = "arn:aws:states:eu-west-1:123456789012:execution:remediation:call-1";
            return Promise.resolve({ executionArn, isAlready: true });
          },
          describe: () =>
            Promise.resolve({
              status: status ?? "running",
              output: field(state, "output"),
              // The service answers with texts.
              error: { name: String(field(error, "name")), message: String(field(error, "message")) },
            }),
          sleep: () => Promise.resolve(),
        },
      ),
    );
    cluster.expectKept();
    hold(cluster.written.length === 0, () => "an agent's call wrote to the cluster itself");
    hold(started.length <= 1, () => "one call started two executions");
    for (const each of started)
      hold("result" in resultOfRequest(field(each, "request")), () => "it started no request");
    if ("refused" in outcome) return;
    const fits = Detection.safeParse(outcome.result).success || Started.safeParse(outcome.result).success;
    hold(fits, () => `the answer fits no contract: ${JSON.stringify(outcome.result).slice(0, 300)}`);
    if ("error" in outcome.result && outcome.result.error !== undefined) {
      expectLine(outcome.result.error.message, "the error of an execution", 700);
    }
    if ("pods_seen" in outcome.result) expectPayload(outcome.result);
  },
};

function resultOfRequest(value: unknown): { result: unknown } | { refused: unknown } {
  try {
    return { result: parseRequest(value) };
  } catch (error) {
    return { refused: error };
  }
}
