import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

/** A pod whose container runs and has not been ready for so many seconds. */
const unready = (name: string, seconds = 400): Pod =>
  pod({
    name,
    status: {
      conditions: [{ type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: ago(seconds) }],
      containerStatuses: [container({ ready: false })],
    },
  });
const names = ["a", "b", "c", "d", "e"];
const well = (count: number) => names.slice(0, count).map((name) => pod({ name: `well-${name}` }));
const diagnose = (pods: Pod[], more: Parameters<typeof evidence>[0] = {}) =>
  classify(evidence({ pods, workload: deployment({ replicas: pods.length }), ...more }), policy());

describe("pods that run and are not ready", () => {
  it("are restarted where others of the same workload are ready, and they became so at different times", () => {
    expect(diagnose([unready("a", 400), unready("b", 900), ...well(3)])).toMatchObject({
      cause: "Unready",
      remedy: { action: "restart", pods: [{ name: "a" }, { name: "b" }] },
    });
    expect(diagnose([unready("a"), ...well(1)])).toMatchObject({ cause: "Unready", remedy: { action: "restart" } });
  });

  it.each<[string, Pod[], string]>([
    ["no other is ready", [unready("a", 400), unready("b", 900)], "no pod of it is ready"],
    ["it is the only one", [unready("a")], "no pod of it is ready"],
    ["most are not", [unready("a", 400), unready("b", 900), ...well(1)], "only 1 pod of it is ready"],
    ["several became so at once", [unready("a", 400), unready("b", 390), ...well(3)], "since the same moment"],
  ])("are reported, not restarted, where %s", (_what, pods, words) => {
    const diagnosis = diagnose(pods);

    expect(diagnosis).toMatchObject({ cause: "UnreadyTogether", remedy: { action: "none", refusal: "NoSafeRemedy" } });
    expect(diagnosis.summary).toContain(words);
  });

  it("are no fault of a rollout where pods of the revision before are not ready, either", () => {
    const rollout = {
      workload: deployment({
        template: template("shop/web:2"),
        progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
      }),
      holders: [
        replicaSet(2, { replicas: 1, created: ago(900) }),
        replicaSet(1, { available: 1, created: ago(90_000) }),
      ],
    };
    const born = unready("new", 890);
    const fresh = ofRevision(2, {
      ...born,
      metadata: { ...born.metadata, creationTimestamp: ago(900) },
      status: {
        ...born.status,
        startTime: ago(895),
        containerStatuses: [container({ ready: false, state: { running: { startedAt: ago(890) } } })],
      },
    });

    expect(diagnose([fresh, ofRevision(1, unready("old"))], rollout)).toMatchObject({ cause: "UnreadyTogether" });
    expect(diagnose([fresh, ofRevision(1, pod({ name: "old" }))], rollout)).toMatchObject({
      cause: "UnreadyAfterRollout",
      remedy: { action: "rollback" },
    });
  });
});

describe("a readiness gate that is not met", () => {
  const gate = "target-health.elbv2.k8s.aws/web";
  const gated = (conditions: NonNullable<Pod["status"]>["conditions"] = []): Pod =>
    pod({
      spec: { containers: [{ name: "app" }], readinessGates: [{ conditionType: gate }] },
      status: {
        conditions: [
          { type: "Ready", status: "False", reason: "ReadinessGatesNotReady", lastTransitionTime: ago(400) },
          ...conditions,
        ],
      },
    });

  it("is reported with its condition and what that says", () => {
    const unhealthy = {
      type: gate,
      status: "False",
      reason: "Target.FailedHealthChecks",
      message: "Health checks failed",
    };

    expect(diagnose([gated([unhealthy]), ...well(1)])).toMatchObject({
      cause: "ReadinessGateNotMet",
      remedy: {
        action: "none",
        refusal: "NoSafeRemedy",
        message: expect.stringContaining(
          `readiness gate ${gate} is False (Target.FailedHealthChecks: Health checks failed)`,
        ) as string,
      },
    });
  });

  it("is reported where nobody has set its condition yet", () => {
    expect(JSON.stringify(diagnose([gated()]))).toContain(`readiness gate ${gate} has no condition yet`);
  });
});

describe("a pod that starts slowly", () => {
  const starting = (since: number, started: boolean, probes: object): Pod => {
    const slow = unready("slow", since + 2);
    return {
      ...slow,
      spec: { containers: [{ name: "app", ...probes }] },
      status: {
        ...slow.status,
        containerStatuses: [container({ ready: false, started, state: { running: { startedAt: ago(since) } } })],
      },
    };
  };
  const startupProbe = { periodSeconds: 10, failureThreshold: 180 };

  it("is left alone for as long as its startup probe allows", () => {
    expect(diagnose([starting(1_700, false, { startupProbe }), ...well(1)])).toMatchObject({
      cause: "StillStarting",
      remedy: { action: "none", refusal: "MayPass" },
    });
    expect(diagnose([starting(1_801, false, { startupProbe }), ...well(1)]).cause).toBe("Unready");
  });

  it("has had its time once its startup probe has passed", () => {
    expect(diagnose([starting(1_700, true, { startupProbe }), ...well(1)]).cause).toBe("Unready");
  });

  it("is left alone until its readiness probe has asked for the first time", () => {
    const readinessProbe = { initialDelaySeconds: 900 };

    expect(diagnose([starting(800, true, { readinessProbe }), ...well(1)]).cause).toBe("StillStarting");
    expect(diagnose([starting(1_000, true, { readinessProbe }), ...well(1)]).cause).toBe("Unready");
  });

  it("is not left alone for that when it was ready since its start", () => {
    const readinessProbe = { initialDelaySeconds: 1_000 };
    const lost = starting(900, true, { readinessProbe });
    lost.status = { ...lost.status, conditions: unready("slow", 400).status?.conditions ?? [] };

    expect(diagnose([lost, ...well(1)]).cause).toBe("Unready");
  });
});
