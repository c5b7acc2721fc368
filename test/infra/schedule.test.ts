import { Duration } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { parseRequest } from "../../functions/run/request.ts";
import { Synthesised } from "./synthesised.ts";

interface Rule {
  State: string;
  ScheduleExpression: string;
  Targets: { Arn: unknown; Input: string; DeadLetterConfig: unknown; RetryPolicy: unknown; RoleArn: unknown }[];
}

function ruleOf(stack: Synthesised): Rule {
  return stack.properties(stack.id("Schedule", "Rule")) as unknown as Rule;
}

describe("the schedule", () => {
  const stack = new Synthesised({ clusterName: "prod" });
  const rule = ruleOf(stack);

  it("starts a scan of the cluster every minute, with a request that the workflow takes", () => {
    expect(rule).toMatchObject({ State: "ENABLED", ScheduleExpression: "rate(1 minute)" });
    expect(rule.Targets).toHaveLength(1);
    expect(rule.Targets[0]?.Arn).toEqual({ Ref: stack.id("Workflow", "StateMachine") });
    expect(parseRequest(JSON.parse(rule.Targets[0]?.Input ?? ""))).toEqual({
      ...{ cluster_name: "prod", origin: "schedule" },
    });
  });

  it("may start that state machine, with the key that its executions are written with, and nothing else", () => {
    const role = stack.id("Schedule", "Role");
    const key = `\${${stack.id("Encryption", "Key")}.Arn}`;

    expect(rule.Targets[0]?.RoleArn).toEqual({ "Fn::GetAtt": [role, "Arn"] });
    expect(stack.permissions(role)).toEqual([
      { action: "kms:Decrypt", resource: key },
      { action: "kms:GenerateDataKey", resource: key },
      { action: "states:StartExecution", resource: `\${${stack.id("Workflow", "StateMachine")}}` },
    ]);
    expect(stack.statements(role)[0]?.Condition).toEqual({
      StringLike: { "kms:EncryptionContext:aws:states:stateMachineArn": { Ref: stack.id("Workflow", "StateMachine") } },
    });
  });

  it("keeps the starts that could not be delivered in an encrypted queue that takes TLS only", () => {
    const queue = stack.id("Schedule", "DeadLetters");

    expect(rule.Targets[0]?.DeadLetterConfig).toEqual({ Arn: { "Fn::GetAtt": [queue, "Arn"] } });
    expect(stack.properties(queue)).toMatchObject({
      KmsMasterKeyId: { "Fn::GetAtt": [stack.id("Encryption", "Key"), "Arn"] },
    });
    expect(stack.properties(stack.id("Schedule", "DeadLetters", "Policy"))).toMatchObject({
      PolicyDocument: {
        Statement: expect.arrayContaining([
          expect.objectContaining({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ]) as unknown,
      },
    });
  });

  it("keeps its interval when one is given, and drops a start when the next one is due", () => {
    const rare = ruleOf(Synthesised.with(() => ({ schedule: Duration.minutes(10) })));

    expect(rare.ScheduleExpression).toBe("rate(10 minutes)");
    expect(rare.Targets[0]?.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 600 });
    expect(ruleOf(new Synthesised({ schedule: "5 minutes" })).ScheduleExpression).toBe("rate(5 minutes)");
  });

  it("can be switched off", () => {
    expect(ruleOf(new Synthesised({ schedule: "off" })).State).toBe("DISABLED");
    expect(ruleOf(Synthesised.with(() => ({ schedule: false }))).State).toBe("DISABLED");
  });
});
