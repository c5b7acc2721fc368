import * as z from "zod";
import type { ToolSet } from "../../functions/agent/tool-sets.ts";
import { toolsOf, type Tool } from "../../functions/agent/tools.ts";

type Schema = Record<string, unknown>;

/**
 * What AgentCore Gateway takes as the tools of a Lambda target, in `toolSchema.inlinePayload`.
 * Source: docs.aws.amazon.com/bedrock-agentcore-control, "ToolDefinition" and "SchemaDefinition"
 */
export function gatewayTools(set: ToolSet): Schema[] {
  return toolsOf(set).map(({ name, description, shown }) => ({
    name,
    description,
    inputSchema: plain(z.toJSONSchema(shown, { io: "input" })),
  }));
}

/**
 * A schema of what both know: a type, a description, properties, which of them are required, and items. The function checks the
 * rest, and says what is wrong.
 */
function plain(schema: Schema): Schema {
  const { type, anyOf, properties, required, items, enum: values, const: value } = schema;
  const choice = (values as unknown[] | undefined) ?? (value === undefined ? undefined : [value]);
  const description = typeof schema["description"] === "string" ? schema["description"] : undefined;
  const words = [description, choice === undefined ? undefined : `One of ${choice.join(", ")}.`];
  const said = words.filter((each) => each !== undefined).join(" ");
  return {
    // What may be one of several things is of one type each time: texts, or else objects.
    type: type ?? (anyOf as Schema[] | undefined)?.[0]?.["type"] ?? "object",
    ...(said === "" ? {} : { description: said }),
    ...(properties === undefined ? {} : { properties: mapped(properties as Record<string, Schema>) }),
    ...(required === undefined ? {} : { required }),
    ...(items === undefined ? {} : { items: plain(items as Schema) }),
  };
}

function mapped(properties: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, plain(schema)]));
}

/**
 * The API of an action group of a Bedrock agent, one path an action.
 * Source: docs.aws.amazon.com/bedrock, "Define OpenAPI schemas for your agent's action groups"
 */
export function actionGroupApi(set: ToolSet): Schema {
  return {
    openapi: "3.0.0",
    info: { title: "EKS remediation", version: "1.0.0", description: "Remedies failing workloads on Amazon EKS." },
    paths: Object.fromEntries(toolsOf(set).map((tool) => [`/${tool.name}`, { post: operationOf(tool) }])),
  };
}

function operationOf({ name, title, description, shown }: Tool): Schema {
  const schema = plain(z.toJSONSchema(shown, { io: "input" }));
  return {
    operationId: name,
    summary: title,
    description,
    requestBody: { required: true, content: { "application/json": { schema } } },
    responses: {
      200: {
        description: "The answer.",
        content: { "application/json": { schema: { type: "object" } } },
      },
    },
  };
}
