import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerAgent, type Workflow } from "../../../functions/agent/agent.ts";
import type { ExecutionState } from "../../../functions/executions/start.ts";
import { ApiServer } from "../../support/api-server.ts";
import { crashingPod, replicaSet } from "../../support/objects.ts";
import { serve } from "../../support/served-cluster.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";
import { StateMachine } from "../../support/state-machine.ts";

const ARN = "arn:aws:states:eu-west-1:123456789012:execution:remediation:agent-call-1";
/** That of the invocation, and of the request: several may come in one. */
const NAME = expect.stringMatching(/^agent-call-1-[0-9a-f]{8}$/) as string;
const UNREACHABLE = unreachableEnvironment(new Error("The cluster must not be asked."));

const RESTART = { action: "restart_pod", cluster_name: "prod", pod_name: "web-1", namespace: "shop" };

/** A workflow that was started with what it notes, and stands so from look to look. */
function workflow(states: ExecutionState[] = []) {
  const started: { name: string; request: unknown }[] = [];
  const slept: number[] = [];
  const fake: Workflow = {
    start: (name, request) => {
      started.push({ name, request });
      return Promise.resolve({ executionArn: ARN, isAlready: false });
    },
    describe: () => Promise.resolve(states.shift() ?? { status: "running" }),
    sleep: (milliseconds) => {
      slept.push(milliseconds);
      return Promise.resolve();
    },
  };
  return { started, slept, fake };
}

const invocation = (remaining: number[] = []) => ({
  id: "call-1",
  remainingMilliseconds: () => remaining.shift() ?? 60_000,
});

describe("an agent that asks for a remedy", () => {
  it.each([
    RESTART,
    { action: "rollback_deployment", cluster_name: "prod", deployment_name: "web", namespace: "shop" },
    { action: "scale_deployment", cluster_name: "prod", deployment_name: "web", namespace: "shop", replicas: 4 },
  ])("has the workflow started with its payload as it is: $action", async (payload) => {
    const { fake, started } = workflow();

    expect(await answerAgent(payload, invocation(), UNREACHABLE, fake)).toEqual({
      execution_arn: ARN,
      status: "running",
    });
    expect(started).toEqual([{ name: NAME, request: payload }]);
  });

  it("has another execution for each request of one invocation", async () => {
    const { fake, started } = workflow();

    await answerAgent(RESTART, invocation(), UNREACHABLE, fake);
    await answerAgent({ ...RESTART, pod_name: "web-2" }, invocation(), UNREACHABLE, fake);

    expect(new Set(started.map(({ name }) => name)).size).toBe(2);
  });

  it("is an agent, whatever it says that it is", async () => {
    const { fake, started } = workflow();

    await answerAgent({ ...RESTART, origin: "person" }, invocation(), UNREACHABLE, fake);

    expect(started).toEqual([{ name: NAME, request: { ...RESTART, origin: "agent" } }]);
  });

  it("gets the outcome when it waits for it", async () => {
    const output = { outcomes: ["Recovered"] };
    const { fake, slept, started } = workflow([
      { status: "running" },
      { status: "running" },
      { status: "succeeded", output },
    ]);

    expect(await answerAgent({ ...RESTART, wait: true }, invocation(), UNREACHABLE, fake)).toEqual({
      execution_arn: ARN,
      status: "succeeded",
      output,
    });
    expect(slept).toHaveLength(2);
    expect(started[0]?.request).toEqual(RESTART);
  });

  it("gets the error of an execution that failed, in words", async () => {
    const error = { name: "Forbidden", message: '{"errorMessage":"prod: no"}' };
    const { fake } = workflow([{ status: "failed", error }]);

    expect(await answerAgent({ ...RESTART, wait: true }, invocation(), UNREACHABLE, fake)).toMatchObject({
      status: "failed",
      error: { name: "Forbidden", message: "prod: no" },
    });
  });

  it("gets where the execution is when the invocation ends before it", async () => {
    const { fake, slept } = workflow();

    expect(await answerAgent({ ...RESTART, wait: true }, invocation([9_000, 6_999]), UNREACHABLE, fake)).toEqual({
      execution_arn: ARN,
      status: "running",
    });
    expect(slept).toHaveLength(1);
  });

  it.each([
    [{ ...RESTART, pod_name: "Web 1" }, "pod_name: must be a lower-case RFC 1123 name"],
    [{ ...RESTART, wait: "yes" }, "wait: must be true or false"],
    [{ cluster_name: "prod" }, "action: must be one of detect_failures"],
    [{ ...RESTART, action: "drop_table" }, "action: must be one of"],
    [{ ...RESTART, force: true }, "force"],
    [null, "must be a JSON object"],
    [[RESTART], "must be a JSON object"],
    ["restart", "must be a JSON object"],
  ])("is refused before anything is started: %j", async (payload, sentence) => {
    const { fake, started } = workflow();

    await expect(answerAgent(payload, invocation(), UNREACHABLE, fake)).rejects.toMatchObject({
      name: "InvalidRequest",
      message: expect.stringContaining(sentence) as string,
    });
    expect(started).toEqual([]);
  });
});

