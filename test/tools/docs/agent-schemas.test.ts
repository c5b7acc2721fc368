import { describe, expect, it } from "vitest";
import * as z from "zod";
import { TOOL_SETS } from "../../../functions/agent/tool-sets.ts";
import { toolsOf } from "../../../functions/agent/tools.ts";
import { actionGroupApi, gatewayTools } from "../../../tools/docs/agent-schemas.ts";

/** The members of a schema that AgentCore Gateway knows. Source: docs.aws.amazon.com/bedrock-agentcore-control, "SchemaDefinition" */
const KNOWN = ["type", "description", "properties", "required", "items"];
const TYPES = ["array", "boolean", "integer", "number", "object", "string"];

interface Schema {
  type: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
}

interface JsonSchema {
  type?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

/** A schema, and all that are inside of it. */
function all(schema: Schema): Schema[] {
  const inside = [...Object.values(schema.properties ?? {}), ...(schema.items === undefined ? [] : [schema.items])];
  return [schema, ...inside.flatMap(all)];
}

describe.each(TOOL_SETS)("the schemas of the tools of a set: %s", (set) => {
  const tools = gatewayTools(set) as unknown as { name: string; description: string; inputSchema: Schema }[];
  const names = toolsOf(set).map(({ name }) => name);

  it("name every tool with its fields", () => {
    expect(tools.map(({ name }) => name)).toEqual(names);
    for (const { name, inputSchema } of tools) {
      const { shown } = toolsOf(set).find((tool) => tool.name === name) ?? {};
      expect(Object.keys(inputSchema.properties ?? {}), name).toEqual(Object.keys(shown?.shape ?? {}));
    }
  });

  it("have a field of the type that the function takes", () => {
    const typeOf = ({ type, anyOf, oneOf }: JsonSchema): unknown[] =>
      [...(anyOf ?? []), ...(oneOf ?? [])].map((each) => each.type).concat(type ?? []);
    for (const { name, inputSchema } of tools) {
      const { input } = toolsOf(set).find((tool) => tool.name === name) ?? {};
      for (const [field, { type }] of Object.entries(inputSchema.properties ?? {})) {
        const taken = z.toJSONSchema(input?.shape[field] as z.ZodType, { io: "input" }) as JsonSchema;
        expect(new Set(typeOf(taken)), `${name}: ${field}`).toEqual(new Set([type]));
      }
    }
  });

  it("hold nothing that a gateway does not know", () => {
    for (const { name, inputSchema } of tools)
      for (const schema of all(inputSchema)) {
        expect(KNOWN, name).toEqual(expect.arrayContaining(Object.keys(schema)));
        expect(TYPES, name).toContain(schema.type);
      }
  });

  it("are an API of one path an action", () => {
    const { paths } = actionGroupApi(set) as {
      paths: Record<string, { post: { operationId: string; description: string } }>;
    };

    expect(Object.keys(paths)).toEqual(names.map((name) => `/${name}`));
    for (const [path, { post }] of Object.entries(paths)) expect(`/${post.operationId}`).toBe(path);
  });
});
