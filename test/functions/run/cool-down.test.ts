import { describe, expect, it } from "vitest";
import { pause, pauseOfLookedAt, triedTooOften } from "../../../functions/run/cool-down.ts";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import { ago, NOW, policy } from "../../support/objects.ts";

function entry(outcome: string, secondsAgo: number, overrides: Partial<HistoryEntry> = {}): HistoryEntry {
  return {
    at: ago(secondsAgo),
    execution: "run",
    cause: "CrashLoop",
    action: "restart",
    outcome,
    template: "t1",
    ...overrides,
  };
}

const rules = policy({ cool_down: { base_seconds: 100, max_seconds: 1_000, max_ineffective: 3 } });

describe("the cool-down", () => {
  it("lets a workload without a history through", () => {
    expect(pause([], "t1", rules, NOW)).toBeUndefined();
  });

  it("waits for the base time after a remedy that helped, and no longer", () => {
    expect(pause([entry("Recovered", 99)], "t1", rules, NOW)).toMatchObject({
      refusal: "CoolingDown",
      needsPerson: false,
    });
    expect(pause([entry("Recovered", 100)], "t1", rules, NOW)).toBeUndefined();
  });

  it("doubles the time with each try that did not help, up to the longest", () => {
    expect(pause([entry("Unresolved", 199)], "t1", rules, NOW)).toMatchObject({
      refusal: "CoolingDown",
      needsPerson: true,
    });
    expect(pause([entry("Unresolved", 200)], "t1", rules, NOW)).toBeUndefined();
    expect(pause([entry("RolledBack", 399), entry("Unresolved", 900)], "t1", rules, NOW)).toBeDefined();
    const skipped = Array.from({ length: 9 }, () => entry("Skipped", 1_000, { action: "none" }));
    expect(pause(skipped, "t1", rules, NOW)).toBeUndefined();
  });

  it("stops after the policy's number of ineffective remedies, for however long, but for one look a day", () => {
    const tries = [entry("Unresolved", 86_399), entry("RolledBack", 91_000), entry("Unresolved", 92_000)];
    const aDayLater = new Date(NOW.getTime() + 1_000);

    expect(pause(tries, "t1", rules, NOW)).toMatchObject({ refusal: "TriedTooOften", needsPerson: true });
    expect(pause(tries, "t1", rules, aDayLater)).toBeUndefined();
    expect(triedTooOften(tries, "t1", rules)).toContain("The last 3 remedies did not help (last: restart).");
    const told = entry("Skipped", 0, { action: "none", reason: "TriedTooOften" });
    expect(pause([told, ...tries], "t1", rules, aDayLater)).toMatchObject({ refusal: "TriedTooOften" });
  });

  it("counts no remedy that was not begun since what it was to destroy could not be kept, and one that was", () => {
    const unkept = (applied: object) =>
      [1, 2, 3].map((ago) => entry("Unresolved", ago, { reason: "EvidenceNotKept", ...applied }));

    expect(triedTooOften(unkept({}), "t1", rules)).toBeUndefined();
    expect(triedTooOften(unkept({ applied: true }), "t1", rules)).toContain("The last 3 remedies did not help");
  });

  it("lets whoever asks for a remedy have it at once where nothing was done before, and not where something was", () => {
    const observed = entry("Skipped", 1, { action: "none", reason: "DiagnoseOnly" });

    expect(pause([observed], "t1", rules, NOW)).toMatchObject({ refusal: "CoolingDown" });
    expect(pause([observed], "t1", rules, NOW, true)).toBeUndefined();
    expect(pause([observed, entry("Recovered", 50, { applied: true })], "t1", rules, NOW, true)).toMatchObject({
      refusal: "CoolingDown",
      message: expect.stringContaining("(CrashLoop: Recovered)") as string,
    });
  });

  it("lets whoever takes back what an execution did have that at once, and not before what others have done since", () => {
    const done = entry("Recovered", 1, { execution: "run-1", action: "scale", applied: true });
    const restarted = entry("Recovered", 0, { execution: "run-2", applied: true });
    const undoes = { undoes: "run-1" };

    expect(pause([done], "t1", rules, NOW, true)).toMatchObject({ refusal: "CoolingDown" });
    expect(pause([done], "t1", rules, NOW, true, undoes)).toBeUndefined();
    expect(pause([restarted, done], "t1", rules, NOW, true, undoes)).toMatchObject({ refusal: "CoolingDown" });
  });

  it("is that of a remedy that helped after what was taken back as somebody asked, and calls nobody", () => {
    const undone = (ago: number) => entry("Undone", ago, { execution: "run-2", action: "scale", applied: true });
    const done = entry("Recovered", 200, { execution: "run-1", action: "scale", applied: true });

    expect(pause([undone(99), done], "t1", rules, NOW, true, { undoes: "run-1" })).toMatchObject({
      refusal: "CoolingDown",
      needsPerson: false,
    });
    expect(pause([undone(100), done], "t1", rules, NOW, true)).toBeUndefined();
  });

  it("lets whoever approves what was proposed with a remedy in vain have it at once, and nothing else", () => {
    const proposed = entry("Unresolved", 50, { applied: true, plan: "0123456789abcdef" });

    expect(pause([proposed], "t1", rules, NOW, true, { approves: "0123456789abcdef" })).toBeUndefined();
    expect(pause([proposed], "t1", rules, NOW, true, { approves: "f".repeat(16) })).toMatchObject({
      refusal: "CoolingDown",
    });
  });

  it("is no longer after a remedy for the looks before it at which nothing was done", () => {
    const looks = Array.from({ length: 8 }, (_, index) => entry("Skipped", 300 + index, { action: "none" }));
    const inVain = entry("RolledBack", 201, { applied: true });

    expect(pause([inVain, ...looks], "t1", rules, NOW)).toBeUndefined();
    expect(pause([entry("RolledBack", 199, { applied: true }), ...looks], "t1", rules, NOW)).toBeDefined();
  });

  it("lets nobody ask for a remedy of what was tried too often, on whatever day", () => {
    const tries = [entry("Unresolved", 900_000), entry("RolledBack", 910_000), entry("Unresolved", 920_000)];

    expect(pause(tries, "t1", rules, NOW, true)).toMatchObject({ refusal: "TriedTooOften" });
  });

  it("ends a day after people were told, where nothing was done, however often it was looked at since", () => {
    const patient = policy({ cool_down: { base_seconds: 80_000, max_seconds: 86_400 } });
    const quiet = entry("Skipped", 3_600, { action: "none", told: ago(86_000) });

    expect(pause([quiet], "t1", patient, NOW)).toMatchObject({ refusal: "CoolingDown", leftToPerson: true });
    expect(pause([{ ...quiet, told: ago(86_400) }], "t1", patient, NOW)).toBeUndefined();
  });

  it("is that of the policy where nobody could be told", () => {
    const tries = [entry("Unresolved", 150), entry("Unresolved", 600), entry("Unresolved", 700)];
    const untold = { ...entry("Skipped", 1_000, { action: "none" }), told: null };

    expect(pause([untold, ...tries], "t1", rules, NOW)).toBeUndefined();
    expect(pause([{ ...untold, at: ago(999) }, ...tries], "t1", rules, NOW)).toMatchObject({
      refusal: "TriedTooOften",
    });
  });

  it("is the base time, and no more, after each time that the limits held a remedy back", () => {
    const held = Array.from({ length: 5 }, (_, index) =>
      entry("Skipped", 99 + index * 100, { reason: ["CanaryFirst", "BreakerOpen"][index % 2] ?? "" }),
    );

    expect(pause(held, "t1", rules, NOW)).toMatchObject({ refusal: "CoolingDown", leftToPerson: false });
    expect(pause(held, "t1", rules, new Date(NOW.getTime() + 1_000))).toBeUndefined();
    expect(pause([...held, entry("Unresolved", 700)], "t1", rules, new Date(NOW.getTime() + 1_000))).toBeDefined();
  });

  it("starts to count anew after a remedy that helped", () => {
    const tries = [
      entry("Unresolved", 9_000),
      entry("Recovered", 9_100),
      entry("Unresolved", 9_200),
      entry("Unresolved", 9_300),
    ];

    expect(pause(tries, "t1", rules, NOW)).toBeUndefined();
  });

  it("does not count what was only reported as an ineffective remedy", () => {
    const reports = Array.from({ length: 5 }, () => entry("Unresolved", 90_000, { action: "none" }));

    expect(pause(reports, "t1", rules, NOW)).toBeUndefined();
  });

  it("lets a workload with a new template through at once", () => {
    const tries = [entry("Unresolved", 1), entry("Unresolved", 2), entry("Unresolved", 3)];

    expect(pause(tries, "t2", rules, NOW)).toBeUndefined();
  });
});

describe("the pause of what is only looked at", () => {
  const { template: _none, ...told } = entry("Skipped", 3_600, { action: "none", cause: "ServiceSelectsNothing" });

  it("lets it through that was never told", () => {
    expect(pauseOfLookedAt([], ago(60), rules, NOW)).toBeUndefined();
  });

  it("is a day while it stays as it is, however short the policy's is", () => {
    expect(pauseOfLookedAt([told], ago(7_200), rules, NOW)).toMatchObject({ refusal: "CoolingDown" });
    expect(pauseOfLookedAt([told], undefined, rules, NOW)).toMatchObject({ refusal: "CoolingDown" });
    expect(pauseOfLookedAt([{ ...told, at: ago(86_399) }], ago(90_000), rules, NOW)).toBeDefined();
    expect(pauseOfLookedAt([{ ...told, at: ago(86_400) }], ago(90_000), rules, NOW)).toBeUndefined();
  });

  it("is that of a workload where it was well in between", () => {
    expect(pauseOfLookedAt([told], ago(60), rules, NOW)).toBeUndefined();
    expect(pauseOfLookedAt([{ ...told, at: ago(100) }], ago(60), rules, NOW)).toMatchObject({ refusal: "CoolingDown" });
  });
});
