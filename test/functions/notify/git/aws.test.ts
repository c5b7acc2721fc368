import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Handler } from "../../../../functions/lambda/lambda.ts";
import { startAws, type AwsAnswer } from "../../../support/aws-over-http.ts";
import { document, sns } from "../deliver/documents.ts";
import { SECRET } from "./told-in-git.ts";

let secret: AwsAnswer;
let asked: { operation: string; input: Record<string, unknown> }[];
let stopAws: () => void;

beforeEach(async () => {
  asked = [];
  stopAws = await startAws((operation, input) => {
    asked.push({ operation, input });
    return operation === "GetSecretValue" ? secret : { body: {} };
  });
});
afterEach(() => {
  stopAws();
});

const context = {
  ...{ functionName: "git", functionVersion: "1", invokedFunctionArn: "arn", memoryLimitInMB: "256" },
  ...{ awsRequestId: "1", getRemainingTimeInMillis: () => 30_000 },
};

async function deployed(repository: object): Promise<Handler> {
  vi.stubEnv("GIT_REPOSITORY", JSON.stringify({ secret: SECRET, ...repository }));
  vi.stubEnv("RECORD_TABLE", "outcomes");
  const { handler } = await import("../../../../functions/notify/git/handler.ts");
  return handler;
}

const KINDS = [
  { kind: "github", repository: "shop/deploy", api: "https://127.0.0.1:1" },
  { kind: "gitlab", repository: "shop/deploy", api: "https://127.0.0.1:1" },
  { kind: "webhook", url: "https://127.0.0.1:1" },
];

describe("the function for a repository", () => {
  it.each(KINDS)("of $kind reads its secret alone, and only for what is to be told there", async (repository) => {
    secret = { body: { SecretString: "topsecret-token" } };
    const handler = await deployed(repository);

    expect(await handler(sns("[FIRING:1]"), context)).toEqual({ status: "not understood" });
    expect(asked).toEqual([]);
    const told = handler(sns(document()), context);
    await expect(told).rejects.toMatchObject({
      name: "DeliveryFailed",
      message: expect.stringContaining("There is no answer to ") as string,
    });
    await expect(told).rejects.not.toThrow("topsecret");
    expect(asked[0]).toMatchObject({ operation: "GetItem", input: { TableName: "outcomes" } });
    expect(asked[0]?.input["Key"]).toMatchObject({
      execution: { S: expect.stringMatching(/^git\/[0-9a-f]{8}$/) as string },
    });
    expect(asked[1]).toEqual({ operation: "GetSecretValue", input: { SecretId: SECRET } });
  });

  it("says which secret cannot be read, or holds no token", async () => {
    secret = { status: 400, body: { __type: "AccessDeniedException", message: "no" } };
    const handler = await deployed({ kind: "github", repository: "shop/deploy" });

    await expect(handler(sns(document()), context)).rejects.toMatchObject({
      name: "DeliveryFailed",
      message: `The secret ${SECRET} could not be read: AccessDeniedException: no`,
    });
    secret = { body: { SecretString: '{"key": "topsecret"}' } };
    const told = handler(sns(document()), context);
    await expect(told).rejects.toMatchObject({ name: "DeliveryRefused" });
    await expect(told).rejects.not.toThrow("topsecret");
  });
});
