import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  crashingPod,
  deployment,
  evidence,
  imagePullPod,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const diagnose = (seen: Parameters<typeof evidence>[0]) => classify(evidence(seen), policy());
const unready = (seconds: number) => [
  { type: "PodScheduled", status: "True", lastTransitionTime: ago(seconds) },
  { type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: ago(seconds) },
];

/** A pod that waits for its containers to be created, with the init container that runs meanwhile, if any. */
function starting(init?: string): Pod {
  const waiting = container({ ready: false, state: { waiting: { reason: "PodInitializing" } } });
  const running = (name: string) => container({ name, ready: false, state: { running: { startedAt: ago(900) } } });
  return pod({
    spec: { containers: [{ name: "app" }], ...(init === undefined ? {} : { initContainers: [{ name: init }] }) },
    status: {
      phase: "Pending",
      conditions: unready(900),
      containerStatuses: [waiting],
      ...(init === undefined ? {} : { initContainerStatuses: [running(init)] }),
    },
  });
}

describe("the advice on", () => {
  it("an init container that hangs names the pod whose log tells why", () => {
    expect(diagnose({ pods: [starting("wait-for-db")] }).remedy).toMatchObject({
      message: "Read what it waits for: kubectl -n shop logs web-1-aaaaa -c wait-for-db.",
    });
  });

  it("containers that are not created says nothing of what Events hold that were not read", () => {
    expect(diagnose({ pods: [starting()] }).remedy).toMatchObject({
      message: expect.stringContaining("Look in the pod's events for what holds it up") as string,
    });
  });

  it("replicas that stay missing names the workload", () => {
    const conditions = [
      { type: "Available", status: "False", reason: "MinimumReplicasUnavailable", lastTransitionTime: ago(900) },
      { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(3_600) },
    ];
    const status = { replicas: 1, readyReplicas: 1, availableReplicas: 1, conditions };

    expect(diagnose({ workload: deployment({ status }) })).toMatchObject({
      cause: "MissingReplicas",
      remedy: { message: "Look in its events for why pods are missing: kubectl -n shop describe deployment web." },
    });
  });

  it("an image in words that nobody knows does not say that there are none", () => {
    const { remedy, evidence: lines } = diagnose({ pods: [imagePullPod("the gremlins have it")] });

    expect(lines.join("\n")).toContain("the gremlins have it");
    expect(remedy).toMatchObject({
      message: expect.stringMatching(/^What the kubelet says is in the evidence/) as string,
    });
  });

  it("a replacement that is awaited is a sentence", () => {
    const evicted = pod({ name: "web-1-b", status: { phase: "Failed", reason: "Evicted" } });

    expect(
      diagnose({ workload: deployment({ status: { readyReplicas: 1 } }), pods: [pod(), evicted] }).remedy,
    ).toMatchObject({ message: expect.stringMatching(/^1 replacement is not ready yet;/) as string });
  });
});

describe("why a rollback is not chosen", () => {
  const reasonFor = ({ rejected }: ReturnType<typeof diagnose>) =>
    rejected.find(({ action }) => action === "rollback")?.reason;

  it("claims nothing of pods that were never ready themselves", () => {
    const never = container({ ready: false, state: { running: { startedAt: ago(400) } } });
    const late = pod({
      metadata: { creationTimestamp: ago(400) },
      spec: { containers: [{ name: "app" }] },
      status: { startTime: ago(400), conditions: unready(400), containerStatuses: [never] },
    });
    const diagnosis = diagnose({ pods: [pod({ name: "web-1-b" }), late] });

    expect(diagnosis.cause).toBe("Unready");
    expect(reasonFor(diagnosis)).toBe("nothing says that the rollout of the present revision is the cause");
  });

  it("claims no long life of a revision of which only an older one's pod ran out of memory", () => {
    const holders = [replicaSet(2, { available: 2, created: ago(60) }), replicaSet(1, { replicas: 1 })];
    const old = ofRevision(1, crashingPod({ reason: "OOMKilled", exitCode: 137 }));
    const diagnosis = diagnose({ workload: deployment({ template: template("shop/web:2") }), holders, pods: [old] });

    expect(diagnosis.cause).toBe("OutOfMemory");
    expect(reasonFor(diagnosis)).toBe("it is not known that the present revision brought it");
  });
});
