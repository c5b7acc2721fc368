import { describe, expect, it } from "vitest";
import { executionArn } from "../../../functions/run/execution-arn.ts";

describe("the ARN of an execution", () => {
  it.each([
    ["of the state machine", "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1"],
    ["of one of its workloads", "arn:aws:states:eu-west-1:123456789012:execution:remediation/Workload:0a1b-2c"],
  ])("names where it runs, and in which machine: %s", (_whose, arn) => {
    expect(executionArn(arn)).toEqual({
      partition: "aws",
      region: "eu-west-1",
      account: "123456789012",
      machine: "remediation",
    });
  });

  it("is known in other partitions", () => {
    expect(executionArn("arn:aws-us-gov:states:us-gov-west-1:123456789012:execution:r:e")).toMatchObject({
      partition: "aws-us-gov",
      region: "us-gov-west-1",
    });
  });

  it.each([
    "run-1",
    "",
    "arn:aws:states:local:000000000000:execution:remediation:run-1",
    "arn:aws:states:eu-west-1:123456789012:stateMachine:remediation",
    "arn:aws:states:eu-west-1:123456789012:execution:remediation",
    "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1 and more",
    "arn:aws:lambda:eu-west-1:123456789012:function:remediation",
  ])("is none of what does not run in AWS: %j", (id) => {
    expect(executionArn(id)).toBeUndefined();
  });
});
