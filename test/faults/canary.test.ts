import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Canary } from "./canary.ts";

test.each<[string, (secret: string) => unknown]>([
  ["as it is", (secret) => `Bearer ${secret}`],
  ["in JSON in JSON", (secret) => JSON.stringify({ text: JSON.stringify({ secret }) })],
  ["in a URL", (secret) => encodeURIComponent(`?token=${secret}`)],
  ["in Base64, whatever stands before it", (secret) => Buffer.from(`a${secret}`).toString("base64")],
  ["in Base64, whatever stands before it,", (secret) => Buffer.from(`ab:${secret}\n`).toString("base64")],
  ["in Base64 for URLs", (secret) => Buffer.from(`abc${secret}z`).toString("base64url")],
  ["in hexadecimal", (secret) => Buffer.from(secret).toString("hex")],
  [
    "in the cause of an error's cause",
    (secret) => new Error("a", { cause: new Error("b", { cause: new Error(secret) }) }),
  ],
  ["in a field that is hidden", (secret) => Object.defineProperty({}, "token", { value: secret, enumerable: false })],
])("a credential is found %s", (_where, told) => {
  const canary = new Canary();
  const secret = `k8s-aws-v1.${canary.mark("token")}/+=`;
  canary.mark("other");

  expect(canary.sightingsIn(told(secret))).toEqual(["token"]);
});

test("nothing is found where nothing is", () => {
  const canary = new Canary();
  canary.mark("token");

  expect(canary.sightingsIn({ text: inspect(canary).slice(0, 10), other: new Canary().mark("token") })).toEqual([]);
});
