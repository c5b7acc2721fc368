import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { startAws, type AwsAnswer } from "../../support/aws-over-http.ts";

const PARAMETER = "/eks-remediation/fleet";
const OWN = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";
const SHOP = { name: "shop", account: "444455556666", region: "us-east-1" };
const PAY = { ...SHOP, name: "pay" };
const ARN = "arn:aws:eks:us-east-1:444455556666:cluster/shop";

/** The parameters that there are, as Systems Manager has them; what it was asked for; whether it refuses everything. */
let parameters: Record<string, string>;
let asked: string[];
let isRefused: boolean;
let stopAws: () => void;

beforeEach(async () => {
  parameters = {};
  asked = [];
  isRefused = false;
  stopAws = await startAws((operation, input) => answerTo(operation, input));
  vi.stubEnv("EKS_HUB", JSON.stringify({ name: "hub", parameter: PARAMETER, function: "detect", own: OWN }));
});
afterEach(() => {
  vi.useRealTimers();
  stopAws();
});

interface Asked {
  Name?: string;
  Names?: string[];
}

function answerTo(operation: string, { Name, Names = [] }: Asked): AwsAnswer {
  asked.push(`${operation} ${Name ?? Names.join()}`);
  if (isRefused) return { status: 400, body: { __type: "AccessDeniedException", message: "not authorized" } };
  if (operation === "GetParameters") {
    const known = Names.filter((name) => parameters[name] !== undefined);
    const found = known.map((name) => ({ Name: name, Value: parameters[name] }));
    return {
      status: 200,
      body: { Parameters: found, InvalidParameters: Names.filter((name) => !known.includes(name)) },
    };
  }
  const value = parameters[Name ?? ""];
  if (value === undefined) return { status: 400, body: { __type: "ParameterNotFound" } };
  return { status: 200, body: { Parameter: { Name, Value: value } } };
}

function list(main: object, more: Record<string, object> = {}): void {
  const parts = Object.entries(more).map(([name, part]) => [`${PARAMETER}/${name}`, JSON.stringify(part)]);
  parameters = {
    [PARAMETER]: JSON.stringify({ external_id: "an-id", ...main }),
    ...(Object.fromEntries(parts) as Record<string, string>),
  };
}

/** What a function of the hub begins with that nobody has invoked before. */
async function started() {
  const { knownAs } = await import("../../../functions/lambda/eks.ts");
  const { clustersOf, hubOf } = await import("../../../functions/lambda/fleet.ts");
  const hub = hubOf();
  if (hub === undefined) throw new Error("It is no hub.");
  return { knownAs, clusters: async () => (await clustersOf(hub)).map(({ arn }) => arn) };
}

describe("a function of a hub that has never read a list", () => {
  it.each<[string, () => void, string]>([
    ["is not there", () => undefined, "there is no such parameter"],
    ["may not be read", () => (isRefused = true), "not authorized"],
    ["is no JSON", () => (parameters = { [PARAMETER]: "clusters:" }), "JSON"],
    ["has no external id", () => (parameters = { [PARAMETER]: '{"clusters": []}' }), "external_id"],
    [
      "lacks one of its parameters",
      () => {
        list({ more: ["eu"] });
      },
      `there is no ${PARAMETER}/eu`,
    ],
    [
      "has a malformed parameter",
      () => {
        list({ more: ["eu"] }, { eu: { names: [] } });
      },
      "eu: ",
    ],
  ])("ends with FleetUnreadable where that %s", async (_how, set, words) => {
    set();
    const { knownAs, clusters } = await started();

    for (const ask of [() => knownAs("shop"), clusters]) {
      const error: unknown = await ask().catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ name: "FleetUnreadable" });
      expect((error as Error).message).toContain(`The list of clusters in the parameter ${PARAMETER} cannot be used: `);
      expect((error as Error).message).toContain(words);
    }
  });

  it("knows the hub's own cluster all the same", async () => {
    const { knownAs } = await started();

    expect(await knownAs("prod")).toBe("prod");
    expect(await knownAs(OWN)).toBe("prod");
    expect(asked).toEqual([]);
  });
});

describe("a function of a hub that has read a list", () => {
  it("has the clusters of all its parameters, with two requests at most", async () => {
    list({ clusters: [SHOP], more: ["eu", "us"] }, { eu: { clusters: [PAY] }, us: { clusters: [] } });
    const { knownAs, clusters } = await started();

    expect(await knownAs("pay")).toBe(ARN.replace("shop", "pay"));
    expect(await clusters()).toEqual([ARN, ARN.replace("shop", "pay")]);
    expect(asked).toEqual([`GetParameter ${PARAMETER}`, `GetParameters ${PARAMETER}/eu,${PARAMETER}/us`]);
  });

  it("goes on with it while what it reads cannot be used, and forgets no cluster", async () => {
    list({ clusters: [SHOP], more: ["eu"] }, { eu: { clusters: [PAY] } });
    const { clusters } = await started();
    const both = await clusters();
    let now = performance.now();
    vi.spyOn(performance, "now").mockImplementation(() => now);

    for (const spoil of [
      () => {
        list({ clusters: [SHOP], more: ["eu"] });
      },
      () => (isRefused = true),
    ]) {
      spoil();
      now += 15_000;
      expect(await clusters()).toEqual(both);
    }
    isRefused = false;
    list({ clusters: [SHOP] });
    now += 15_000;
    expect(await clusters()).toEqual([ARN]);
  });
});
