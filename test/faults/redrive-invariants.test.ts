import { expect, it } from "vitest";
import type { Observation } from "./invariants.ts";
import { observed, PATCHED, told, workload } from "./observed.ts";
import { redriveViolations, type Redriven } from "./redrive-invariants.ts";

const STOP = {
  subject: "stopped",
  text: "Somebody stopped the execution.",
  report: { outcome: "Unresolved" },
  document: { summary: "A remedy that it had begun may still be in place.", done: [] },
} as unknown as Observation["notifications"][number];

const UNRESOLVED = workload({ outcome: "Unresolved", reason: "AlreadyClaimed", needs_person: true });
/** Stopped when it had rolled back. */
const first = observed({ workloads: [], notifications: [STOP] });
const rest = observed({ requests: [] });

function details(seen: Partial<Redriven>): string[] {
  return redriveViolations({
    ...{ first, other: undefined, redriven: rest, isTaken: false },
    ...{ set: [], replaced: false, judged: false, mayLeadTo: {} },
    ...seen,
  }).map(({ invariant, detail }) => `${invariant}: ${detail}`);
}

it("finds nothing where the two parts of an execution are as one", () => {
  expect(details({})).toEqual([]);
});

it("finds a remedy that both parts carried out", () => {
  expect(details({ redriven: observed({ requests: PATCHED }) }).join("; ")).toMatch(/no-repeat.*took effect 2 times/);
});

it("finds a change that the redriven part denies", () => {
  const report = workload({ outcome: "Skipped", reason: "AlreadyAsRequested" });

  expect(details({ redriven: observed({ requests: [], workloads: [report] }) })).toEqual([
    "accounted: PATCH deployments took effect, and the outcome is Skipped",
  ]);
});

it("takes what is told late for the same news, though it says so, and finds another outcome", () => {
  const toldBefore = observed({ notifications: [STOP, told(workload({}))] });
  const late = { ...told(workload({})), text: "This is told late." };
  const retold = (again: Observation["notifications"][number]) =>
    details({ first: toldBefore, judged: true, redriven: observed({ requests: [], notifications: [again] }) });

  expect(retold(late)).toEqual([]);
  expect(retold(told(workload({ outcome: "RolledBack" }))).join()).toContain("told: 2 notifications instead of 1");
  expect(retold({ ...told(workload({}), []), text: "Nothing was done." }).join()).toContain(
    "told: 2 notifications instead of 1",
  );
});

it("finds a stop that was told to nobody", () => {
  expect(details({ first: observed({ workloads: [], notifications: [] }) }).join()).toContain("about the stop");
});

it("wants the change to be named, and nothing more to be done, where another execution has had the claim", () => {
  const other = observed({ requests: [] });
  const named = observed({ requests: [], workloads: [UNRESOLVED], notifications: [told(UNRESOLVED)] });
  const taken = (redriven: Observation) => details({ other, redriven, isTaken: true });

  expect(taken(named)).toEqual([]);
  expect(taken({ ...named, notifications: [] })).toEqual(["accounted: what it had done is told to nobody"]);
  expect(taken({ ...named, notifications: [told(UNRESOLVED, [])] })).toEqual([
    "accounted: what it told names no change",
  ]);
  expect(taken({ ...named, requests: PATCHED }).join("; ")).toContain("though another has had the claim");
});

it("lets a change be named as one that had begun, where somebody has put something else in its place", () => {
  const summary = "1 pod crashes. Nothing is to be seen of the rollback, which had begun.";
  const report = workload({ outcome: "Unresolved", reason: "ExecutionRedriven", needs_person: true, summary });
  const redriven = observed({ requests: [], workloads: [report], notifications: [told(report, [])] });

  expect(details({ redriven, replaced: true })).toEqual([]);
  expect(details({ redriven })).toEqual(["accounted: PATCH deployments took effect, and the report names no change"]);
});

it("lets a remedy help what they had rolled out before it had written anything, and no other", () => {
  const nothing = { ...first, requests: [] };
  const redriven = observed({ requests: PATCHED });

  expect(details({ first: nothing, redriven, replaced: true })).toEqual([]);
  expect(details({ redriven: rest, replaced: true })).toEqual([
    "theirs: it says Recovered by a change that is not in place: ",
  ]);
});
