import { readFileSync } from "node:fs";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { EksRemediation } from "../../infra/eks-remediation.ts";
import { STEP_NAMES } from "../../infra/functions.ts";
import { DEFINITION_FILE } from "../../local/engine/engine.ts";
import { Synthesised, text } from "./synthesised.ts";

interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  ItemProcessor?: { States: Record<string, State> };
}

const definition = readFileSync(DEFINITION_FILE, "utf8");
const stack = new Synthesised();
const machine = stack.properties(stack.id("Workflow", "StateMachine"));
const name = String(machine["StateMachineName"]);
const arn = (resource: string) => `arn:\${AWS::Partition}:states:\${AWS::Region}:\${AWS::AccountId}:${resource}`;
const permitted = (service: string) =>
  stack
    .permissions(stack.id("Workflow", "StateMachine", "Role"))
    .filter(({ action }) => action.startsWith(`${service}:`))
    .map(({ action, resource }) => `${action} ${resource}`)
    .sort();

/** The function that a placeholder is filled in with a version of, by the version's logical ID. */
function versionOf(substitution: unknown): unknown {
  const { Ref: version = "" } = substitution as { Ref?: string };
  return stack.properties(version)["FunctionName"];
}

/** Every Task state, those inside Map states included. */
function tasks(states: Record<string, State>): State[] {
  return Object.values(states).flatMap((state) => [
    ...(state.Type === "Task" ? [state] : []),
    ...(state.ItemProcessor === undefined ? [] : tasks(state.ItemProcessor.States)),
  ]);
}

/** `detect` for `${DetectFunctionArn}`. */
function stepOf(placeholder: string): string {
  const name = placeholder.replace(/^\W*(\w+)FunctionArn\W*$/, (_whole, found: string) => found.toLowerCase());
  return STEP_NAMES.find((step) => step.replaceAll("-", "") === name) ?? name;
}

describe("the state machine", () => {
  it("has every placeholder of the definition filled in with a version of the function that it names", () => {
    const placeholders = new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? ""));
    const substitutions = Object.entries(machine["DefinitionSubstitutions"] as Record<string, unknown>);

    expect(Object.fromEntries(substitutions.map(([name, value]) => [name, versionOf(value)]))).toEqual(
      Object.fromEntries([...placeholders].map((name) => [name, { Ref: stack.functionId(stepOf(name)) }])),
    );
  });

  it("keeps the versions of what was deployed before, which executions may still be at work with", () => {
    const versions = Object.values(stack.template.findResources("AWS::Lambda::Version"));

    expect(versions).toHaveLength(STEP_NAMES.length);
    for (const version of versions) {
      expect(version).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    }
  });

  it("may invoke every version of exactly the workflow's functions", () => {
    expect(permitted("lambda")).toEqual(
      STEP_NAMES.map((step) => `lambda:InvokeFunction \${${stack.functionId(step)}.Arn}:*`).sort(),
    );
  });

  it("may begin executions of itself, one a workload, and see to these alone", () => {
    expect(permitted("states")).toEqual(
      [
        `states:StartExecution ${arn(`stateMachine:${name}`)}`,
        ...["Describe", "Redrive", "Stop"].flatMap((verb) =>
          [`${name}:*`, `${name}/Workload:*`].map(
            (executions) => `states:${verb}Execution ${arn(`execution:${executions}`)}`,
          ),
        ),
      ].sort(),
    );
  });

  it("encrypts what its executions hold, those of workloads included, with the stack's key", () => {
    const key = { "Fn::GetAtt": [stack.id("Encryption", "Key"), "Arn"] };
    const contexts = stack
      .statements(stack.id("Workflow", "StateMachine", "Role"))
      .filter(({ Action }) => [Action].flat().join() === "kms:Decrypt,kms:GenerateDataKey")
      .map(({ Resource, Condition }) => {
        expect(Resource).toEqual(key);
        return text(Object.values(Condition ?? {})[0]?.["kms:EncryptionContext:aws:states:stateMachineArn"]);
      });

    expect(machine["EncryptionConfiguration"]).toMatchObject({ Type: "CUSTOMER_MANAGED_KMS_KEY", KmsKeyId: key });
    expect(contexts).toEqual([arn(`stateMachine:${name}`), arn(`stateMachine:${name}/*`)]);
  });

  it("has a name of its own beside those of any other stack or construct", () => {
    const stacks = ["pay-eu", "pay_eu", "c".repeat(100)].map((clusterName) => new Synthesised({ clusterName }));
    const twice = Synthesised.with((scope) => {
      new EksRemediation(scope, "Second", { clusterName: "prod" });
      return {};
    });
    const names = [...stacks, twice].flatMap((synthesised) =>
      synthesised.all("AWS::StepFunctions::StateMachine").map(({ StateMachineName }) => String(StateMachineName)),
    );

    for (const each of names) expect(each).toMatch(/^[\w-]{1,80}$/);
    expect(new Set(names).size).toBe(5);
  });

  it("keeps a trace and a log of every state, without the payloads", () => {
    expect(machine).toMatchObject({
      StateMachineType: "STANDARD",
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false },
    });
    stack.template.hasResourceProperties("AWS::Logs::LogGroup", {
      LogGroupName: Match.stringLikeRegexp("^/aws/vendedlogs/states/eks-remediation-my-cluster"),
      RetentionInDays: 30,
      KmsKeyId: { "Fn::GetAtt": [stack.id("Encryption", "Key"), "Arn"] },
    });
  });

  it("gives each task longer than its function may take, so that no retry starts while the function is at work", () => {
    const { States } = JSON.parse(definition) as { States: Record<string, State> };
    const coldStart = 10;

    for (const { Resource = "", TimeoutSeconds } of tasks(States)) {
      const { Timeout } = stack.properties(stack.functionId(stepOf(Resource)));
      expect(TimeoutSeconds, Resource).toBeGreaterThanOrEqual(Number(Timeout) + coldStart);
    }
  });
});
