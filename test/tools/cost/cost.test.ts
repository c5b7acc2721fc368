import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { STATE_NAMES } from "../../../statemachines/by-name.ts";
import { costOf, sumOf, type Situation } from "../../../tools/cost/cost.ts";
import { costPage } from "../../../tools/cost/page.ts";
import { PRICE_LIST } from "../../../tools/cost/prices.ts";
import { alarmMetrics, BILLED_BY, type Template } from "../../../tools/cost/resources.ts";
import { TOLD_PATH } from "../../../tools/cost/usage.ts";
import { Synthesised } from "../../infra/synthesised.ts";

const templateOf = (context: Record<string, unknown> = {}) => new Synthesised(context).template.toJSON() as Template;
const template = templateOf();
const hub = templateOf({ fleet: "/eks-remediation/fleet" });
const typesOf = ({ Resources }: Template) => Object.values(Resources).map(({ Type }) => Type);
const SITUATION: Situation = { clusters: 1, chronic: 0, interval: 1, size: "small" };
const sum = (situation: Partial<Situation>, free = false) =>
  sumOf(costOf(template, { ...SITUATION, ...situation }, free));

describe("what it costs", () => {
  it("is known of every type of resource that may be deployed", () => {
    const all = templateOf({ approvalLinks: "on", mcp: "true", notifyEmail: "on-call@example.com" });

    expect(Object.keys(BILLED_BY)).toEqual(expect.arrayContaining([...new Set(typesOf(all))]));
    expect(typesOf(all)).toEqual(expect.arrayContaining(Object.keys(BILLED_BY)));
  });

  it("has a line for every price, and every price a type that is billed by it", () => {
    const names = Object.keys(PRICE_LIST.prices).sort();

    expect(
      costOf(template, SITUATION)
        .map(({ price }) => price)
        .sort(),
    ).toEqual(names);
    expect([...new Set(Object.values(BILLED_BY).flat())].sort()).toEqual(names);
  });

  it("counts each metric that an alarm adds up, and each alarm on one metric once", () => {
    const alarm = (properties: object) => ({ Type: "AWS::CloudWatch::Alarm", Properties: { ...properties } });
    const sumOfTwo = { Metrics: [{ Expression: "a + b" }, { MetricStat: {} }, { MetricStat: {} }] };

    expect(alarmMetrics({ Resources: { one: alarm({ MetricName: "A" }), two: alarm(sumOfTwo) } })).toBe(3);
  });

  it("follows states that there are", () => {
    expect(TOLD_PATH.filter((state) => !STATE_NAMES.has(state))).toEqual([]);
  });

  it("starts no execution where all is well, and one a day for each workload that fails for good", () => {
    const transitions = (chronic: number) =>
      costOf(template, { ...SITUATION, chronic }).find(({ price }) => price === "step-functions-transition")?.amount;

    expect(transitions(0)).toBe(0);
    expect(transitions(10)).toBeCloseTo(((10 * 730) / 24) * TOLD_PATH.length);
  });

  it("is less for one cluster than $2.50 a month, in an account that uses nothing else of what is free", () => {
    expect(sum({}, true)).toBeLessThan(2.5);
    expect(sum({ chronic: 10 }, true)).toBeLessThan(2.5);
  });

  it("is less for 120 clusters from a hub than $200 a month, resting failures included", () => {
    const fleet: Situation = { ...SITUATION, clusters: 120, chronic: 10, hub: true };

    expect(sumOf(costOf(hub, fleet))).toBeLessThan(200);
    expect(sumOf(costOf(hub, { ...fleet, clusters: 1 }))).toBeLessThan(10);
  });

  it("is written down as the template has it", () => {
    expect(readFileSync(new URL("../../../docs/cost.md", import.meta.url), "utf8"), "npm run cost").toBe(
      costPage(template, hub),
    );
  });
});
