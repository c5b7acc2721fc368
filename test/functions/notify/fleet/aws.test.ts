import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FleetStorm } from "../../../../functions/shared/fleet-storms.ts";
import { startAws, type AwsAnswer } from "../../../support/aws-over-http.ts";

const AT = "2030-06-01T12:00:00.000Z";
const STORM: FleetStorm = {
  ...{ sign: "run shop/web:2", since: AT, at: AT, told: AT },
  ...{ clusters: ["alpha", "beta", "gamma"], mended: [], let_on: ["alpha"] },
};
const LOOK = { cluster_name: "alpha", at: AT, status: "failing", signs: [STORM.sign], newer: "a field" };

/** The items of the table, by their keys; what it was asked; and what it answers to what is put. */
let items: Record<string, object[]>;
let asked: { operation: string; input: Record<string, unknown> }[];
let answerToPut: AwsAnswer;
let stopAws: () => void;

beforeEach(async () => {
  items = {};
  asked = [];
  answerToPut = { status: 200, body: {} };
  stopAws = await startAws((operation, input) => {
    asked.push({ operation, input });
    const [key] = Object.values((input["ExpressionAttributeValues"] ?? {}) as Record<string, { S: string }>);
    return operation === "PutItem" || operation === "UpdateItem"
      ? answerToPut
      : { body: { Items: items[key?.S ?? ""] ?? [] } };
  });
  vi.stubEnv("RECORD_TABLE", "record");
});
afterEach(() => {
  stopAws();
});

const ofTheTable = () => import("../../../../functions/notify/record/fleet.ts");
const ofARemedy = () => import("../../../../functions/lambda/fleet-storms.ts");
const json = (value: object) => ({ S: JSON.stringify(value) });

describe("what is kept of a fleet", () => {
  it("is read by two queries, those alone that this version can read", async () => {
    items = {
      "#looks": [{ look: json(LOOK) }, { look: { S: "{" } }, {}],
      "#fleet-storms": [{ storm: json(STORM) }, { storm: json({ sign: "x" }) }],
    };
    const { keptLooks, keptStorms } = await ofTheTable();

    const { newer: _newer, ...look } = LOOK;
    expect(await keptLooks()).toEqual([look]);
    expect(await keptStorms()).toEqual([STORM]);
    expect(asked.map(({ operation }) => operation)).toEqual(["Query", "Query"]);
  });

  it("is replaced only where it is as it was read", async () => {
    const { keepStorm } = await ofTheTable();

    expect(await keepStorm(STORM, undefined)).toBe(true);
    expect(await keepStorm({ ...STORM, at: "2030-06-01T12:01:00.000Z" }, STORM)).toBe(true);
    expect(asked.map(({ input }) => [input["ConditionExpression"], input["ExpressionAttributeValues"]])).toEqual([
      ["attribute_not_exists(#at)", undefined],
      ["#at = :before", { ":before": { S: AT } }],
    ]);
    expect(asked[0]?.input["Item"]).toMatchObject({
      execution: { S: "#fleet-storms" },
      subject: { S: STORM.sign },
      storm: json(STORM),
    });
  });

  it("is kept where it is there already: the answer to an earlier try of the same write was lost", async () => {
    const { keepStorm } = await ofTheTable();
    await keepStorm(STORM, STORM);
    const refused = { __type: "ConditionalCheckFailedException", message: "no" };
    const written = asked[0]?.input["Item"] as object;
    answerToPut = { status: 400, body: { ...refused, Item: written } };
    expect(await keepStorm(STORM, STORM)).toBe(true);

    answerToPut = { status: 400, body: { ...refused, Item: { ...written, storm: json({ ...STORM, mended: ["b"] }) } } };
    expect(await keepStorm(STORM, STORM)).toBe(false);
    expect(asked[0]?.input["ReturnValuesOnConditionCheckFailure"]).toBe("ALL_OLD");
  });

  it("is somebody else's where that is not so, and an error where the table refuses", async () => {
    const { keepStorm } = await ofTheTable();
    answerToPut = { status: 400, body: { __type: "ConditionalCheckFailedException", message: "no" } };
    expect(await keepStorm(STORM, STORM)).toBe(false);

    answerToPut = { status: 400, body: { __type: "AccessDeniedException", message: "no" } };
    await expect(keepStorm(STORM, STORM)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});

describe("what a remedy reads of a fleet", () => {
  it("is the newest there is", async () => {
    items = { "#fleet-storms": [{ storm: json(STORM) }] };
    const { fleetStorms } = await ofARemedy();

    expect(await fleetStorms()).toEqual([STORM]);
    expect(asked).toMatchObject([{ operation: "Query", input: { TableName: "record", ConsistentRead: true } }]);
  });

  it("is an error where it cannot be understood: there may be a storm", async () => {
    items = { "#fleet-storms": [{ storm: json(STORM) }, { storm: json({ sign: "x" }) }] };
    const { fleetStorms } = await ofARemedy();

    await expect(fleetStorms()).rejects.toThrow("does not know");
  });
});

describe("a place among clusters in which the same remedy begins", () => {
  const NOW = new Date("2030-06-01T12:03:10.000Z");

  it("is taken under the condition that there is one, or that it is the cluster's own", async () => {
    const { fleetPlace } = await ofARemedy();

    expect(await fleetPlace(STORM.sign, "alpha", 3, NOW)).toBe(true);
    const [{ operation, input }] = asked as [(typeof asked)[number]];
    expect(operation).toBe("UpdateItem");
    expect(input).toMatchObject({
      TableName: "record",
      Key: { execution: { S: "#fleet-places" }, subject: { S: `2030-06-01T12:00:00.000Z ${STORM.sign}` } },
      ConditionExpression: "attribute_not_exists(#clusters) OR contains(#clusters, :name) OR size(#clusters) < :most",
      ExpressionAttributeValues: { ":own": { SS: ["alpha"] }, ":name": { S: "alpha" }, ":most": { N: "3" } },
    });
  });

  it("is another one five minutes later", async () => {
    const { fleetPlace } = await ofARemedy();
    await fleetPlace(STORM.sign, "alpha", 3, NOW);
    await fleetPlace(STORM.sign, "alpha", 3, new Date(NOW.getTime() + 300_000));

    expect(new Set(asked.map(({ input }) => JSON.stringify(input["Key"]))).size).toBe(2);
  });

  it("is none where all are taken, and an error where the table refuses", async () => {
    const { fleetPlace } = await ofARemedy();
    answerToPut = { status: 400, body: { __type: "ConditionalCheckFailedException", message: "no" } };
    expect(await fleetPlace(STORM.sign, "alpha", 3, NOW)).toBe(false);

    answerToPut = { status: 400, body: { __type: "AccessDeniedException", message: "no" } };
    await expect(fleetPlace(STORM.sign, "alpha", 3, NOW)).rejects.toMatchObject({ name: "AccessDeniedException" });
  });
});
