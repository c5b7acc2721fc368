import { describe, expect, it } from "vitest";
import { answerAgent, type Workflow } from "../../../functions/agent/agent.ts";
import { answerCall, callOf } from "../../../functions/agent/callers.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const ARN = "arn:aws:states:eu-west-1:123456789012:execution:remediation:agent-call-1";
const SCALING = { cluster_name: "prod", namespace: "shop", deployment_name: "web", replicas: 4 };
const STARTED = { execution_arn: ARN, status: "running" };

/** What the function answers, and which requests it has started. */
async function called(event: unknown, clientContext?: unknown) {
  const requests: unknown[] = [];
  const workflow: Workflow = {
    start: (_name, request) => {
      requests.push(request);
      return Promise.resolve({ executionArn: ARN, isAlready: false });
    },
    describe: () => Promise.resolve({ status: "running" }),
    sleep: () => Promise.resolve(),
  };
  const invocation = { id: "call-1", remainingMilliseconds: () => 60_000 };
  const environment = unreachableEnvironment(new Error("The cluster must not be asked."));
  const answer = await answerCall(callOf(event, clientContext), (request) =>
    answerAgent(request, invocation, environment, workflow),
  );
  return { answer, requests };
}

/** What AgentCore Gateway says of a tool; shape: docs.aws.amazon.com/bedrock-agentcore, "Lambda function input format". */
const gateway = (tool: string) => ({
  custom: {
    bedrockAgentCoreMessageVersion: "1.0",
    bedrockAgentCoreAwsRequestId: "r-1",
    bedrockAgentCoreMcpMessageId: "m-1",
    bedrockAgentCoreGatewayId: "g-1",
    bedrockAgentCoreTargetId: "t-1",
    bedrockAgentCoreToolName: tool,
  },
});

/** What a Bedrock agent sends; shape: docs.aws.amazon.com/bedrock, "Lambda input event from Amazon Bedrock". */
const actionGroup = (action: string, properties: { name: string; type: string; value: string }[]) => ({
  messageVersion: "1.0",
  agent: { name: "ops", id: "A1", alias: "B1", version: "1" },
  inputText: "Scale web",
  sessionId: "s-1",
  actionGroup: "remediation",
  apiPath: `/${action}`,
  httpMethod: "POST",
  parameters: [],
  requestBody: { content: { "application/json": { properties } } },
  sessionAttributes: {},
  promptSessionAttributes: {},
});
const properties = Object.entries(SCALING).map(([name, value]) => ({
  name,
  type: typeof value === "number" ? "integer" : "string",
  value: String(value),
}));

describe("who calls the agent function", () => {
  it.each(["remediation___scale_deployment", "my___own___scale_deployment", "scale_deployment"])(
    "is AgentCore Gateway, which names the tool beside its arguments: %s",
    async (tool) => {
      const { answer, requests } = await called(SCALING, gateway(tool));

      expect(requests).toEqual([{ ...SCALING, action: "scale_deployment" }]);
      expect(answer).toEqual(STARTED);
    },
  );

  it("is AgentCore Gateway however its context is spelt on the way", async () => {
    const { custom: Custom } = gateway("t___scale_deployment");
    expect((await called(SCALING, { Custom })).requests).toEqual([{ ...SCALING, action: "scale_deployment" }]);
  });

  it("is held to the tool that the gateway names, whatever its arguments say", async () => {
    const { requests } = await called(
      { ...SCALING, action: "restart_pod", origin: "person" },
      gateway("t___scale_deployment"),
    );

    expect(requests).toEqual([{ ...SCALING, action: "scale_deployment", origin: "agent" }]);
  });

  it.each([
    [{ ...SCALING, replicas: 0 }, "t___scale_deployment", "replicas"],
    [SCALING, "t___delete_namespace", "action"],
    ["web", "t___scale_deployment", "object"],
  ])("is told by the gateway what is refused, as an answer: %#", async (event, tool, word) => {
    const { answer, requests } = await called(event, gateway(tool));

    expect(answer).toEqual({
      error: { name: "InvalidRequest", message: expect.stringContaining(word) as string },
    });
    expect(requests).toEqual([]);
  });

  it("is a Bedrock agent, which sends every value as text", async () => {
    const { answer, requests } = await called(actionGroup("scale_deployment", properties));

    expect(requests).toEqual([{ ...SCALING, action: "scale_deployment" }]);
    expect(answer).toEqual({
      messageVersion: "1.0",
      response: {
        actionGroup: "remediation",
        apiPath: "/scale_deployment",
        httpMethod: "POST",
        httpStatusCode: 200,
        responseBody: { "application/json": { body: JSON.stringify(STARTED) } },
      },
    });
  });

  it("is told as a Bedrock agent what is refused", async () => {
    const many = properties.map((each) => (each.name === "replicas" ? { ...each, value: "many" } : each));

    const { answer, requests } = await called(actionGroup("scale_deployment", many));

    expect(answer).toMatchObject({ response: { httpStatusCode: 400 } });
    expect(JSON.stringify(answer)).toContain("replicas");
    expect(requests).toEqual([]);
  });

  it("is whoever invokes the function, and gets a refusal as its error", async () => {
    expect((await called({ ...SCALING, action: "scale_deployment" })).answer).toEqual(STARTED);
    await expect(called({ ...SCALING, action: "scale_deployment", replicas: 0 })).rejects.toMatchObject({
      name: "InvalidRequest",
    });
  });
});
