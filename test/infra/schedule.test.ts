import { Duration } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { PatrolInput } from "../../functions/patrol/patrol.ts";
import { Synthesised } from "./synthesised.ts";

interface Rule {
  State: string;
  ScheduleExpression: string;
  Targets: {
    Arn: unknown;
    InputTransformer: { InputPathsMap: Record<string, string>; InputTemplate: string };
    DeadLetterConfig: unknown;
    RetryPolicy: unknown;
  }[];
}

function ruleOf(stack: Synthesised): Rule {
  return stack.properties(stack.id("Schedule", "Rule")) as unknown as Rule;
}

describe("the schedule", () => {
  const stack = new Synthesised({ clusterName: "prod" });
  const rule = ruleOf(stack);

  it("has the cluster looked at every minute, with what the function takes and the event's own ID", () => {
    expect(rule).toMatchObject({ State: "ENABLED", ScheduleExpression: "rate(1 minute)" });
    expect(rule.Targets).toHaveLength(1);
    expect(rule.Targets[0]?.Arn).toEqual({ "Fn::GetAtt": [stack.functionId("patrol"), "Arn"] });
    const { InputPathsMap = {}, InputTemplate = "" } = rule.Targets[0]?.InputTransformer ?? {};
    const [[name, path] = []] = Object.entries(InputPathsMap);
    expect(path).toBe("$.id");
    const id = "01234567-89ab-cdef-0123-456789abcdef";
    expect(PatrolInput.parse(JSON.parse(InputTemplate.replace(`<${name ?? ""}>`, JSON.stringify(id))))).toEqual({
      ...{ id, cluster_name: "prod", origin: "schedule" },
    });
  });

  it("may invoke that function, and nothing else", () => {
    stack.template.hasResourceProperties("AWS::Lambda::Permission", {
      Action: "lambda:InvokeFunction",
      FunctionName: { "Fn::GetAtt": [stack.functionId("patrol"), "Arn"] },
      Principal: "events.amazonaws.com",
      SourceArn: { "Fn::GetAtt": [stack.id("Schedule", "Rule"), "Arn"] },
    });
    expect(stack.statements().filter(({ Action }) => [Action].flat().includes("lambda:InvokeFunction"))).toHaveLength(
      1,
    );
  });

  it("keeps the looks that could not be delivered in an encrypted queue that takes TLS only", () => {
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

  it("keeps its interval when one is given, and drops a look when the next one is due", () => {
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