describe("an agent that asks what fails", () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await ApiServer.start();
    serve(api, { namespaces: ["shop"], pods: [crashingPod({ name: "web-1-crash" })], replicaSets: [replicaSet(1)] });
  });
  afterEach(() => api.stop());

  it("is answered at once, and nothing is started", async () => {
    const { fake, started } = workflow();
    const environment = { ...UNREACHABLE, connect: () => Promise.resolve(api.cluster()) };
    const answer = await answerAgent(
      { action: "detect_failures", cluster_name: "prod", namespace: "shop" },
      invocation(),
      environment,
      fake,
    );

    expect(answer).toMatchObject({ status: "failing", pods: [{ name: "web-1-crash" }], hpas: [] });
    expect(started).toEqual([]);
    expect(api.writes).toEqual([]);
  });
});

describe("an agent that asks again", () => {
  const ASKED = { ...RESTART, idempotency_key: "incident 4711" };
  let machine: StateMachine;
  let keyed: Workflow;
  beforeEach(() => {
    machine = new StateMachine();
    keyed = { start: machine.start, describe: machine.describe, sleep: () => Promise.resolve() };
  });

  it("has the workflow started once for each key, whatever the invocation, and nothing looked at for it", async () => {
    const first = await answerAgent(ASKED, invocation(), UNREACHABLE, keyed);
    const again = await answerAgent(ASKED, { ...invocation(), id: "call-2" }, UNREACHABLE, keyed);

    expect(again).toEqual(first);
    expect([...machine.executions.keys()]).toEqual([expect.stringMatching(/^agent-[0-9a-f]{32}$/)]);
    expect([...machine.executions.values()], "the workflow knows no key").toMatchObject([{ input: RESTART }]);
    expect(machine.looks).toEqual([]);
  });

  it("gets the same execution as it stands when that has ended, in whatever order its fields come", async () => {
    const first = await answerAgent(ASKED, invocation(), UNREACHABLE, keyed);
    machine.end({ status: "succeeded" });
    const turned = Object.fromEntries(Object.entries(ASKED).reverse());

    expect(await answerAgent(turned, invocation(), UNREACHABLE, keyed)).toEqual({ ...first, status: "succeeded" });
    expect(machine.executions.size).toBe(1);
  });

  it.each([
    ["while the first runs", "running"],
    ["when the first has ended", "succeeded"],
  ] as const)("is refused for something else under the same key %s", async (_when, status) => {
    await answerAgent(ASKED, invocation(), UNREACHABLE, keyed);
    machine.end({ status });

    await expect(answerAgent({ ...ASKED, pod_name: "web-2" }, invocation(), UNREACHABLE, keyed)).rejects.toMatchObject({
      name: "InvalidRequest",
      message: expect.stringContaining("idempotency_key") as string,
    });
    expect(machine.executions.size).toBe(1);
  });
});

describe("an agent that asks how it stands", () => {
  it("is told, without anything being started", async () => {
    const { fake, started } = workflow([{ status: "succeeded", output: { outcomes: ["Recovered"] } }]);

    expect(await answerAgent({ action: "status", execution_arn: ARN }, invocation(), UNREACHABLE, fake)).toEqual({
      execution_arn: ARN,
      status: "succeeded",
      output: { outcomes: ["Recovered"] },
    });
    expect(started).toEqual([]);
  });

  it("is told the end when it waits for it", async () => {
    const { fake, slept } = workflow([{ status: "running" }, { status: "succeeded" }]);
    const asked = { action: "status", execution_arn: ARN, wait: true };

    expect(await answerAgent(asked, invocation(), UNREACHABLE, fake)).toMatchObject({ status: "succeeded" });
    expect(slept).toHaveLength(1);
  });

  it.each([
    ["nothing", undefined],
    ["an execution of another's", "arn:aws:states:eu-west-1:123456789012:execution:remediation:schedule-1"],
    ["something else", "arn:aws:s3:::bucket"],
  ])("is refused where it names %s", async (_what, execution_arn) => {
    await expect(
      answerAgent({ action: "status", execution_arn }, invocation(), UNREACHABLE, workflow().fake),
    ).rejects.toMatchObject({ name: "InvalidRequest", message: expect.stringContaining("execution_arn") as string });
  });
});
