import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Hub } from "../../../functions/shared/hub.ts";
import { startAws, type AwsAnswer } from "../../support/aws-over-http.ts";

const OWN = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
const HUB: Hub = { name: "hub", parameter: "/fleet", function: "discover", own: OWN };
const PLACE = { account: "444455556666", region: "us-east-1" };
const ROLE = "arn:aws:iam::444455556666:role/hub-discovered-discover";
const SOURCE = { ...PLACE, tag: "on", roles: "hub-discovered", externalId: "an-id", everyMinutes: 5 };
const arnOf = (name: string) => `arn:aws:eks:us-east-1:444455556666:cluster/${name}`;
const CREDENTIALS = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
<SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;

/** What AWS answers to each operation, and what it was asked. */
let answers: Record<string, AwsAnswer | ((input: Record<string, unknown>) => AwsAnswer)>;
let asked: { operation: string; input: Record<string, unknown> }[];
let stopAws: () => void;

beforeEach(async () => {
  answers = { AssumeRole: { body: CREDENTIALS } };
  asked = [];
  stopAws = await startAws((operation, input) => {
    asked.push({ operation, input });
    const answer = answers[operation] ?? {
      status: 404,
      body: { __type: "ResourceNotFoundException", message: "none" },
    };
    return typeof answer === "function" ? answer(input) : answer;
  });
  vi.stubEnv("RECORD_TABLE", "record");
});
afterEach(() => {
  stopAws();
  vi.useRealTimers();
});

const account = async () => (await import("../../../functions/lambda/eks-account.ts")).eksAccount(HUB, SOURCE);
const refusal = { status: 403, body: { __type: "AccessDeniedException", message: "not authorized" } };

describe("the EKS of an account", () => {
  it("is asked for all pages of names, by the hub's role there and with the external id", async () => {
    answers["GET /clusters"] = ({ nextToken }) => ({
      body: nextToken === undefined ? { clusters: ["a"], nextToken: "2" } : { clusters: ["b"], nextToken: null },
    });

    expect(await (await account()).names()).toEqual(["a", "b"]);
    const [assumed, ...more] = asked.filter(({ operation }) => operation === "AssumeRole");
    expect(more).toEqual([]);
    expect(assumed?.input).toMatchObject({ RoleArn: ROLE, ExternalId: "an-id" });
  });

  it.each<[string, AwsAnswer | (() => AwsAnswer), string, string]>([
    ["refuses", refusal, "ClusterNotPermitted", "not authorized"],
    ["answers no list", { body: {} }, "ClusterUnreachable", "no list"],
    [
      "answers pages without end",
      () => ({ body: { clusters: [], nextToken: String(asked.length) } }),
      "ClusterUnreachable",
      "20 pages",
    ],
  ])("is an error where it %s, and no account without clusters", async (_what, answer, name, words) => {
    answers["GET /clusters"] = answer;

    const error: unknown = await (await account()).names().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name });
    expect((error as Error).message).toContain(words);
  });

  it("names the role that cannot be assumed", async () => {
    answers["AssumeRole"] = {
      status: 403,
      body: "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
    };

    await expect((await account()).names()).rejects.toMatchObject({
      name: "ClusterNotPermitted",
      message: expect.stringContaining(ROLE) as string,
    });
  });

  it("says which tags a cluster has, and whether it is there", async () => {
    answers[`GET /tags/${arnOf("a")}`] = { body: { tags: { "eks-remediation": "on" } } };
    answers[`GET /tags/${arnOf("none")}`] = { body: { tags: {} } };
    answers[`GET /tags/${arnOf("gone")}`] = { status: 404, body: { __type: "NotFoundException", message: "no" } };
    answers[`GET /tags/${arnOf("shut")}`] = refusal;
    const eks = await account();

    expect(await eks.tags("a")).toEqual({ "eks-remediation": "on" });
    expect(await eks.tags("none")).toEqual({});
    expect(await eks.tags("gone")).toBeUndefined();
    await expect(eks.tags("shut")).rejects.toMatchObject({ name: "ClusterNotPermitted" });
  });

  it("says whether a cluster has an endpoint, takes access entries, and which it has", async () => {
    const reached = { endpoint: "https://x", certificateAuthority: { data: "Q0E=" } };
    answers["GET /clusters/new"] = { body: { cluster: { name: "new", status: "CREATING" } } };
    answers["GET /clusters/old"] = {
      body: { cluster: { ...reached, accessConfig: { authenticationMode: "CONFIG_MAP" } } },
    };
    answers["GET /clusters/a"] = { body: { cluster: { ...reached, accessConfig: { authenticationMode: "API" } } } };
    answers["GET /clusters/a/access-entries"] = ({ nextToken }) => ({
      body: nextToken === undefined ? { accessEntries: ["x"], nextToken: "2" } : { accessEntries: ["y"] },
    });
    const eks = await account();

    expect(await eks.state("new")).toEqual({ hasEndpoint: false, takesAccessEntries: true, admitted: [] });
    expect(await eks.state("old")).toEqual({ hasEndpoint: true, takesAccessEntries: false, admitted: [] });
    expect(await eks.state("a")).toEqual({ hasEndpoint: true, takesAccessEntries: true, admitted: ["x", "y"] });
    expect(await eks.state("gone")).toBeUndefined();
  });
});

