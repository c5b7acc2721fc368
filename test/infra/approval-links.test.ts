import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { STEP_NAMES } from "../../infra/functions.ts";
import { Synthesised } from "./synthesised.ts";

const off = new Synthesised({ clusterName: "prod" });
const on = new Synthesised({ clusterName: "prod", approvalLinks: true });
const key = on.id("ApprovalLinks", "Key");
const machineName = String(on.properties(on.id("Workflow", "StateMachine"))["StateMachineName"]);
const machine = `arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:stateMachine:${machineName}`;

/** What a role may do with this switched on, and may not without. */
function permitted(name: string): string[] {
  return on
    .permissions(on.functionId(name, "Role"))
    .map(({ action, resource }) => `${action} ${resource}`)
    .filter((permission) => /Mac |^states:|^kms:GenerateDataKey/.test(permission))
    .sort();
}

describe("links by which people approve", () => {
  it("take no function, address, key or permission where they are switched off", () => {
    off.template.resourceCountIs("AWS::Lambda::Url", 0);
    off.template.resourceCountIs("AWS::Lambda::Function", STEP_NAMES.length + 2);
    off.template.resourceCountIs("AWS::KMS::Key", 1);
    expect(off.permissions().filter(({ action }) => action.endsWith("Mac"))).toEqual([]);
    expect(JSON.stringify(off.template.toJSON())).not.toContain("LINK_");
  });

  it("are made with a key that makes codes and nothing else, and goes with the stack", () => {
    expect(on.properties(key)).toMatchObject({ KeySpec: "HMAC_256", KeyUsage: "GENERATE_VERIFY_MAC" });
    expect(on.template.findResources("AWS::KMS::Key")[key]).toMatchObject({ DeletionPolicy: "Delete" });
  });

  it("let their page check codes, start this one workflow and look at what it started, and notify make codes", () => {
    expect(permitted("decide")).toEqual([
      `kms:GenerateDataKey \${${on.id("Encryption", "Key")}.Arn}`,
      `kms:VerifyMac \${${key}.Arn}`,
      `states:DescribeExecution ${machine.replace(":stateMachine:", ":execution:")}:link-*`,
      `states:StartExecution ${machine}`,
    ]);
    expect(permitted("notify")).toContain(`kms:GenerateMac \${${key}.Arn}`);
    expect(permitted("notify").join()).not.toContain("StartExecution");
    for (const { action, resource } of on.permissions().filter(({ action }) => action.endsWith("Mac")))
      expect(resource, action).toBe(`\${${key}.Arn}`);
  });

  it("let their page use the stack's key for executions of this workflow alone", () => {
    const uses = on.statements(on.functionId("decide", "Role")).filter(({ Condition }) => Condition !== undefined);

    expect(JSON.stringify(uses)).toContain(machineName);
    expect(uses).toHaveLength(1);
  });

  it("have an address that takes no part of the account's concurrency but its own, and allows no other site", () => {
    expect(on.properties(on.functionId("decide"))).toMatchObject({
      ReservedConcurrentExecutions: 5,
      Timeout: 30,
      Environment: { Variables: { LINK_KEY: { "Fn::GetAtt": [key, "Arn"] } } },
    });
    const [address, ...others] = on.all("AWS::Lambda::Url");
    expect(address).toMatchObject({ AuthType: "NONE" });
    expect(address).not.toHaveProperty("Cors");
    expect(others).toEqual([]);
  });

  it("tell notify where the page is", () => {
    const variables = on.properties(on.functionId("notify"))["Environment"];

    expect(variables).toMatchObject({
      Variables: {
        LINK_KEY: { "Fn::GetAtt": [key, "Arn"] },
        LINK_ADDRESS: { "Fn::GetAtt": [expect.anything(), "FunctionUrl"] },
      },
    });
  });

  it("give their page no way to the cluster", () => {
    expect(on.all("AWS::EKS::AccessEntry")).toHaveLength(off.all("AWS::EKS::AccessEntry").length);
    const actions = on.permissions(on.functionId("decide", "Role")).map(({ action }) => action);
    expect(actions.filter((action) => action.startsWith("eks:"))).toEqual([]);
  });

  it("have their function watched like the others, by no more alarms", () => {
    const alarms = (stack: Synthesised) => stack.all("AWS::CloudWatch::Alarm");

    expect(JSON.stringify(alarms(on))).toContain(on.functionId("decide"));
    expect(alarms(on)).toHaveLength(alarms(off).length);
  });

  it("pass the checks", () => {
    for (const checks of [new AwsSolutionsChecks(), new ServerlessChecks()])
      expect(checks.validateScope(on.stack).violations).toEqual([]);
  });

  it("are refused where they are neither on nor off", () => {
    expect(() => Synthesised.with(() => ({ approvalLinks: "on" as unknown as boolean }))).toThrow(
      "approvalLinks: must be true or false",
    );
  });
});
