import { describe, expect, it } from "vitest";
import { NOTHING_RESTS, type Resting } from "../../../functions/run/detection.ts";
import { exitCode, outcomeTable } from "../../../local/command-line/summary.ts";

const web = {
  workload: { kind: "Deployment", namespace: "shop", name: "web" },
  cause: "FailedPods",
  action: "restart",
  summary: "s",
  delivered: true,
};
const recovered = { ...web, outcome: "Recovered", needs_person: false };
const skipped = { ...web, outcome: "Skipped", reason: "NoSafeRemedy", needs_person: true };
const finished = (...workloads: { outcome: string }[]) => ({
  status: "succeeded" as const,
  output: { outcomes: workloads.map(({ outcome }) => outcome), workloads, omitted: 0 },
});
/** A run in which all that fails rests. */
const idle = (resting: Partial<Resting>) => ({
  status: "succeeded" as const,
  output: { outcomes: ["Skipped"], workloads: [], resting: { ...NOTHING_RESTS, count: 1, ...resting } },
});
/** What every answer of detect_failures has. */
const found = { incidents: [], unseen: [] };

describe("the exit code", () => {
  it.each([
    ["nothing fails", { status: "succeeded", output: { outcomes: ["Healthy"], workloads: [] } }, 0],
    ["everything recovered", finished(recovered), 0],
    ["something needs a person", finished(recovered, skipped), 2],
    ["there is a storm", { status: "succeeded", output: { outcomes: ["Storm"], workloads: [] } }, 2],
    ["something is left to a person", idle({ left_to_person: 1 }), 2],
    ["all that fails cools down, or is another run's", idle({ cooling_down: 2, claimed: 1 }), 0],
    ["incidents were left out", { status: "succeeded", output: { outcomes: [], workloads: [], omitted: 3 } }, 2],
    ["a part was not seen", { status: "succeeded", output: { outcomes: ["Healthy"], workloads: [], unseen: [{}] } }, 2],
    ["detect_failures found nothing", { status: "succeeded", output: { ...found, status: "healthy" } }, 0],
    ["and did not see a part", { status: "succeeded", output: { ...found, status: "healthy", unseen: [{}] } }, 2],
    ["detect_failures found something", { status: "succeeded", output: { status: "failing", incidents: [{}] } }, 2],
    ["the run failed", { status: "failed", error: { name: "Forbidden", cause: "" } }, 1],
    ["it was interrupted", { status: "aborted" }, 130],
  ] as const)("when %s", (_what, result, code) => {
    expect(exitCode(result)).toBe(code);
  });
});

describe("the table of outcomes", () => {
  it("has a line for each workload, with the reason and whether a person has to look", () => {
    expect(outcomeTable(finished(recovered, skipped).output).split("\n")).toEqual([
      "WORKLOAD             CAUSE       REMEDY   OUTCOME                 NEEDS A PERSON",
      "Deployment shop/web  FailedPods  restart  Recovered               no",
      "Deployment shop/web  FailedPods  restart  Skipped (NoSafeRemedy)  yes",
    ]);
  });

  it("says what rests, and why, and of how many more", () => {
    const workloads = [
      { ...web.workload, why: "left_to_person" as const },
      { ...web.workload, name: "api", why: "claimed" as const },
    ];

    expect(outcomeTable(idle({ count: 1, workloads: workloads.slice(0, 1) }).output)).toBe(
      "Skipped\n1 failing workload rests: Deployment shop/web (it is left to a person).",
    );
    expect(outcomeTable(idle({ count: 4, workloads }).output)).toContain(
      "4 failing workloads rest: Deployment shop/web (it is left to a person), Deployment shop/api (another execution has claimed it) and 2 more.",
    );
  });

  it("says what is missing from it", () => {
    const unseen = [{ what: "pods in namespace vault", error: "Forbidden", message: "Grant this verb." }];

    expect(outcomeTable({ outcomes: ["Healthy"], workloads: [], unseen })).toBe(
      "Healthy\nNot seen: pods in namespace vault (Forbidden). Grant this verb.",
    );
    expect(outcomeTable({ ...finished(recovered).output, omitted: 2 })).toContain(
      "2 more failing workloads were left for the next run.",
    );
  });
});
