import { readFileSync } from "node:fs";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { STEP_NAMES } from "../../infra/functions.ts";
import { DEFINITION_FILE } from "../../local/engine/engine.ts";
import { Synthesised } from "./synthesised.ts";

interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  ItemProcessor?: { States: Record<string, State> };
}

const definition = readFileSync(DEFINITION_FILE, "utf8");
const stack = new Synthesised();
const machine = stack.properties(stack.id("Workflow", "StateMachine"));
const functionArn = (step: string) => ({ "Fn::GetAtt": [stack.functionId(step), "Arn"] });

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
  it("has every placeholder of the definition filled in with the function that it names", () => {
    const placeholders = new Set([...definition.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? ""));

    expect(machine["DefinitionSubstitutions"]).toEqual(
      Object.fromEntries([...placeholders].map((name) => [name, functionArn(stepOf(name))])),
    );
  });

  it("may invoke exactly the workflow's functions", () => {
    const invoked = stack
      .permissions(stack.id("Workflow", "StateMachine", "Role"))
      .filter(({ action }) => action.startsWith("lambda:"));

    expect(invoked.map(({ action, resource }) => `${action} ${resource}`).sort()).toEqual(
      STEP_NAMES.map((step) => `lambda:InvokeFunction \${${stack.functionId(step)}.Arn}`).sort(),
    );
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
