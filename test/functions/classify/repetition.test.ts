import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  incident,
  NOW,
  ofRevision,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const DAY = 86_400;
const GOOD = templateHash(template("shop/web:1"));
const BAD = templateHash(template("shop/web:2"));

function entry(overrides: Partial<HistoryEntry>): HistoryEntry {
  const restart = { cause: "CrashLoopOfStableWorkload", action: "restart", mode: "evict", template: GOOD } as const;
  return { at: ago(3_600), execution: "run", outcome: "Recovered", applied: true, ...restart, ...overrides };
}

/** A workload that ran well for long and crashes, with what was done about it before, newest first. */
function crashing(history: HistoryEntry[], overrides: Partial<Evidence> = {}): Evidence {
  return evidence({ pods: [crashingPod({ ranFor: 1_000 })], history, ...overrides });
}

/** So many restarts that helped, hour by hour. */
const helped = (times: number, overrides: Partial<HistoryEntry> = {}) =>
  Array.from({ length: times }, (_each, index) => entry({ at: ago(3_600 * (index + 1)), ...overrides }));

describe("a remedy that helped before, and the workload fails again", () => {
  it("is done again until it has helped three times in a day, and then left to a person", () => {
    expect(classify(crashing(helped(2)), policy()).remedy.action).toBe("restart");

    const { remedy, rejected } = classify(crashing(helped(3)), policy());
    expect(remedy).toMatchObject({ action: "none", refusal: "KeepsRecurring" });
    expect(remedy).toMatchObject({
      message: expect.stringContaining(
        `has helped 3 times within 24 h, last at ${ago(3_600)}, and it failed again each time`,
      ) as unknown,
    });
    expect(rejected).toContainEqual(expect.objectContaining({ action: "restart" }));
  });

  it("says from when on it may be done again, and it may from then on", () => {
    const history = helped(3);
    const until = new Date(NOW.getTime() + (DAY - 3 * 3_600) * 1_000);

    const refused = classify(crashing(history, { now: new Date(until.getTime() - 1_000) }), policy());
    expect(refused.remedy).toMatchObject({ refusal: "KeepsRecurring" });
    expect((refused.remedy as { message: string }).message).toContain(`before ${until.toISOString()}`);
    expect(classify(crashing(history, { now: until }), policy()).remedy.action).toBe("restart");
  });

  it("counts as the policy says", () => {
    const rules = policy({ cool_down: { max_repeats: 1, repeat_window_seconds: 3_700 } });

    expect(classify(crashing(helped(1)), rules).remedy).toMatchObject({
      refusal: "KeepsRecurring",
      message: expect.stringContaining("has helped once within 62 min") as unknown,
    });
    expect(classify(crashing(helped(1, { at: ago(3_701) })), rules).remedy.action).toBe("restart");
  });

  it("is told among what did not help in between, which counts for nothing", () => {
    const told = entry({ action: "none", outcome: "Skipped", at: ago(60) });
    const dryRun = entry({ outcome: "Skipped", at: ago(120) });

    expect(classify(crashing([told, dryRun, ...helped(2)]), policy()).remedy.action).toBe("restart");
    expect(classify(crashing([told, ...helped(3)]), policy()).remedy).toMatchObject({ refusal: "KeepsRecurring" });
  });

  it.each<[string, Partial<HistoryEntry>]>([
    ["of another pod template", { template: BAD }],
    ["of another kind", { action: "scale", mode: undefined }],
    ["that only removed what was left of failed pods", { mode: "clean_up" }],
    ["that somebody asked for while nothing failed", { cause: "Requested" }],
  ])("is not counted with remedies %s", (_what, other) => {
    const [{ mode, ...rest } = entry({})] = helped(1, other);
    const unlike = mode === undefined ? rest : { ...rest, mode };

    expect(classify(crashing([unlike, unlike, unlike]), policy()).remedy.action).toBe("restart");
  });

  it("counts what an earlier version of the workflow remembered without its mode", () => {
    const old = helped(3).map(({ mode: _mode, ...rest }) => rest);

    expect(classify(crashing(old), policy()).remedy).toMatchObject({ refusal: "KeepsRecurring" });
  });

  it("is done for whoever asks for it, and not where the schedule or an event names it", () => {
    const requested = { action: "restart", pod: "web-1-aaaaa" } as const;
    const named = (origin: object) =>
      classify(crashing(helped(5), { incident: incident({ requested, ...origin }) }), policy()).remedy;

    expect(named({}).action).toBe("restart");
    expect(named({ origin: "found" })).toMatchObject({ refusal: "KeepsRecurring" });
  });
});

/** Revision 2 crashes, as it did before it was rolled back. */
function putBack(history: HistoryEntry[], metadata: NonNullable<Evidence["workload"]>["metadata"] = {}): Evidence {
  return evidence({
    workload: deployment({
      template: template("shop/web:2"),
      metadata,
      progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
    }),
    holders: [replicaSet(2, { replicas: 1, created: ago(60) }), replicaSet(1, { available: 2, created: ago(90_000) })],
    pods: [ofRevision(2, crashingPod({ startedAgo: 60 }))],
    history,
  });
}

const rollback = (overrides: Partial<HistoryEntry> = {}) => {
  const { mode: _none, ...rest } = entry({ action: "rollback", cause: "CrashLoopAfterRollout", template: BAD });
  return { ...rest, ...overrides };
};

describe("a pod template that was put back after it was rolled back from", () => {
  it("stays, however long ago that was, and it is said when", () => {
    const at = ago(9 * DAY);

    expect(classify(putBack([]), policy()).remedy.action).toBe("rollback");
    const { remedy } = classify(putBack([rollback({ at })]), policy());
    expect(remedy).toMatchObject({ action: "none", refusal: "PutBack" });
    expect((remedy as { message: string }).message).toContain(
      `ended at ${at} rolled it back from this very pod template (CrashLoopAfterRollout), which was put back since. So`,
    );
  });

  it("stays also when somebody put it back while the rollback settled", () => {
    const overtaken = rollback({ outcome: "Unresolved", reason: "ObjectChanged" });

    expect(classify({ ...putBack([overtaken]), tried: ["rollback"] }, policy()).remedy).toMatchObject({
      refusal: "PutBack",
    });
  });

  it("names who wrote it, as far as the managed fields tell of a moment since", () => {
    const fields = { "f:spec": { "f:template": { "f:spec": {} } } };
    const written = (time: string) => ({
      managedFields: [{ manager: "kubectl-edit", operation: "Update", time, fieldsV1: fields }],
    });
    const message = (time: string) =>
      (classify(putBack([rollback()], written(time)), policy()).remedy as { message: string }).message;

    expect(message(ago(60))).toContain(
      `put back since (by its managed fields, last written by kubectl-edit at ${new Date(ago(60)).toISOString()}).`,
    );
    expect(message(ago(3_700))).not.toContain("kubectl-edit");
  });

  it("is none where the workflow itself took its rollback back, or another template was rolled back from", () => {
    expect(classify(putBack([rollback({ outcome: "RolledBack" })]), policy()).remedy).not.toMatchObject({
      refusal: "PutBack",
    });
    expect(classify(putBack([rollback({ template: "other" })]), policy()).remedy.action).toBe("rollback");
  });

  it("is rolled back for whoever asks for it", () => {
    const asked = incident({ requested: { action: "rollback" } });

    expect(classify({ ...putBack([rollback()]), incident: asked }, policy()).remedy.action).toBe("rollback");
  });
});
