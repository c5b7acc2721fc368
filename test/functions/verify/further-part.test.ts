import { describe, expect, it } from "vitest";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { settling } from "../../../functions/run/settling.ts";
import { verify } from "../../../functions/verify/verify.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import { ago, crashingPod, deployment, NOW, pod, policy, template } from "../../support/objects.ts";
import { appliedRun, diagnosis } from "../../support/runs.ts";

const [A, B] = ["a", "b"].map((name) => ({ name, uid: `${name}-uid` })) as [never, never];
const seconds = (count: number) => new Date(NOW.getTime() + count * 1_000).toISOString();

/** A run that is to replace two pods and has replaced one, whose claim lasts for so many seconds. */
function run(lasts: number, deadline: string, more: Partial<WorkloadRun> = {}): WorkloadRun {
  const applied = appliedRun({ kind: "restart", mode: "evict", pods: [A] });
  const remedy = applied.remedy === undefined ? {} : { remedy: { ...applied.remedy, deadline } };
  return {
    ...applied,
    ...remedy,
    claim: { status: "claimed", lease: "l", expires_at: seconds(lasts) },
    diagnosis: diagnosis({
      template: templateHash(template()),
      remedy: { action: "restart", mode: "evict", pods: [A, B] },
    }),
    ...more,
  };
}

/** A look at it once the first pod was replaced, and the second still crashes. */
function look(of: WorkloadRun) {
  const ready = pod({
    name: "c",
    status: { conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(30) }] },
  });
  const pods = [ready, crashingPod({ name: "b" })];
  const seen = { kind: DEPLOYMENT, workload: deployment({ replicas: 2 }), pods, controllers: [], hpa: undefined };
  return verify(of, { ...seen, others: [] }, policy(), NOW);
}

/** How long the effect of a further part has to be waited for, in seconds. */
const NEEDED = (Date.parse(settling(run(0, ago(1)), policy(), NOW).deadline) - NOW.getTime()) / 1_000;

describe("a further part of a remedy", () => {
  it("follows when the part before has taken effect, and is looked at as at first", () => {
    expect(look(run(9_000, seconds(1)))).toMatchObject({
      verdict: "go_on",
      reasons: ["what was done so far has taken effect, and the next part follows"],
      wait_seconds: policy().verify.interval_seconds,
      observation: { well_since: null },
    });
  });

  it("is begun only while the claim lasts longer than its effect has to be waited for", () => {
    expect(look(run(NEEDED, seconds(1))).verdict).toBe("settling");
    expect(look(run(NEEDED + 1, seconds(1))).verdict).toBe("go_on");
  });

  it.each<[string, WorkloadRun]>([
    [
      "its step ended with Forbidden",
      run(9_000, ago(1), { remedy_error: { Error: "Forbidden", Cause: "Grant this verb." } }),
    ],
    [
      "the claim had ended while the execution was stopped",
      run(9_000, ago(1), { claim: { status: "claimed", lease: "l", expires_at: seconds(9_000), lapsed: true } }),
    ],
    [`the claim lasts until ${seconds(NEEDED)}, which is too short for that`, run(NEEDED, ago(1))],
    [
      "the claim lasts until , which is too short for that",
      run(0, ago(1), { claim: { status: "claimed", lease: "l" } }),
    ],
    ["the time for the part before was over", run(9_000, NOW.toISOString())],
  ])("is not begun, and people read why: %s", (why, of) => {
    const { verdict, reasons } = look(of);

    expect(verdict).toBe("cut_short");
    expect(reasons[0]).toBe(`no further part of it was begun, since ${why}`);
    expect(reasons.slice(1).join()).toContain("pod b: CrashLoopBackOff");
  });
});
