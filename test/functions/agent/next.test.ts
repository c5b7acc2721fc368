import { describe, expect, it } from "vitest";
import { nextOf } from "../../../functions/agent/next.ts";
import type { WorkloadResult } from "../../../functions/run/contracts.ts";

const WELL: WorkloadResult = {
  outcome: "Recovered",
  workload: { kind: "Deployment", namespace: "shop", name: "web" },
  cause: "Requested",
  action: "scale",
  summary: "It was scaled.",
  needs_person: false,
  delivered: true,
};
const CHANGE = { kind: "scale" as const, scale: { target: "replicas" as const, from: 2, to: 3 } };

/** What is said to do next, where an execution has answered so. */
function next(over: Partial<WorkloadResult>, more: WorkloadResult[] = []): string | undefined {
  const result = { ...WELL, ...over };
  return nextOf({ outcomes: [result.outcome], workloads: [result, ...more] });
}

describe("what an agent is to do next", () => {
  it.each<[what: string, over: Partial<WorkloadResult>, words: string]>([
    ["something else is under way", { outcome: "Skipped", reason: "AlreadyClaimed" }, "ask again later"],
    ["limits hold it back", { outcome: "Skipped", reason: "TooManyAtOnce", needs_person: true }, "ask again later"],
    [
      "it is proposed",
      { outcome: "Skipped", reason: "ApprovalNeeded", plan: "0123456789abcdef" },
      "Show a person what is proposed",
    ],
    ["it would be proposed", { outcome: "DryRun", reason: "ApprovalNeeded" }, "Nothing is proposed yet"],
    [
      "another plan was approved",
      { outcome: "Skipped", reason: "PlanChanged", needs_person: true },
      "an approval of its own",
    ],
    ["it opted out", { outcome: "Skipped", reason: "OptedOut", needs_person: true }, "do not ask for the same again"],
    [
      "a pod is not there",
      { outcome: "Skipped", reason: "PodNotFound" },
      "only if detect_failures or a person names it",
    ],
    ["it does not exist", { outcome: "Skipped", reason: "WorkloadNotFound" }, "ask again only with one that"],
    ["it may turn out to be wrong", { undo_request: { execution: "agent-1", change: CHANGE } }, "undo takes it back"],
  ])("is said where %s", (_what, over, words) => {
    expect(next(over)).toContain(words);
  });

  it.each<[what: string, over: Partial<WorkloadResult>]>([
    ["is well", { outcome: "Skipped", reason: "NotFailingAnymore" }],
    ["is as was asked", { outcome: "Skipped", reason: "AlreadyAsRequested" }],
    ["would be remedied", { outcome: "DryRun" }],
  ])("is nothing of a workload that %s", (_what, over) => {
    expect(next(over)).toBeUndefined();
  });

  it("is nothing where several workloads are answered about, or none", () => {
    expect(next({ outcome: "Skipped", reason: "OptedOut", needs_person: true }, [WELL])).toBeUndefined();
    expect(nextOf({ outcomes: ["Storm"], workloads: [] })).toBeUndefined();
    expect(nextOf(undefined)).toBeUndefined();
  });
});