const LIST = {
  external_id: "an-id",
  clusters: [{ name: "listed", ...PLACE, every_minutes: 1 }],
  discover: [{ account: PLACE.account, regions: [PLACE.region, "eu-west-1"] }],
};
const parameter = (value: object): AwsAnswer => ({
  body: { Parameter: { Name: "/fleet", Value: JSON.stringify(value) } },
});
const item = (clusters: object[], place = PLACE) => {
  const discovered = { ...place, roles: "r", at: "2030-06-01T12:00:00.000Z", clusters, left_out: 0, told: [] };
  return { discovered: { S: JSON.stringify(discovered) } };
};

describe("the clusters of a hub that were discovered", () => {
  const discovered = async () => (await import("../../../functions/lambda/discovered.ts")).discoveredOf(HUB);

  it("are those that wait for nothing, where the list has clusters discovered, and that it has not itself", async () => {
    answers["GetParameter"] = parameter(LIST);
    const waits = { for: "endpoint" };
    answers["Query"] = {
      body: {
        Items: [
          item([{ name: "a" }, { name: "listed" }, { name: "new", waits }]),
          item([{ name: "left" }], { ...PLACE, account: "777788889999" }),
          { discovered: { S: "{" } },
        ],
      },
    };

    expect(await discovered()).toEqual([{ arn: arnOf("a"), everyMinutes: 5 }]);
    const [query] = asked.filter(({ operation }) => operation === "Query");
    expect(query?.input).toMatchObject({
      TableName: "record",
      ExpressionAttributeValues: { ":key": { S: "#discovered" } },
    });
  });

  it("are none where the list has none discovered, and the table is not asked", async () => {
    answers["GetParameter"] = parameter({ ...LIST, discover: [] });

    expect(await discovered()).toEqual([]);
    expect(asked.map(({ operation }) => operation)).not.toContain("Query");
  });

  it("are not taken for none where the table refuses", async () => {
    answers["GetParameter"] = parameter(LIST);
    answers["Query"] = { ...refusal, status: 400 };

    await expect(discovered()).rejects.toMatchObject({ name: "FleetUnreadable" });
  });
});

describe("a cluster that is discovered", () => {
  const connect = async (name: string) => {
    vi.stubEnv("EKS_HUB", JSON.stringify({ ...HUB, function: "detect" }));
    answers["GetParameter"] = parameter(LIST);
    return await (await import("../../../functions/lambda/eks.ts")).connectToEks(arnOf(name));
  };
  const described = (tags: object | undefined): AwsAnswer => ({
    body: { cluster: { endpoint: "https://x", certificateAuthority: { data: "Q0E=" }, tags } },
  });

  it("is reached by the role of the function that all discovered clusters of its account have", async () => {
    answers["GET /clusters/a"] = described({ "eks-remediation": "on" });

    expect(await connect("a")).toMatchObject({ name: arnOf("a"), server: "https://x" });
    expect(asked.find(({ operation }) => operation === "AssumeRole")?.input).toMatchObject({
      RoleArn: "arn:aws:iam::444455556666:role/hub-discovered-detect",
    });
  });

  it("is reached while it leaves, so that nothing is cut off", async () => {
    answers["GET /clusters/a"] = described({ "eks-remediation": "leaving" });

    expect((await connect("a")).server).toBe("https://x");
  });

  it.each([
    ["no tags", undefined],
    ["no such tag", {}],
    ["another hub's tag", { "eks-remediation": "other" }],
  ])("is none with %s, whatever its role may describe", async (_what, tags) => {
    answers["GET /clusters/a"] = described(tags);

    await expect(connect("a")).rejects.toMatchObject({
      name: "ClusterNotFound",
      message: expect.stringContaining("has no tag eks-remediation=on") as string,
    });
  });

  it("that may not be described may have no tag, which is said", async () => {
    answers["GET /clusters/a"] = refusal;

    await expect(connect("a")).rejects.toMatchObject({
      name: "ClusterNotPermitted",
      message: expect.stringContaining("no tag eks-remediation=on") as string,
    });
  });

  it("is looked for anew after an hour, by a function that was not ended since", async () => {
    vi.stubEnv("EKS_HUB", JSON.stringify({ ...HUB, function: "patrol" }));
    answers["GetParameter"] = parameter(LIST);
    answers["GET /clusters/a"] = described({ "eks-remediation": "on" });
    const { awsEnvironment } = await import("../../../functions/lambda/environment.ts");
    const describes = () => asked.filter(({ operation }) => operation === "GET /clusters/a").length;
    await awsEnvironment.connect(arnOf("a"));
    await awsEnvironment.connect(arnOf("a"));
    expect(describes()).toBe(1);

    answers["GET /clusters/a"] = described({});
    vi.setSystemTime(Date.now() + 3_600_000);
    await expect(awsEnvironment.connect(arnOf("a"))).rejects.toMatchObject({ name: "ClusterNotFound" });
  });

  it("needs no tag where the list has it", async () => {
    answers["GET /clusters/listed"] = described(undefined);

    expect((await connect("listed")).server).toBe("https://x");
    expect(asked.find(({ operation }) => operation === "AssumeRole")?.input).toMatchObject({
      RoleArn: "arn:aws:iam::444455556666:role/hub-listed-detect",
    });
  });
});
