import { describe, expect, it } from "vitest";
import type { Verification, WorkloadRun } from "../../../functions/run/contracts.ts";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import { verify } from "../../../functions/verify/verify.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import type { WorkloadState } from "../../../functions/facts/state.ts";
import { ago, crashingPod, deployment, hpa, imagePullPod, NOW, pod, policy, template } from "../../support/objects.ts";
import { appliedRun, diagnosis } from "../../support/runs.ts";

const rules = policy({ verify: { soak_seconds: 60, interval_seconds: 20 } });
const REFUSED = {
  type: "ReplicaFailure",
  status: "True",
  reason: "FailedCreate",
  message: 'pods "web-" is forbidden: error looking up service account shop/web: serviceaccount "web" not found',
};
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);

function state(overrides: Partial<WorkloadState> = {}): WorkloadState {
  return {
    kind: DEPLOYMENT,
    workload: deployment({ replicas: 1 }),
    pods: [pod()],
    controllers: ["rs-1-uid"],
    hpa: undefined,
    others: [],
    ...overrides,
  };
}

/** A run that replaced a pod of the template that is in place. */
function restartOf(name: string, mode: "evict" | "clean_up" = "evict"): WorkloadRun {
  const run = appliedRun({ kind: "restart", mode, pods: [{ name, uid: `${name}-uid` }] });
  const present = deployment().spec?.template;
  return { ...run, diagnosis: diagnosis({ template: templateHash(present ?? {}) }) };
}

/** The run with what the last look found. */
function after(verification: Verification, run: WorkloadRun = appliedRun()): WorkloadRun {
  return { ...run, verification };
}

