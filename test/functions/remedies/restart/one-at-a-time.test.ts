import { describe, expect, it } from "vitest";
import type { WorkloadState } from "../../../../functions/facts/state.ts";
import { DEPLOYMENT } from "../../../../functions/kinds/deployment/kind.ts";
import type { Workload } from "../../../../functions/shared/kubernetes/types.ts";
import { workloadMessage } from "../../../../functions/notify/message.ts";
import type { WorkloadRun } from "../../../../functions/run/contracts.ts";
import { hasHelped, isIneffective } from "../../../../functions/run/history.ts";
import { outcomeOf } from "../../../../functions/run/outcome.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import type { Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { verify } from "../../../../functions/verify/verify.ts";
import { ago, crashingPod, deployment, NOW, pod, policy, template } from "../../../support/objects.ts";
import { appliedRun, diagnosis, remedyResult } from "../../../support/runs.ts";

const target = (name: string) => ({ name, uid: `${name}-uid` });

/** A run that is to replace `a` and `b`, and has replaced `a`. */
function run(overrides: Partial<WorkloadRun> = {}): WorkloadRun {
  const applied = appliedRun({ kind: "restart", mode: "evict", pods: [target("a")] });
  return {
    ...applied,
    claim: { status: "claimed", lease: "l", expires_at: new Date(NOW.getTime() + 2_400_000).toISOString() },
    diagnosis: diagnosis({
      template: templateHash(template()),
      remedy: { action: "restart", mode: "evict", pods: [target("a"), target("b")] },
    }),
    ...overrides,
  };
}

function look(pods: Pod[], { of = run(), minReadySeconds = 0 } = {}) {
  return verify(of, stateOf(pods, minReadySeconds), policy(), NOW).verdict;
}

function stateOf(pods: Pod[], minReadySeconds = 0): WorkloadState {
  const workload: Workload = deployment({ replicas: 2 });
  return {
    kind: DEPLOYMENT,
    workload: { ...workload, spec: { ...workload.spec, minReadySeconds } },
    pods,
    controllers: [],
    hpa: undefined,
    others: [],
  };
}

const crashing = crashingPod({ name: "b" });
const replaced = (readyFor = 30) =>
  pod({ name: "c", status: { conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(readyFor) }] } });

describe("after one pod was evicted", () => {
  it("the next one goes when that is replaced and ready", () => {
    expect(look([replaced(), crashing])).toBe("go_on");
  });

  it.each<[string, Pod[]]>([
    [
      "is not gone yet",
      [pod({ name: "a", metadata: { uid: "a-uid", deletionTimestamp: ago(1) } }), replaced(), crashing],
    ],
    ["has no replacement yet", [crashing]],
    ["has a replacement that crashes, too", [crashingPod({ name: "c" }), crashing]],
  ])("no further one goes while it %s", (_what, pods) => {
    expect(look(pods)).toBe("settling");
  });

  it("no further one goes before its replacement was ready for as long as the workload asks for", () => {
    expect(look([replaced(30), crashing], { minReadySeconds: 60 })).toBe("settling");
    expect(look([replaced(61), crashing], { minReadySeconds: 60 })).toBe("go_on");
  });

  it("the others are left alone where they are ready again by themselves", () => {
    expect(look([replaced(), pod({ name: "b" })])).toBe("settling");
  });

  it.each<[string, Partial<WorkloadRun>]>([
    ["the step ended with an error", { remedy_error: { Error: "Forbidden", Cause: "" } }],
    [
      "the claim would not last",
      { claim: { status: "claimed", lease: "l", expires_at: new Date(NOW.getTime() + 200_000).toISOString() } },
    ],
  ])("no further one goes when %s", (_what, overrides) => {
    expect(look([replaced(), crashing], { of: run(overrides) })).toBe("settling");
  });

  it("no further one goes past the deadline", () => {
    const { remedy, ...rest } = run();
    const late = { ...rest, ...(remedy === undefined ? {} : { remedy: { ...remedy, deadline: ago(1) } }) };

    expect(look([replaced(), crashing], { of: late })).toBe("cut_short");
  });

  it("is not told as a restart in vain where the claim did not last for the next one", () => {
    const { remedy, ...rest } = run({
      claim: { status: "claimed", lease: "l", expires_at: new Date(NOW.getTime() + 200_000).toISOString() },
    });
    const late: WorkloadRun = { ...rest, ...(remedy === undefined ? {} : { remedy: { ...remedy, deadline: ago(1) } }) };
    const verification = verify(late, stateOf([replaced(), crashing]), policy(), NOW);
    const report = outcomeOf({ ...late, verification }, false);
    const { text } = workloadMessage({ ...late, verification }, report);

    expect(verification.verdict).toBe("cut_short");
    expect(report).toMatchObject({ outcome: "Unresolved", reason: "PartlyDone", needs_person: false });
    expect(text).toContain("What was done has taken effect: no further part of it was begun");
    expect(text).not.toMatch(/did not (help|recover)/);
    const entry = { at: "", execution: "e", ...report, action: "restart" };
    expect([isIneffective(entry), hasHelped(entry)]).toEqual([false, true]);
  });

  it("says what to do about the error that its step ended with, where that left the rest", () => {
    const { remedy, ...rest } = run({ remedy_error: { Error: "EvidenceNotKept", Cause: "Pod shop/b was left." } });
    const late: WorkloadRun = { ...rest, ...(remedy === undefined ? {} : { remedy: { ...remedy, deadline: ago(1) } }) };
    const verification = verify(late, stateOf([replaced(), crashing]), policy(), NOW);
    const report = outcomeOf({ ...late, verification }, false);
    const { text } = workloadMessage({ ...late, verification }, report);

    expect(report).toMatchObject({ outcome: "Unresolved", reason: "PartlyDone", needs_person: true });
    expect(text).toContain("EvidenceBucketName");
    expect(text).not.toContain("othing was removed");
  });

  it.each<[string, "evict" | "clean_up", Pod[]]>([
    ["restart", "evict", [replaced(), crashing]],
    ["clean-up", "clean_up", [pod({ name: "b", status: { phase: "Failed", reason: "Evicted" } })]],
  ])("is no %s in vain where evidence of a further pod could not be kept, and calls somebody", (_what, mode, pods) => {
    const base = run({
      diagnosis: diagnosis({
        template: templateHash(template()),
        remedy: { action: "restart", mode, pods: [target("a"), target("b")] },
      }),
    });
    const remedy = remedyResult({
      change: { kind: "restart", mode, pods: [target("a")] },
      stopped_by: { Error: "EvidenceNotKept", Cause: "Pod shop/b was left." },
    });
    const at = (deadline: string): WorkloadRun => ({ ...base, remedy: { ...remedy, deadline } });
    expect(look(pods, { of: at(new Date(NOW.getTime() + 60_000).toISOString()) })).toBe("settling");

    const late = { ...at(ago(1)), verification: verify(at(ago(1)), stateOf(pods), policy(), NOW) };
    const report = outcomeOf(late, false);
    expect(report).toMatchObject({ outcome: "Unresolved", reason: "PartlyDone", needs_person: true });
    expect(workloadMessage(late, report).text).toContain("EvidenceBucketName");
    expect(isIneffective({ ...report, applied: true })).toBe(false);
  });

  it("is told as a restart in vain where its replacement fails, too", () => {
    const { remedy, ...rest } = run();
    const late = { ...rest, ...(remedy === undefined ? {} : { remedy: { ...remedy, deadline: ago(1) } }) };

    expect(look([crashingPod({ name: "c" }), crashing], { of: late })).toBe("not_recovered");
  });
});
