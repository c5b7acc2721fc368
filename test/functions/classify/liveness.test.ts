import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { NO_SURROUNDINGS } from "../../../functions/facts/surroundings.ts";
import type { KubernetesEvent } from "../../../functions/run/event.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, deployment, evidence, pod, policy } from "../../support/objects.ts";

/** A pod whose container was killed for the third time just now and runs again, after an hour in which all was well. */
const killed = (name: string, unreadyFor = 100): Pod =>
  pod({
    name,
    status: {
      conditions: [
        { type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: ago(unreadyFor) },
      ],
      containerStatuses: [
        container({
          ready: false,
          restartCount: 3,
          state: { running: { startedAt: ago(20) } },
          lastState: { terminated: { exitCode: 137, reason: "Error", startedAt: ago(120), finishedAt: ago(22) } },
        }),
      ],
    },
  });
const failedProbe = (name: string, probe = "Liveness"): KubernetesEvent => ({
  metadata: {},
  reason: "Unhealthy",
  message: `${probe} probe failed: Get "http://10.0.0.1/health": context deadline exceeded`,
  involvedObject: { uid: `${name}-uid`, fieldPath: "spec.containers{app}" },
  lastTimestamp: ago(25),
});
const diagnose = (pods: Pod[], events: KubernetesEvent[]) =>
  classify(
    evidence({
      pods,
      workload: deployment({ replicas: pods.length }),
      surroundings: { ...NO_SURROUNDINGS, events },
    }),
    policy(),
  );

describe("pods that fail their liveness probes", () => {
  it("are reported, not restarted, where that is most of them", () => {
    const diagnosis = diagnose([pod({ name: "a" }), killed("b"), killed("c", 500)], [failedProbe("b")]);

    expect(diagnosis).toMatchObject({
      cause: "LivenessFailsTogether",
      summary: "2 pods are down, of which 1 at least fails its liveness probe: only 1 pod of it is ready.",
      remedy: { action: "none", refusal: "NoSafeRemedy" },
    });
  });

  it.each<[string, Pod[], KubernetesEvent[]]>([
    ["it is one alone", [pod({ name: "a" }), killed("b")], [failedProbe("b")]],
    [
      "most others are ready and they began at different times",
      [...["a", "d", "e"].map((name) => pod({ name })), killed("b"), killed("c", 900)],
      [failedProbe("b")],
    ],
    [
      "nothing says that it was that probe",
      [pod({ name: "a" }), killed("b"), killed("c")],
      [failedProbe("b", "Readiness")],
    ],
  ])("are restarted as others that crash after they ran well where %s", (_what, pods, events) => {
    expect(diagnose(pods, events)).toMatchObject({
      cause: "CrashLoopOfStableWorkload",
      remedy: { action: "restart" },
    });
  });
});
