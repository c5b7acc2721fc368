import * as z from "zod";
import { RemediationError } from "../shared/errors.ts";

/** A request in somebody's envelope, and how they take what is answered. */
export interface Call {
  request: unknown;
  answer: (answer: object) => unknown;
  /** How a refusal is told; whoever calls the function itself gets it as the function's error. */
  refuse?: (error: RemediationError) => unknown;
}

const OfGateway = z.object({ bedrockAgentCoreToolName: z.string() });
/**
 * What AgentCore Gateway says beside the arguments of a tool: its name, behind that of the target. The Node runtime hands on what the
 * caller has written: `custom`, as the gateway's documentation has it for Python, or `Custom`, as that of Lambda has it for Node.
 * Source: docs.aws.amazon.com/bedrock-agentcore, "AWS Lambda function targets", "Lambda function input format";
 * docs.aws.amazon.com/lambda, "Using the Lambda context object to retrieve Node.js function information"
 */
const GatewayContext = z.union([
  z.object({ custom: OfGateway }).transform(({ custom }) => custom),
  z.object({ Custom: OfGateway }).transform(({ Custom }) => Custom),
]);
/** What stands between a target's name and the tool's. */
const BETWEEN = "___";

/**
 * An action of an action group that is described by an API's schema.
 * Source: docs.aws.amazon.com/bedrock, "Configure Lambda functions to send information that an Amazon Bedrock agent elicits"
 */
const ActionGroupEvent = z.object({
  messageVersion: z.literal("1.0"),
  actionGroup: z.string(),
  apiPath: z.string(),
  httpMethod: z.string(),
  requestBody: z
    .object({
      content: z.object({
        "application/json": z.object({
          properties: z.array(z.object({ name: z.string(), type: z.string(), value: z.string() })),
        }),
      }),
    })
    .optional(),
});

/** Takes a request out of the envelope of whoever calls: AgentCore Gateway, a Bedrock agent, or one that invokes the function. */
export function callOf(event: unknown, clientContext?: unknown): Call {
  const gateway = GatewayContext.safeParse(clientContext);
  if (gateway.success) return gatewayCall(event, gateway.data.bedrockAgentCoreToolName);
  const group = ActionGroupEvent.safeParse(event);
  return group.success ? actionGroupCall(group.data) : { request: event, answer: (answer) => answer };
}

function gatewayCall(event: unknown, tool: string): Call {
  const action = tool.slice(tool.lastIndexOf(BETWEEN) === -1 ? 0 : tool.lastIndexOf(BETWEEN) + BETWEEN.length);
  return {
    request: typeof event === "object" && event !== null && !Array.isArray(event) ? { ...event, action } : event,
    answer: (answer) => answer,
    refuse: errorOf,
  };
}

function actionGroupCall(event: z.output<typeof ActionGroupEvent>): Call {
  const { actionGroup, apiPath, httpMethod, requestBody } = event;
  const given = requestBody?.content["application/json"].properties ?? [];
  const respond = (httpStatusCode: number, body: object) => ({
    messageVersion: "1.0",
    response: {
      actionGroup,
      apiPath,
      httpMethod,
      httpStatusCode,
      responseBody: { "application/json": { body: JSON.stringify(body) } },
    },
  });
  return {
    request: {
      ...Object.fromEntries(given.map(({ name, type, value }) => [name, valueOf(type, value)])),
      action: apiPath.replace(/^\//, ""),
    },
    answer: (answer) => respond(200, answer),
    refuse: (error) => respond(400, errorOf(error)),
  };
}

/** Every value comes as text. What is not of its type is left for the request's own rules to refuse. */
function valueOf(type: string, value: string): unknown {
  if (type === "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function errorOf({ name, message }: RemediationError): { error: { name: string; message: string } } {
  return { error: { name, message } };
}

/** Answers a call in its caller's form. What has no name is a fault, and nobody's answer. */
export async function answerCall(call: Call, answer: (request: unknown) => Promise<object>): Promise<unknown> {
  try {
    return call.answer(await answer(call.request));
  } catch (error) {
    if (call.refuse === undefined || !(error instanceof RemediationError)) throw error;
    return call.refuse(error);
  }
}
