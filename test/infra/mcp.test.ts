import { describe, expect, it } from "vitest";
import { Synthesised } from "./synthesised.ts";

const WITHOUT = new Synthesised();
const stack = new Synthesised({ mcp: "true" });

describe("the servers of the Model Context Protocol", () => {
  it("are there only where they are asked for", () => {
    expect(WITHOUT.remediation.node.tryFindChild("Mcp")).toBeUndefined();
    WITHOUT.template.resourceCountIs("AWS::Lambda::Url", 0);
    stack.template.resourceCountIs("AWS::Lambda::Url", 2);
  });

  it.each(["read", "act"])("let nobody in but whom IAM lets: %s", (set) => {
    stack.template.hasResourceProperties("AWS::Lambda::Url", {
      AuthType: "AWS_IAM",
      TargetFunctionArn: { "Fn::GetAtt": [stack.id("Mcp", set, "Function"), "Arn"] },
    });
    expect(stack.properties(stack.id("Mcp", set, "Function"))).toMatchObject({
      Environment: { Variables: { MCP_TOOLS: set } },
    });
  });

  it("say where they are", () => {
    for (const output of ["McpReadUrl", "McpActUrl"]) stack.template.hasOutput(output, {});
  });

  it("reach the cluster only to look", () => {
    const admitted = stack.all("AWS::EKS::AccessEntry").map(({ KubernetesGroups: groups, PrincipalArn: role }) => {
      return { groups, role: (role as { "Fn::GetAtt": string[] })["Fn::GetAtt"][0] };
    });

    expect(admitted).toContainEqual({ groups: ["eks-remediation:detect"], role: stack.id("Mcp", "read", "Role") });
    expect(admitted.map(({ role }) => role)).not.toContain(stack.id("Mcp", "act", "Role"));
  });

  it("may start the workflow, and look at what they have started", () => {
    for (const set of ["read", "act"]) {
      const actions = stack.permissions(stack.id("Mcp", set, "Role")).map(({ action }) => action);
      expect(actions).toEqual(expect.arrayContaining(["states:StartExecution", "states:DescribeExecution"]));
    }
  });
});
