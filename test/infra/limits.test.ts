import { describe, expect, it } from "vitest";
import { Policy } from "../../functions/shared/policy.ts";
import { claimSeconds } from "../../functions/run/pauses.ts";
import type { Machine } from "../../statemachines/asl.ts";
import { longestHistory, longestRun, MAX_HISTORY, misfit } from "../../infra/limits.ts";
import { REMEDIATION, RUN_SECONDS, WORKLOADS_AT_ONCE } from "../../statemachines/remediation.ts";
import { WORKLOAD } from "../../statemachines/workload.ts";

const policy = (fields: Parameters<typeof Policy.parse>[0] = {}) => Policy.parse(fields);
const verify = (fields: object) => policy({ verify: fields });

describe("the history of a workload's execution", () => {
  it("has room for the longest path by a wide margin, with the policy as it is by default", () => {
    expect(longestHistory(policy())).toBeLessThan(MAX_HISTORY / 5);
  });

  it("is longer with shorter intervals, longer deadlines, longer undos and more parts of a restart", () => {
    const usual = longestHistory(policy());

    expect(longestHistory(verify({ interval_seconds: 5 }))).toBeGreaterThan(usual);
    expect(longestHistory(verify({ deadline_seconds: 3_600 }))).toBeGreaterThan(usual);
    expect(longestHistory(verify({ undo_deadline_seconds: 3_600 }))).toBeGreaterThan(usual);
    expect(longestHistory(policy({ restart: { max_pods: 100 } }))).toBeGreaterThan(usual);
    expect(longestHistory(verify({ soak_seconds: 1 }))).toBeGreaterThan(longestHistory(verify({ soak_seconds: 15 })));
  });

  it("is counted with every state of the definition that is passed once, and each call as five events", () => {
    const straight: Machine = {
      StartAt: "A",
      States: { A: { Type: "Pass", Parameters: {}, Next: "B" }, B: { Type: "Pass", Parameters: {}, End: true } },
    };

    expect(longestHistory(policy(), straight)).toBe(2 + 2 * 2);
  });

  it("is not guessed where a state leads back and nobody said how often", () => {
    const round: Machine = {
      StartAt: "A",
      States: { A: { Type: "Pass", Parameters: {}, Next: "B" }, B: { Type: "Pass", Parameters: {}, Next: "A" } },
    };

    expect(() => longestHistory(policy(), round)).toThrow('How often "A" is passed is not known.');
    expect(() => longestHistory(policy(), WORKLOAD)).not.toThrow();
  });
});

describe("a run in which no workload recovers", () => {
  it("takes as long as the claims of all waves last, and what is beside them", () => {
    const seconds = longestRun(policy({ max_incidents: 2 * WORKLOADS_AT_ONCE + 1 }));

    expect(seconds).toBeGreaterThan(3 * claimSeconds(policy()));
    expect(seconds).toBeLessThan(4 * claimSeconds(policy()));
  });

  it("ends before the workflow's own time limit, with the policy as it is by default and with the most workloads", () => {
    expect(REMEDIATION.TimeoutSeconds).toBe(RUN_SECONDS);
    expect(longestRun(policy())).toBeLessThan(RUN_SECONDS / 2);
    expect(longestRun(policy({ max_incidents: 500 }))).toBeLessThan(RUN_SECONDS);
  });
});

describe("a policy", () => {
  it.each([{}, { max_incidents: 500 }, { restart: { max_pods: 100 } }, { verify: { deadline_seconds: 3_600 } }])(
    "fits: %j",
    (fields) => {
      expect(misfit(policy(fields))).toBeUndefined();
    },
  );

  it.each([
    [{ interval_seconds: 1, deadline_seconds: 3_600 }, "interval_seconds", { deadline_seconds: 3_600 }],
    [{ undo_deadline_seconds: 86_400 }, "undo_deadline_seconds", { undo_deadline_seconds: 3_600 }],
    [{ soak_seconds: 14_400, interval_seconds: 5 }, "soak_seconds", { soak_seconds: 300, interval_seconds: 10 }],
  ])("that asks for more events than there is room for is told so, and what helps: %j", (fields, field, better) => {
    const why = misfit(verify(fields));

    expect(why).toMatch(
      /^verify: one workload may need \d+ events, and the history of its execution has room for 12500/,
    );
    expect(why).toContain(field);
    expect(misfit(verify(better))).toBeUndefined();
  });

  it("that asks for more time than there is is told so, and what helps", () => {
    const patient = { verify: { deadline_seconds: 7_200, interval_seconds: 60 } };

    expect(misfit(policy(patient))).toBe(
      "max_incidents: 200 workloads, 20 at a time for up to 15180 s, may need 154800 s, and a run may take 86400 s; make max_incidents smaller, or verify.deadline_seconds or verify.soak_seconds shorter",
    );
    expect(misfit(policy({ ...patient, max_incidents: 100 }))).toBeUndefined();
  });
});
