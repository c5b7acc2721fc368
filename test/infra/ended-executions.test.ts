import { describe, expect, it } from "vitest";
import { Synthesised } from "./synthesised.ts";

interface Rule {
  EventPattern: { detail: Record<string, (string | object)[]> };
  Targets: Record<string, unknown>[];
}

/** Whether a pattern takes an event of the state machine `remediation`, whose ARNs are told from one another by their ends. */
function takes(pattern: Rule["EventPattern"]["detail"], event: Record<string, string>): boolean {
  return Object.entries(pattern).every(([field, wanted]) =>
    wanted.some((one) => {
      const value = event[field] ?? "";
      if (typeof one === "string") return value === one;
      const begin = /"(:|\/)"\]\]\}\}$/.exec(JSON.stringify(one))?.[1];
      return begin === undefined
        ? value === "stateMachine:remediation"
        : value.startsWith(`execution:remediation${begin}`);
    }),
  );
}

describe("executions that end", () => {
  const stack = new Synthesised();
  const rule = stack.properties(stack.id("EndedExecutions", "Rule")) as unknown as Rule;
  const queue = { "Fn::GetAtt": [stack.id("EndedExecutions", "DeadLetters"), "Arn"] };

  it("are those of this state machine, however they end", () => {
    expect(rule.EventPattern).toEqual({
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail: {
        status: ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
        stateMachineArn: [{ Ref: stack.id("Workflow", "StateMachine") }],
        executionArn: [{ prefix: { "Fn::Join": ["", expect.arrayContaining([":execution:"])] } }],
      },
    });
  });

  it.each(["stateMachine:remediation", "stateMachine:remediation/Workload"])(
    "are taken by one rule each where the event of a workload's execution names %s",
    (machine) => {
      const own = stack.properties(stack.id("EndedExecutions", "OfWorkloads")) as unknown as Rule;
      const rulesThatTake = (execution: string, status: string) =>
        [rule, own].filter(({ EventPattern: { detail } }) =>
          takes(detail, { stateMachineArn: machine, executionArn: `execution:${execution}`, status }),
        );

      expect(rulesThatTake("remediation/Workload:4f1c", "FAILED")).toEqual([own]);
      expect(rulesThatTake("remediation/Workload:4f1c", "SUCCEEDED")).toEqual([]);
      expect(rulesThatTake("remediation-2:4f1c", "FAILED")).toEqual([]);
      expect(machine.includes("/") ? [rule] : rulesThatTake("remediation:4f1c", "FAILED")).toEqual([rule]);
    },
  );

  it("are those of one workload, too, unless they succeed", () => {
    const own = stack.properties(stack.id("EndedExecutions", "OfWorkloads")) as unknown as Rule;

    expect(own.EventPattern.detail).toEqual({
      status: ["FAILED", "TIMED_OUT", "ABORTED"],
      executionArn: [{ prefix: { "Fn::Join": ["", expect.arrayContaining([":execution:"])] } }],
    });
    expect(JSON.stringify(own.EventPattern.detail)).toMatch(/"Name"\]\},"\/"\]\]/);
    expect(own.Targets).toMatchObject([
      { InputTransformer: { InputTemplate: '{"about":"execution","event":<detail>}' } },
    ]);
  });

  it("are told by the notify function, which gets what EventBridge says of them", () => {
    expect(rule.Targets).toHaveLength(1);
    expect(rule.Targets[0]).toMatchObject({
      Arn: { "Fn::GetAtt": [stack.functionId("notify"), "Arn"] },
      InputTransformer: {
        InputPathsMap: { detail: "$.detail" },
        InputTemplate: '{"about":"execution","event":<detail>}',
      },
      RetryPolicy: { MaximumEventAgeInSeconds: 3_600 },
    });
    stack.template.hasResourceProperties("AWS::Lambda::Permission", {
      Action: "lambda:InvokeFunction",
      FunctionName: { "Fn::GetAtt": [stack.functionId("notify"), "Arn"] },
      Principal: "events.amazonaws.com",
      SourceArn: { "Fn::GetAtt": [stack.id("EndedExecutions", "Rule"), "Arn"] },
    });
  });

  it("are kept in an encrypted queue when they could not be delivered, or not be told", () => {
    expect(rule.Targets[0]?.["DeadLetterConfig"]).toEqual({ Arn: queue });
    stack.template.hasResourceProperties("AWS::Lambda::EventInvokeConfig", {
      FunctionName: { Ref: stack.functionId("notify") },
      DestinationConfig: { OnFailure: { Destination: queue } },
    });
    expect(stack.properties(stack.id("EndedExecutions", "DeadLetters"))).toMatchObject({
      KmsMasterKeyId: { "Fn::GetAtt": [stack.id("Encryption", "Key"), "Arn"] },
    });
  });
});
