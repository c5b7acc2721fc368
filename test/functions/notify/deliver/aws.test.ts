import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Handler } from "../../../../functions/lambda/lambda.ts";
import { recordsSince } from "../../../../functions/notify/record/week.ts";
import { startAws, type AwsAnswer } from "../../../support/aws-over-http.ts";
import { document, sns } from "./documents.ts";

/** What AWS answers to a call, by its operation; and what it was asked. */
let answers: Record<string, (input: Record<string, unknown>) => AwsAnswer>;
let asked: { operation: string; input: Record<string, unknown> }[];
let stopAws: () => void;

beforeEach(async () => {
  answers = {};
  asked = [];
  stopAws = await startAws((operation, input) => {
    asked.push({ operation, input });
    return answers[operation]?.(input) ?? { status: 400, body: {} };
  });
});
afterEach(() => {
  stopAws();
});

const context = {
  ...{ functionName: "deliver", functionVersion: "1", invokedFunctionArn: "arn", memoryLimitInMB: "256" },
  ...{ awsRequestId: "1", getRemainingTimeInMillis: () => 30_000 },
};

/** The function as it is deployed, which reads where it delivers when it is loaded. */
async function deployed(destination: string): Promise<Handler> {
  vi.stubEnv("DESTINATION", destination);
  vi.stubEnv("DESTINATION_SECRET", "/ops/secret");
  const { handler } = await import("../../../../functions/notify/deliver/handler.ts");
  return handler;
}

describe("the function that delivers", () => {
  it("reads its secret, sends nothing to another host than the destination's, and tells nothing of it", async () => {
    answers["GetParameter"] = () => ({ body: { Parameter: { Value: "https://evil.example/topsecret" } } });
    const handler = await deployed("slack");

    const told = handler(sns(document()), context);
    await expect(told).rejects.toMatchObject({ name: "DeliveryRefused" });
    await expect(told).rejects.not.toThrow(/topsecret|evil/);
    expect(asked).toEqual([{ operation: "GetParameter", input: { Name: "/ops/secret", WithDecryption: true } }]);
  });

  it("says which secret cannot be read, and reads none for what is not for it", async () => {
    answers["GetParameter"] = () => ({ status: 400, body: { __type: "ParameterNotFound", message: "no" } });
    const handler = await deployed("pagerDuty");

    expect(await handler(sns("[FIRING:1]"), context)).toEqual({ status: "not understood" });
    expect(asked).toEqual([]);
    await expect(handler(sns(document()), context)).rejects.toMatchObject({
      name: "DeliveryFailed",
      message: "The secret /ops/secret could not be read: ParameterNotFound: no",
    });
  });
});

describe("the outcomes of a week", () => {
  const execution = (name: string) => ({ id: name, name });
  const record = (name: string, more: object = {}) => ({
    ...{ version: 1, at: "2026-06-01T10:00:00.000Z", execution: execution(name), cluster_name: "prod", dry_run: false },
    ...{ outcome: "Skipped", cause: "CrashLoop", action: "none", summary: "", needs_person: true, found: [] },
    ...{ evidence: [], rejected: [], changes: [], workload: { kind: "Deployment", namespace: "shop", name: "web" } },
    ...more,
  });
  const item = (name: string, kept: unknown, subject = "Deployment/shop/web") => ({
    execution: { S: name },
    subject: { S: subject },
    record: { S: typeof kept === "string" ? kept : JSON.stringify(kept) },
  });

  it("are read page by page, with fields of later versions, and what cannot be read is counted", async () => {
    vi.stubEnv("RECORD_TABLE", "outcomes");
    const kept: Record<string, object[]> = {
      a: [item("a", record("a", { later: 1 }))],
      b: [item("b", "{"), item("b", record("b", { workload: undefined }), "run")],
    };
    answers["Query"] = (input) => {
      if (input["IndexName"] === undefined) {
        const values = input["ExpressionAttributeValues"] as { ":execution": { S: string } };
        return { body: { Items: kept[values[":execution"].S] } };
      }
      const isFirst = input["ExclusiveStartKey"] === undefined;
      return isFirst
        ? { body: { Items: kept["b"], LastEvaluatedKey: { execution: { S: "b" } } } }
        : { body: { Items: kept["a"] } };
    };

    const { records, ...rest } = await recordsSince("2026-05-25T00:00:00.000Z", 10);
    expect(records.map((each) => each.execution.name).sort()).toEqual(["a", "b"]);
    expect(rest).toEqual({ unread: 1, isCut: false });
    expect((await recordsSince("2026-05-25T00:00:00.000Z", 2)).isCut).toBe(true);
  });
});
