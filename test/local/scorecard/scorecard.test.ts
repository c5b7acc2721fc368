import { describe, expect, it } from "vitest";
import type { OutcomeRecord, RecordedChange } from "../../../functions/notify/record/record.ts";
import { scorecardOf } from "../../../functions/notify/scorecard/scorecard.ts";
import { scorecardText } from "../../../local/scorecard/text.ts";

const NOON = Date.parse("2026-06-01T12:00:00Z");
const at = (minutes: number) => new Date(NOON + minutes * 60_000).toISOString();

const REF = (revision: number) => ({ revision, kind: "ReplicaSet", name: `web-${revision}`, template: `${revision}` });
const ROLLBACK = { before: REF(2), after: REF(1), unblocked: [] };
const PLAN = { action: "rollback", ...ROLLBACK } as const;

/** What was told at so many minutes past noon. */
function told(minutes: number, overrides: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return {
    ...{ version: 1, at: at(minutes), execution: { id: `run-${minutes}`, name: `run-${minutes}` } },
    ...{ cluster_name: "prod", workload: { kind: "Deployment", namespace: "shop", name: "web" } },
    ...{ asked_by: "found", dry_run: false, outcome: "Skipped", cause: "CrashLoopAfterRollout", action: "none" },
    ...{ summary: "", needs_person: true, found: [], evidence: [], rejected: [], changes: [] },
    ...overrides,
  };
}

const decided = (minutes: number, name = "web") =>
  told(minutes, { reason: "DiagnoseOnly", proposed: PLAN, template: "2", workload: inShop(name) });
const inShop = (name: string) => ({ kind: "Deployment", namespace: "shop", name });

const change = { kind: "rollback", ...ROLLBACK } as const;
const changed = { change, state: "in place", undo: "can be undone" } as const;
const done = (minutes: number, overrides: Partial<OutcomeRecord> = {}) =>
  told(minutes, { outcome: "Recovered", action: "rollback", changes: [changed], needs_person: false, ...overrides });
const restarted: RecordedChange = { ...changed, change: { kind: "restart", mode: "evict", pods: [] } };

const card = (...records: OutcomeRecord[]) => scorecardOf(records, () => Promise.resolve("not looked at"));

describe("the scorecard", () => {
  it("counts what is told again once, and another state of the workload as another decision", async () => {
    const { decisions } = await card(decided(0), decided(1_440), told(2_000, { proposed: PLAN, template: "3" }));

    expect(decisions.map((decision) => decision.at)).toEqual([at(0), at(2_000)]);
  });

  it("takes what somebody asked for, or only looked at, for no decision of a run", async () => {
    const asked = told(0, { proposed: PLAN, asked_by: "person" });

    expect((await card(asked)).decisions).toEqual([]);
    const afterDryRun = await card(decided(0), done(5, { asked_by: "person", dry_run: true }));
    expect(afterDryRun.decisions).toMatchObject([{ afterwards: { is: "unknown" } }]);
  });

  it.each([
    ["approved, and helped", done(30, { asked_by: "person" }), { is: "done_here", helped: true, seconds: 1_800 }],
    [
      "approved, and did not help",
      done(30, { asked_by: "person", outcome: "RolledBack" }),
      { is: "done_here", helped: false, seconds: 1_800 },
    ],
    ["declined", told(30, { reason: "Declined", asked_by: "person" }), { is: "declined" }],
    ["of another workload", done(30, { asked_by: "person", workload: inShop("api") }), { is: "unknown" }],
  ])("says what became of a decision that was %s", async (_what, later, afterwards) => {
    expect((await card(later, decided(0))).decisions).toMatchObject([{ afterwards }]);
  });

  it.each([
    ["held", [done(0)], "held"],
    ["came back within a day", [done(0), told(600)], "came_back"],
    ["held, as what was found two days later is news", [done(0), told(2_880)], "held"],
    ["held, as what was found later is another cause", [done(0), told(600, { cause: "OutOfMemory" })], "held"],
    [
      "was taken back",
      [done(0), told(60, { outcome: "Undone", asked_by: "person", changes: [changed] })],
      "taken_back",
    ],
    ["was in vain", [done(0, { outcome: "RolledBack" })], "in_vain"],
    ["was in vain and nothing else", [done(0, { outcome: "Unresolved" })], "in_vain"],
  ])("says of what was done that it %s", async (_what, records, result) => {
    expect((await card(...records)).deeds).toMatchObject([{ result }]);
  });

  it("says which restarts made well what nobody has explained", async () => {
    const restart = done(0, { action: "restart", changes: [restarted], cause: "CrashLoopOfStableWorkload" });

    expect((await card(restart)).deeds).toMatchObject([{ result: "held", unexplained: true }]);
    expect((await card(done(0))).deeds).toMatchObject([{ unexplained: false }]);
    expect(scorecardText(await card(restart))).toContain("1 restart made well what nobody has explained yet");
  });

  it("calls a namespace ready for approve after three that were right, and none that was wrong", async () => {
    const three = [0, 2_000, 4_000].map((minutes) => done(minutes));
    const ready = async (...records: OutcomeRecord[]) => (await card(...records)).namespaces[0]?.ready_for;

    expect(await ready(...three.slice(1))).toBeUndefined();
    expect(await ready(...three)).toBe("approve");
    expect(await ready(...three, done(6_000, { outcome: "RolledBack" }))).toBeUndefined();
    expect(await ready(...three, decided(6_000, "api"))).toBe("approve");
  });

  it("calls a namespace ready for automatic after five that were carried out because somebody wanted them", async () => {
    const five = ["a", "b", "c", "d", "e"].flatMap((name) => [
      decided(0, name),
      done(10, { asked_by: "person", workload: inShop(name) }),
    ]);

    expect((await card(...five.slice(0, 8))).namespaces).toMatchObject([{ right: 4, ready_for: "approve" }]);
    expect((await card(...five)).namespaces).toMatchObject([{ right: 5, wrong: 0, ready_for: "automatic" }]);
  });

  it("adds up how much sooner it would have been", async () => {
    const text = scorecardText(await card(decided(0), done(90, { asked_by: "person" })));

    expect(text).toContain("It would have acted 1 time: as far as can be seen, 1 right, 0 not needed or not wanted, 0");
    expect(text).toContain("The right ones would have come 90 min sooner in all.");
    expect(text).toContain("it was carried out here 90 min later, and helped");
  });

  it("says so when there is nothing", async () => {
    expect(scorecardText(await card())).toBe("Nothing was decided or done in that time.");
  });
});
