import { describe, expect, it } from "vitest";
import { itemOf, sentOf } from "../../../../functions/notify/record/keep.ts";
import { fitting, OutcomeRecord, subjectOf } from "../../../../functions/notify/record/record.ts";
import { recordOf, recordOfRun } from "../../../../functions/notify/record/record-of.ts";
import type { Change, Report, WorkloadRun } from "../../../../functions/run/contracts.ts";
import { outcomeOf } from "../../../../functions/run/outcome.ts";
import { NOW } from "../../../support/objects.ts";
import { appliedRun, claimedRun, diagnosis, remedyResult } from "../../../support/runs.ts";

const OBSERVED = { wait_seconds: 1, observation: { digest: "d", well_since: null } };
const recorded = (run: WorkloadRun) => recordOf(run, outcomeOf(run, false), NOW);

const applied: WorkloadRun = {
  ...appliedRun(),
  diagnosis: diagnosis({ workload_uid: "web-uid" }),
  verification: { verdict: "not_recovered", reasons: ["2 pods crash"], ...OBSERVED },
};
const undo = { status: "applied", message: "It was undone.", wait_seconds: 1, deadline: NOW.toISOString() } as const;

describe("the record of a workload's outcome", () => {
  it("holds what was found, why that was decided, what was changed on what, and matches its schema", () => {
    const record = recorded({
      ...applied,
      verification: { verdict: "recovered", reasons: [], ...OBSERVED },
    });

    expect(OutcomeRecord.parse(record)).toEqual(record);
    expect(record).toMatchObject({
      outcome: "Recovered",
      asked_by: "found",
      at: NOW.toISOString(),
      execution: { name: "run-1" },
      plan: { action: "rollback" },
      evidence: ["revision 1 has 2 available replicas"],
      rejected: [{ action: "restart", reason: "the same template crashes again" }],
      changes: [{ change: { kind: "rollback" }, state: "in place", workload_uid: "web-uid", undo: "can be undone" }],
    });
  });

  it("says who asked, and takes who does not say for an agent", () => {
    const requested = { action: "rollback" as const };
    const by = (incident: object) => recorded(claimedRun({ incident: { ...claimedRun().incident, ...incident } }));

    expect(by({ requested, origin: "person" }).asked_by).toBe("person");
    expect(by({ requested }).asked_by).toBe("agent");
    expect(by({ requested, origin: "found" }).asked_by).toBe("found");
  });

  it("says that a person asked who leaves it to the workflow what to do, and who approved what a run had found", () => {
    const by = (about: object) => recorded(claimedRun({ incident: { ...claimedRun().incident, ...about } }));
    const approval = { decision: "approve", plan: "0123456789abcdef", origin: "person" } as const;

    expect(by({ origin: "person" }).asked_by).toBe("person");
    expect(by({ approval })).toMatchObject({ asked_by: "found", approval: { origin: "person" } });
  });

  it.each<[string, Partial<WorkloadRun>, string]>([
    ["undone", { undo, undo_verification: { verdict: "undone", reasons: [] } }, "undone"],
    ["undone, as nobody could see", { undo }, "not known"],
    ["perhaps undone", { undo_error: { Error: "ClusterUnreachable", Cause: "" } }, "not known"],
    ["somebody else's by now", { undo: { ...undo, status: "overtaken" } }, "replaced"],
    ["changed by somebody else", { verification: { verdict: "overtaken", reasons: ["r"], ...OBSERVED } }, "replaced"],
    ["left", { undo: { ...undo, status: "left" } }, "in place"],
  ])("says of a change that it is %s", (_what, more, state) => {
    expect(recorded({ ...applied, ...more }).changes).toMatchObject([{ state }]);
  });

  it("has no change where nothing was done, and says where something may have been", () => {
    expect(
      recorded(claimedRun({ diagnosis: diagnosis(), remedy: remedyResult({ status: "planned" }) })).changes,
    ).toEqual([]);
    const unseen = recorded(
      claimedRun({ diagnosis: diagnosis(), remedy_error: { Error: "ClusterUnreachable", Cause: "" } }),
    );
    expect(unseen).toMatchObject({ changes: [], may_have_changed: true });
  });

  it("has the tries before the last remedy as well", () => {
    const restart: Change = { kind: "restart", mode: "evict", pods: [{ name: "web-2-a", uid: "u" }] };
    const tried = remedyResult({ change: restart, undo: "cannot be undone" });
    const verification = { verdict: "not_recovered" as const, reasons: ["r"], ...OBSERVED };

    expect(
      recorded({ ...applied, tries: [{ diagnosis: diagnosis(), remedy: tried, verification }] }).changes,
    ).toMatchObject([{ change: { kind: "restart" }, undo: "cannot be undone" }, { change: { kind: "rollback" } }]);
  });
});

describe("a record", () => {
  const record = recorded(applied);
  const long = (lines: number) => Array.from({ length: lines }, () => "x".repeat(300));

  it("is told from the others of its execution by its workload, and that of a whole run by none", () => {
    expect(subjectOf(record)).toBe("Deployment/shop/web");
    expect(subjectOf({ workload: { kind: "Rollout", group: "argoproj.io", namespace: "shop", name: "web" } })).toBe(
      "Rollout.argoproj.io/shop/web",
    );
    const report: Report = { outcome: "Storm", cause: "c", action: "none", summary: "s", needs_person: true };
    const whole = recordOfRun(report, { clusterName: "prod", execution: record.execution }, NOW);
    expect(subjectOf(whole)).toBe("run");
    expect(OutcomeRecord.parse(whole)).toEqual(whole);
  });

  it("keeps the first lines alone, and its change, where all is more than can be kept", () => {
    const cut = fitting({ ...record, evidence: long(2_000) });

    expect(cut).toMatchObject({ cut: true, changes: record.changes });
    expect(cut.evidence).toHaveLength(3);
    expect(fitting(record)).toBe(record);
  });

  it("gives its plan and changes up before it is too large to be kept at all", () => {
    const pods = Array.from({ length: 5_000 }, (_, index) => ({ name: "x".repeat(63), uid: `${index}` }));
    const change: Change = { kind: "restart", mode: "evict", pods };

    const cut = fitting({ ...record, changes: [{ change, state: "in place", undo: "cannot be undone" }] });

    expect(cut).toMatchObject({ cut: true, changes: [] });
    expect(cut).not.toHaveProperty("plan");
    expect(Buffer.byteLength(JSON.stringify(cut))).toBeLessThan(200_000);
  });

  it("is an item with its keys, what a list shows, and the second at which it may go", () => {
    const item = itemOf(record, 365);

    expect(item).toMatchObject({
      execution: { S: "run-1" },
      subject: { S: "Deployment/shop/web" },
      cluster_name: { S: "prod" },
      needs_person: { BOOL: true },
      expires: { N: String(NOW.getTime() / 1_000 + 31_536_000) },
    });
    expect(JSON.parse(item.record.S)).toEqual(record);
    expect(item).not.toHaveProperty("reason");
  });

  it("goes to the event bus without what containers and the API server said", () => {
    const sent = JSON.stringify(sentOf({ ...record, evidence: ["log: password=1"], found: ["Error: secret"] }));

    expect(sent).not.toMatch(/password|secret/);
    expect(JSON.parse(sent)).toMatchObject({ outcome: record.outcome, changes: record.changes });
  });
});
