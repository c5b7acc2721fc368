import { describe, expect, it } from "vitest";
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
/** What every answer of detect_failures has. */
const found = { incidents: [], unseen: [] };

describe("the exit code", () => {
  it.each([
    ["nothing fails", { status: "succeeded", output: { outcomes: ["Healthy"], workloads: [] } }, 0],
    ["everything recovered", finished(recovered), 0],
    ["something needs a person", finished(recovered, skipped), 2],
    ["there is a storm", { status: "succeeded", output: { outcomes: ["Storm"], workloads: [] } }, 2],
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