describe("verify", () => {
  it("asks for the whole soak time before it calls a workload recovered", () => {
    const first = verify(appliedRun(), state(), rules, NOW);
    expect(first).toMatchObject({
      verdict: "settling",
      wait_seconds: 60,
      observation: { well_since: NOW.toISOString() },
    });

    const early = verify(after(first), state(), rules, later(45));
    expect(early).toMatchObject({ verdict: "settling", wait_seconds: 15 });

    expect(verify(after(early), state(), rules, later(60))).toMatchObject({ verdict: "recovered", reasons: [] });
  });

  it.each([
    [
      "restarted",
      pod({
        status: {
          containerStatuses: [
            { name: "app", image: "", imageID: "", ready: true, restartCount: 1, state: { running: {} } },
          ],
        },
      }),
    ],
    ["was replaced", pod({ name: "web-1-other" })],
    [
      "was unready in between",
      pod({ status: { conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(-10) }] } }),
    ],
  ])("starts the soak again when a pod %s meanwhile", (_what, changed) => {
    const first = verify(appliedRun(), state(), rules, NOW);
    const second = verify(after(first), state({ pods: [changed] }), rules, later(60));

    expect(second).toMatchObject({
      verdict: "settling",
      wait_seconds: 60,
      observation: { well_since: later(60).toISOString() },
    });
  });

  it.each([
    [
      "a spec that its controller has not seen",
      state({ workload: deployment({ status: { observedGeneration: 0 } }) }),
      "newest spec",
    ],
    ["missing replicas", state({ workload: deployment({ status: { readyReplicas: 1 } }) }), "1 of 2 replicas ready"],
    ["old replicas", state({ workload: deployment({ status: { replicas: 3 } }) }), "1 old replica left"],
    [
      "pods that are gone, of which the status does not know yet",
      state({ workload: deployment({ replicas: 2 }) }),
      "1 of 2 pods are ready and stay",
    ],
    [
      "a pod that is ready and on its way out",
      state({ pods: [pod({ metadata: { deletionTimestamp: ago(1) } })] }),
      "0 of 1 pods are ready and stay",
    ],
    ["a crashing pod", state({ pods: [pod(), crashingPod({ name: "web-1-bad" })] }), "pod web-1-bad: CrashLoopBackOff"],
    [
      "a pod that lacks what it refers to",
      state({ pods: [imagePullPod('secret "db-7h2k" not found', "CreateContainerConfigError")] }),
      'CreateContainerConfigError, secret "db-7h2k" not found',
    ],
    [
      "pods that are refused",
      state({ workload: deployment({ status: { readyReplicas: 0, conditions: [REFUSED] } }) }),
      'a pod was refused: pods "web-" is forbidden: error looking up service account shop/web: serviceaccount "web" not found',
    ],
    ["an HPA that is still scaling", state({ hpa: hpa({ current: 2, desired: 4 }) }), "2 current, 4 desired"],
  ])("goes on waiting for %s, and says so", (_what, seen, reason) => {
    const verification = verify(appliedRun(), seen, rules, NOW);

    expect(verification).toMatchObject({ verdict: "settling", wait_seconds: 20, observation: { well_since: null } });
    expect(verification.reasons.join()).toContain(reason);
  });

  it("looks more and more rarely at a workload that does not recover, and for the last time at the deadline", () => {
    const broken = state({ pods: [pod(), crashingPod({ name: "web-1-bad" })] });
    const deadline = new Date(appliedRun().remedy?.deadline ?? "");
    const pauses: number[] = [];
    let [run, now] = [appliedRun(), later(20)];
    for (;;) {
      const verification = verify(run, broken, rules, now);
      if (verification.verdict !== "settling") break;
      pauses.push(verification.wait_seconds);
      [run, now] = [after(verification, run), new Date(now.getTime() + verification.wait_seconds * 1_000)];
    }

    expect(pauses.slice(0, 8)).toEqual([20, 25, 32, 40, 49, 60, 60, 60]);
    expect(now).toEqual(deadline);
  });

  it("looks no sooner again at what is well and not well by turns", () => {
    const broken = state({ pods: [crashingPod({ name: "web-1-bad" })] });
    const brief = policy({ verify: { soak_seconds: 2, interval_seconds: 20 } });
    const pauses: number[] = [];
    let run = appliedRun();
    for (let look = 0; look < 6; look++) {
      const restarted = pod({ name: `web-1-${look}` });
      const verification = verify(run, look < 3 ? broken : state({ pods: [restarted] }), brief, later(20));
      pauses.push(verification.wait_seconds);
      run = after(verification, run);
    }

    expect(pauses).toEqual([20, 25, 32, 2, 49, 60]);
  });

  it("looks as soon as at first when a further part of the remedy was done", () => {
    const broken = state({ pods: [crashingPod({ name: "web-1-bad" })] });
    const before = verify(appliedRun(), broken, rules, NOW);
    const part = after({ ...before, verdict: "go_on", observation: { ...before.observation, looks: 9 } });

    expect(verify(part, broken, rules, NOW).wait_seconds).toBe(20);
  });

  it("gives up at the deadline, and says what was wrong", () => {
    const broken = state({ pods: [pod(), crashingPod({ name: "web-1-bad" })] });
    const deadline = new Date(appliedRun().remedy?.deadline ?? "");

    expect(verify(appliedRun(), broken, rules, new Date(deadline.getTime() - 1))).toMatchObject({
      verdict: "settling",
    });
    expect(verify(appliedRun(), broken, rules, deadline)).toMatchObject({
      verdict: "not_recovered",
      reasons: ["pod web-1-bad: CrashLoopBackOff"],
    });
  });

  it("does not wait for ever for a workload that keeps breaking its soak", () => {
    const deadline = new Date(appliedRun().remedy?.deadline ?? "");

    expect(verify(appliedRun(), state(), rules, new Date(deadline.getTime() + 60_000))).toMatchObject({
      verdict: "not_recovered",
      reasons: ["it was never well for 60 s on end"],
    });
  });

  it("does not give it up before the soak has had its time after the deadline", () => {
    const deadline = new Date(appliedRun().remedy?.deadline ?? "");

    expect(verify(appliedRun(), state(), rules, new Date(deadline.getTime() + 59_999)).verdict).toBe("settling");
  });

  it("goes on with the soak whatever the order of the pods, and while others end or are only records", () => {
    const [a, b] = [pod({ name: "web-1-a" }), pod({ name: "web-1-b" })];
    const workload = deployment({ replicas: 2 });
    const ending = pod({ name: "web-1-old", metadata: { uid: "old", deletionTimestamp: ago(1) } });
    const record = pod({ name: "web-1-evicted", status: { phase: "Failed", reason: "Evicted" } });
    const first = verify(appliedRun(), state({ workload, pods: [a, b, ending, record] }), rules, NOW);

    expect(first.observation.digest).toMatch(/^[0-9a-f]{16}$/);
    expect(verify(after(first), state({ workload, pods: [b, a] }), rules, later(60)).verdict).toBe("recovered");
  });

  it("keeps what the next look need not look for, in bounds", () => {
    const many = Array.from({ length: 12 }, (_, index) => `rs-${index}-uid`);

    expect(verify(appliedRun(), state({ hpa: hpa(), controllers: many }), rules, NOW).observation).toMatchObject({
      hpa: "web",
      controllers: many.slice(0, 10),
    });
    expect(verify(appliedRun(), state(), rules, NOW).observation.hpa).toBeNull();
  });

  it("names no more than five of many failing pods", () => {
    const pods = Array.from({ length: 9 }, (_, index) => crashingPod({ name: `web-1-${index}` }));

    expect(verify(appliedRun(), state({ pods }), rules, NOW).reasons).toHaveLength(5);
  });

  it("looks at a workload whose remedy left no change behind as at any other", () => {
    const { change: _none, ...remedy } = appliedRun().remedy ?? ({} as never);
    const run = { ...appliedRun(), remedy };
    const first = verify(run, state(), rules, NOW);

    expect(first).toMatchObject({ verdict: "settling", reasons: [expect.stringContaining("well since")] });
    expect(verify(after(first, run), state(), rules, later(60)).verdict).toBe("recovered");
  });

  it("does not mind the records of failed pods, unless it was to remove them", () => {
    const leftover = pod({ name: "web-1-old", status: { phase: "Failed", reason: "Evicted" } });
    const cleanUp = restartOf("web-1-old", "clean_up");

    expect(verify(appliedRun(), state({ pods: [leftover, pod()] }), rules, NOW).observation.well_since).not.toBeNull();
    expect(verify(cleanUp, state({ pods: [leftover, pod()] }), rules, NOW).reasons).toEqual([
      "pod web-1-old is not gone yet",
    ]);
  });

  it("takes nothing for a restart's work once somebody has rolled out another template", () => {
    const run = restartOf("web-1-old");
    const rolledOut = state({ workload: deployment({ template: template("shop/web:9") }) });

    expect(verify(run, state(), rules, NOW).verdict).toBe("settling");
    expect(verify(run, rolledOut, rules, NOW)).toMatchObject({
      verdict: "overtaken",
      reasons: ["its pod template is another one than when its pods were restarted"],
    });
  });

  it("after raising an HPA's maximum, waits until the HPA no longer wants more", () => {
    const run = appliedRun({
      kind: "scale",
      scale: { target: "hpa", name: "web", from: { min: 2, max: 4 }, to: { min: 2, max: 6 } },
    });
    const limited = { ...run, diagnosis: { ...run.diagnosis, cause: "HpaAtMaximum" } } as WorkloadRun;
    const stillAtMaximum = state({ hpa: hpa({ max: 6, current: 6, limited: "TooManyReplicas" }) });

    expect(verify(limited, stillAtMaximum, rules, NOW).reasons).toEqual([
      "HPA web still wants more than its maximum of 6 replicas",
    ]);
    expect(verify(limited, state({ hpa: hpa({ max: 6, current: 5 }) }), rules, NOW).reasons.join()).toContain(
      "well since",
    );
  });

  it.each<[string, WorkloadRun, WorkloadState]>([
    ["template", appliedRun(), state({ workload: deployment({ replicas: 1, template: template("shop/web:3") }) })],
    [
      "number of replicas",
      appliedRun({ kind: "scale", scale: { target: "replicas", from: 1, to: 3 } }),
      state({ workload: deployment({ replicas: 5 }) }),
    ],
    [
      "bounds",
      appliedRun({
        kind: "scale",
        scale: { target: "hpa", name: "web", from: { min: 2, max: 4 }, to: { min: 2, max: 6 } },
      }),
      state({ hpa: hpa({ min: 2, max: 9 }) }),
    ],
  ])("does not judge the remedy by another %s than it had set", (_what, run, seen) => {
    expect(verify(run, seen, rules, NOW)).toMatchObject({ verdict: "overtaken" });
  });
});
