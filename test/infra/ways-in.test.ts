import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { STEP_NAMES } from "../../infra/functions.ts";
import { Synthesised, text } from "./synthesised.ts";

const off = new Synthesised({ clusterName: "prod" });
const on = new Synthesised({ clusterName: "prod", waysIn: "alarms,alertmanager,events" });
const key = on.id("Encryption", "Key");
const queue = on.id("WaysIn", "DeadLetters");
const machine = on.id("Workflow", "StateMachine");
const lambda = on.id("WaysIn", "ways-in", "Function");
const role = on.id("WaysIn", "ways-in", "Role");

interface Policy {
  Statement: { Sid?: string; Principal: unknown; Action: unknown; Condition?: unknown; Effect: string }[];
}
/** The statements of a resource's policy that admit a service. */
function admitting(service: string, policy: unknown): Policy["Statement"] {
  return (policy as Policy).Statement.filter(({ Principal }) => JSON.stringify(Principal).includes(service));
}

describe("the ways in", () => {
  it("are closed unless one is named", () => {
    expect(off.remediation.node.tryFindChild("WaysIn")).toBeUndefined();
    off.template.resourceCountIs("AWS::Lambda::Function", STEP_NAMES.length + ["agent", "patrol"].length);
    off.template.resourceCountIs("AWS::SNS::Topic", 1);
    expect(JSON.stringify(off.template.toJSON())).not.toContain("aps.amazonaws.com");
  });

  it.each([
    ["alarms", { topics: 1, rules: 1, admitted: ["events.amazonaws.com"] }],
    ["alertmanager", { topics: 2, rules: 0, admitted: ["sns.amazonaws.com"] }],
    ["events", { topics: 1, rules: 0, admitted: ["events.amazonaws.com"] }],
  ])("open no other than those that are named: %s", (way, { topics, rules, admitted }) => {
    const stack = new Synthesised({ clusterName: "prod", waysIn: way });
    const target = { "Fn::GetAtt": [stack.id("WaysIn", "ways-in", "Function"), "Arn"] };
    const permissions = stack
      .all("AWS::Lambda::Permission")
      .filter(({ FunctionName: name }) => text(name) === text(target));

    stack.template.resourceCountIs("AWS::SNS::Topic", topics);
    expect(stack.all("AWS::Events::Rule")).toHaveLength(off.all("AWS::Events::Rule").length + rules);
    expect(permissions.map(({ Principal }) => Principal)).toEqual(admitted);
  });

  it("may start this one workflow, keep what fails, and reach no cluster", () => {
    const permissions = on.permissions(role).map(({ action, resource }) => `${action} ${resource}`);

    expect(permissions.filter((each) => !/^(logs|xray):/.test(each)).sort()).toEqual([
      `kms:Decrypt \${${key}.Arn}`,
      `kms:Decrypt \${${key}.Arn}`,
      `kms:GenerateDataKey \${${key}.Arn}`,
      `kms:GenerateDataKey \${${key}.Arn}`,
      `sqs:SendMessage \${${queue}.Arn}`,
      `states:StartExecution \${${machine}}`,
    ]);
    expect(on.all("AWS::EKS::AccessEntry")).toHaveLength(off.all("AWS::EKS::AccessEntry").length);
  });

  it("take little of the account's concurrency, and keep what could not be processed", () => {
    expect(on.properties(lambda)).toMatchObject({
      ReservedConcurrentExecutions: 2,
      Environment: { Variables: { CLUSTER_NAME: "prod", STATE_MACHINE_ARN: { Ref: machine } } },
    });
    expect(on.all("AWS::Lambda::EventInvokeConfig")).toContainEqual(
      expect.objectContaining({
        FunctionName: { Ref: lambda },
        DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": [queue, "Arn"] } } },
        MaximumEventAgeInSeconds: 900,
      }),
    );
    expect(on.properties(on.id("WaysIn", "DeadLetters"))).toMatchObject({
      KmsMasterKeyId: { "Fn::GetAtt": [key, "Arn"] },
    });
    expect(JSON.stringify(on.properties(on.id("Observability", "DeadLetters")))).toContain(queue);
    expect(JSON.stringify(on.all("AWS::CloudWatch::Alarm"))).toContain(lambda);
  });

  it("are taken by alarms on metrics of this cluster that are raised, and by no other", () => {
    expect(on.properties(on.id("WaysIn", "Alarms"))).toMatchObject({
      EventPattern: {
        source: ["aws.cloudwatch"],
        "detail-type": ["CloudWatch Alarm State Change"],
        detail: {
          state: { value: ["ALARM"] },
          configuration: { metrics: { metricStat: { metric: { dimensions: { ClusterName: ["prod"] } } } } },
        },
      },
      Targets: [
        { Arn: { "Fn::GetAtt": [lambda, "Arn"] }, DeadLetterConfig: { Arn: { "Fn::GetAtt": [queue, "Arn"] } } },
      ],
    });
  });

  it("let the Managed Prometheus of this account publish alerts, encrypted, and nobody else", () => {
    const topic = on.id("WaysIn", "Alerts");
    const [policy] = on.all("AWS::SNS::TopicPolicy").filter(({ Topics }) => JSON.stringify(Topics).includes(topic));
    const { Statement: statements } = policy?.["PolicyDocument"] as Policy;
    const ofThisAccount = { StringEquals: { "aws:SourceAccount": { Ref: "AWS::AccountId" } } };

    expect(on.properties(topic)).toMatchObject({ KmsMasterKeyId: { "Fn::GetAtt": [key, "Arn"] } });
    expect(statements.filter(({ Effect }) => Effect === "Allow")).toMatchObject([
      {
        Principal: { Service: "aps.amazonaws.com" },
        Action: ["sns:GetTopicAttributes", "sns:Publish"],
        Condition: ofThisAccount,
      },
    ]);
    expect(admitting("aps.amazonaws.com", on.properties(key)["KeyPolicy"])).toMatchObject([
      { Condition: ofThisAccount },
    ]);
    expect(admitting("aps.amazonaws.com", off.properties(off.id("Encryption", "Key"))["KeyPolicy"])).toEqual([]);
    expect(on.all("AWS::SNS::Subscription")).toMatchObject([
      { Protocol: "lambda", RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": [queue, "Arn"] } } },
    ]);
  });

  it("let rules of this account alone invoke the function", () => {
    const permissions = on.all("AWS::Lambda::Permission").filter(({ SourceAccount }) => SourceAccount !== undefined);

    expect(permissions).toMatchObject([
      { Principal: "events.amazonaws.com", SourceAccount: { Ref: "AWS::AccountId" }, Action: "lambda:InvokeFunction" },
    ]);
    expect(text(permissions[0]?.["SourceArn"])).toMatch(/:events:\S*:rule\/\*$/);
  });

  it("say where they are", () => {
    on.template.hasOutput("AlertTopicArn", {});
    on.template.hasOutput("WaysInFunctionArn", {});
  });

  it("pass the checks", () => {
    for (const checks of [new AwsSolutionsChecks(), new ServerlessChecks()])
      expect(checks.validateScope(on.stack).violations).toEqual([]);
  });

  it("are refused where they are none", () => {
    expect(() => new Synthesised({ clusterName: "prod", waysIn: "alarms,mail" })).toThrow(
      "must be one of alarms, alertmanager, events",
    );
    expect(() => Synthesised.with(() => ({ waysIn: ["mail" as "alarms"] }))).toThrow(
      "must be one of alarms, alertmanager, events",
    );
  });
});
