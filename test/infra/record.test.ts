import { Duration } from "aws-cdk-lib";
import { describe, expect, it } from "vitest";
import { LOOKS } from "../../functions/shared/looks.ts";
import { EVENT_SOURCE } from "../../functions/notify/record/keep.ts";
import { STEP_NAMES } from "../../infra/functions.ts";
import { REMOVING } from "../../infra/permissions.ts";
import { Synthesised } from "./synthesised.ts";

interface Resource {
  Type: string;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
}

describe("the record of outcomes", () => {
  const stack = new Synthesised();
  const table = stack.id("Record", "Table");
  const key = stack.id("Encryption", "Key");
  const resources = stack.template.toJSON()["Resources"] as Record<string, Resource>;

  it("is a table that is encrypted, can be brought back to any moment, forgets by itself, and costs nothing while nothing is written", () => {
    expect(stack.properties(table)).toMatchObject({
      BillingMode: "PAY_PER_REQUEST",
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: "KMS", KMSMasterKeyId: { "Fn::GetAtt": [key, "Arn"] } },
      TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
    });
  });

  it("outlives the stack, with the key that it cannot be read without", () => {
    for (const id of [table, key]) {
      expect(resources[id]).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    }
  });

  it("has a bucket beside it for what remedies destroy, encrypted, closed to the public, and emptied in the same time", () => {
    const bucket = stack.id("Record", "Evidence");

    expect(resources[bucket]).toMatchObject({ DeletionPolicy: "Retain" });
    expect(stack.properties(bucket)).toMatchObject({
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: { "Fn::GetAtt": [key, "Arn"] } },
          },
        ],
      },
      LifecycleConfiguration: { Rules: [{ ExpirationInDays: 365, Status: "Enabled" }] },
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
    });
    expect(REMOVING).toEqual(["restart", "rollback", "flux-rollback"]);
    for (const step of STEP_NAMES) {
      const { Variables } = stack.properties(stack.functionId(step))["Environment"] as { Variables: object };
      expect("EVIDENCE_BUCKET" in Variables, step).toBe(REMOVING.includes(step as never));
    }
  });

  it("takes from the schedule's function its looks, and nothing in the place of an outcome", () => {
    const statements = stack
      .statements(stack.functionId("patrol", "Role"))
      .filter(({ Action }) => Action === "dynamodb:PutItem");

    expect(statements).toEqual([
      expect.objectContaining({ Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [LOOKS] } } }),
    ]);
    // Step Functions lets no execution have such a name.
    expect(LOOKS).toContain("#");
  });

  it("is kept for a year, or for as long as is asked", () => {
    const daysOf = (own: Synthesised) => own.properties(own.functionId("notify"))["Environment"];

    expect(daysOf(stack)).toMatchObject({ Variables: { RECORD_DAYS: "365", RECORD_TABLE: { Ref: table } } });
    expect(daysOf(Synthesised.with(() => ({ recordRetention: Duration.days(30) })))).toMatchObject({
      Variables: { RECORD_DAYS: "30" },
    });
    expect(daysOf(new Synthesised({ recordDays: "90" }))).toMatchObject({ Variables: { RECORD_DAYS: "90" } });
  });

  it.each([Duration.days(0), Duration.hours(36), Duration.days(4_000), "a year"])(
    "is refused when it is to be kept for %s",
    (recordRetention) => {
      expect(() => Synthesised.with(() => ({ recordRetention: recordRetention as Duration }))).toThrow(
        "recordRetention: must be whole days, from one to 3650",
      );
    },
  );

  it("goes to the bus under the one name that its writer may use", () => {
    const policies = stack.all("AWS::IAM::Policy").flatMap(({ PolicyDocument: document }) => {
      return (document as { Statement: { Action: unknown; Condition?: unknown }[] }).Statement;
    });

    expect(policies.filter(({ Action }) => Action === "events:PutEvents")).toMatchObject([
      { Condition: { StringEqualsIfExists: { "events:source": EVENT_SOURCE } } },
    ]);
  });
});
