import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createToken, type TokenRequest } from "../../../functions/lambda/eks-token.ts";
import { NOW } from "../../support/objects.ts";

const SECRET = "secret";
const request: TokenRequest = {
  clusterName: "prod",
  region: "eu-west-1",
  credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: SECRET, sessionToken: "a/session+token==" },
  now: NOW,
};

/** What the authenticator reads: the URL behind the prefix. */
function urlIn(token: string): URL {
  return new URL(Buffer.from(token.replace(/^k8s-aws-v1\./, ""), "base64url").toString("utf8"));
}

describe("an EKS token", () => {
  it.each(["a", "ab", "abc"])(
    "is the prefix and unpadded base64url, however long its URL is: %s",
    async (sessionToken) => {
      const token = await createToken({ ...request, credentials: { ...request.credentials, sessionToken } });

      expect(token).toMatch(/^k8s-aws-v1\.[A-Za-z0-9_-]+$/);
    },
  );

  it("holds a presigned GetCallerIdentity of the region's STS, good for a minute", async () => {
    const url = urlIn(await createToken(request));

    expect(url.origin + url.pathname).toBe("https://sts.eu-west-1.amazonaws.com/");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      Action: "GetCallerIdentity",
      Version: "2011-06-15",
      "X-Amz-Credential": "AKIDEXAMPLE/20260601/eu-west-1/sts/aws4_request",
      "X-Amz-Date": "20260601T120000Z",
      "X-Amz-Expires": "60",
      "X-Amz-Security-Token": "a/session+token==",
      "X-Amz-SignedHeaders": "host;x-k8s-aws-id",
    });
  });

  it.each([
    ["us-gov-west-1", "sts.us-gov-west-1.amazonaws.com"],
    ["cn-north-1", "sts.cn-north-1.amazonaws.com.cn"],
    ["eusc-de-east-1", "sts.eusc-de-east-1.amazonaws.eu"],
    ["us-iso-east-1", "sts.us-iso-east-1.c2s.ic.gov"],
    ["us-isob-east-1", "sts.us-isob-east-1.sc2s.sgov.gov"],
    ["eu-isoe-west-1", "sts.eu-isoe-west-1.cloud.adc-e.uk"],
    ["us-isof-south-1", "sts.us-isof-south-1.csp.hci.ic.gov"],
  ])("of %s is for %s, the STS of the region's partition", async (region, host) => {
    expect(urlIn(await createToken({ ...request, region })).host).toBe(host);
  });

  it("carries the parameters that the authenticator allows, and no other", async () => {
    const allowed = [
      "Action",
      "Version",
      "Algorithm",
      "Credential",
      "Date",
      "Expires",
      "Signature",
      "SignedHeaders",
    ].map((name) => (name === "Action" || name === "Version" ? name : `X-Amz-${name}`));
    const { sessionToken: _none, ...longTerm } = request.credentials;

    expect([...urlIn(await createToken(request)).searchParams.keys()].sort()).toEqual(
      [...allowed, "X-Amz-Security-Token"].sort(),
    );
    expect([...urlIn(await createToken({ ...request, credentials: longTerm })).searchParams.keys()].sort()).toEqual(
      allowed.sort(),
    );
  });

  it("is signed for its cluster alone", async () => {
    const url = urlIn(await createToken(request));

    expect(url.searchParams.get("X-Amz-Signature")).toBe(signature(url, "prod"));
    expect(url.searchParams.get("X-Amz-Signature")).not.toBe(signature(url, "staging"));
  });

  it("is the same for the same moment, and another for another", async () => {
    const token = await createToken(request);

    expect(await createToken(request)).toBe(token);
    expect(await createToken({ ...request, now: new Date(NOW.getTime() + 1_000) })).not.toBe(token);
  });

  it("stays below the authenticator's 4,096 bytes with a session token of 1,600 characters", async () => {
    const sessionToken = createHash("shake256", { outputLength: 1_200 }).update("any").digest("base64");
    const credentials = { ...request.credentials, sessionToken };

    expect((await createToken({ ...request, credentials })).length).toBeLessThan(4_096);
  });
});

/** Signature Version 4 of the URL with the cluster's header, from the specification. */
function signature(url: URL, clusterName: string): string {
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  const query = [...url.searchParams]
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join("&");
  const headers = [`host:${url.host}`, `x-k8s-aws-id:${clusterName}`];
  const canonical = ["GET", "/", query, ...headers, "", "host;x-k8s-aws-id", sha256("")].join("\n");
  const [, ...scope] = url.searchParams.get("X-Amz-Credential")?.split("/") ?? [];
  const date = url.searchParams.get("X-Amz-Date") ?? "";
  const key = scope.reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${SECRET}`);
  return hmac(key, ["AWS4-HMAC-SHA256", date, scope.join("/"), sha256(canonical)].join("\n")).toString("hex");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
