import { describe, expect, it } from "vitest";
import type { Incident, Report } from "../../../functions/run/contracts.ts";
import { fitting } from "../../../functions/run/fitting.ts";
import { fitIncidents, MAX_BYTES } from "../../../functions/scan/answer.ts";

const MAX_PAYLOAD = 256 * 1_024;
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

const report = (workload: Incident["workload"], summary: string): Report => ({
  outcome: "Unresolved",
  workload,
  cause: "NewRevisionFailsWhileOldServes",
  action: "rollback",
  reason: "R".repeat(100),
  summary,
  needs_person: true,
});

const incident = (name: string): Incident => ({
  workload: { kind: "StatefulSet", namespace: "n".repeat(63), name },
  failures: [{ reason: "CrashLoopBackOff", count: 1 }],
  failing_pods: 1,
  sample_pods: [`${name}-0`],
});

describe("the report of a workload", () => {
  it("is as it was told where the workload is the only one", () => {
    const whole = report({ kind: "Deployment", namespace: "shop", name: "web" }, "s".repeat(900));

    expect(fitting(whole, 1)).toBe(whole);
    expect(fitting(whole, 100)).toBe(whole);
  });

  it("loses the end of its summary where there are many, and nothing else", () => {
    const whole = report({ kind: "Deployment", namespace: "shop", name: "web" }, "s".repeat(900));
    const cut = fitting(whole, 500);

    expect(cut).toEqual({ ...whole, summary: cut.summary });
    expect(cut.summary).toMatch(/^s+…$/);
    expect(bytes(cut)).toBeLessThanOrEqual(320);
    expect(bytes(cut)).toBeGreaterThan(315);
  });

  it.each([
    ["characters of several bytes", "ü🙂".repeat(300)],
    ["characters that JSON writes with two", '"\\'.repeat(450)],
  ])("is small enough with %s too, and no character is cut in half", (_what, summary) => {
    const cut = fitting(report({ kind: "Deployment", namespace: "shop", name: "web" }, summary), 500);

    expect(bytes(cut)).toBeLessThanOrEqual(320);
    expect(summary.startsWith(cut.summary.slice(0, -1))).toBe(true);
    expect(cut.summary.isWellFormed()).toBe(true);
  });
});

describe("the output of a run", () => {
  it.each([
    ["short names", (index: number) => `web-${index}`],
    ["the longest names", (index: number) => `${index}-`.padEnd(253, "w")],
  ])(
    "fits, with as many workloads as a policy allows, %s, the longest summaries and every claim kept",
    (_what, name) => {
      const incidents = fitIncidents(
        Array.from({ length: 500 }, (_, index) => incident(name(index))),
        500,
      );
      const results = incidents.map(({ workload }) => ({
        ...fitting(report(workload, "ü".repeat(900)), incidents.length),
        delivered: false,
        claim_error: "ClaimNamespaceMissing",
      }));
      const output = {
        outcomes: results.map(({ outcome }) => outcome),
        in_rollout: "r".repeat(MAX_BYTES.rollouts),
        in_storm: "s".repeat(MAX_BYTES.storm),
        resting: "r".repeat(MAX_BYTES.resting),
        storm_seen: Array.from({ length: 60 }, () => "s".repeat(80)),
        workloads: results,
      };

      expect(incidents.length).toBeGreaterThan(100);
      expect(bytes(output)).toBeLessThan(MAX_PAYLOAD);
    },
  );
});
