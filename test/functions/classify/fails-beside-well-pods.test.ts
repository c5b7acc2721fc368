import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { Pod, PodTemplate } from "../../../functions/shared/kubernetes/types.ts";
import {
  ago,
  container,
  deployment,
  evidence,
  imagePullPod,
  ofRevision,
  pod,
  policy,
  readyPod,
  replicaSet,
  template,
} from "../../support/objects.ts";

/** A pod of revision 2 that has been ready for so many seconds. */
const well = (name: string, seconds = 1_480): Pod => ofRevision(2, readyPod(name, seconds));

/** A pod of revision 2, on a node of its own, that has failed so since it was made. */
const failing = (name: string, status: Pod["status"]): Pod =>
  ofRevision(
    2,
    pod({ name, metadata: { creationTimestamp: ago(1_490) }, status: { startTime: ago(1_490), ...status } }),
  );
const notReady = { type: "Ready", status: "False", lastTransitionTime: ago(1_480) };
const unready = (name: string) =>
  failing(name, {
    conditions: [notReady],
    containerStatuses: [container({ ready: false, state: { running: { startedAt: ago(1_480) } } })],
  });
const starting = (name: string) =>
  failing(name, {
    phase: "Pending",
    conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: ago(1_490) }, notReady],
    containerStatuses: [container({ ready: false, state: { waiting: { reason: "ContainerCreating" } } })],
  });
const unscheduled = (name: string) => {
  const message = "0/3 nodes are available: 3 Insufficient cpu.";
  const scheduled = { type: "PodScheduled", status: "False", reason: "Unschedulable", message };
  return failing(name, { phase: "Pending", conditions: [{ ...scheduled, lastTransitionTime: ago(1_490) }] });
};
const unpulled = (name: string) => {
  const made = imagePullPod('failed to resolve reference "shop/web:2": not found');
  return ofRevision(2, { ...made, metadata: { ...made.metadata, name, creationTimestamp: ago(1_490) } });
};

/** Four replicas, whose rollout of revision 2 is past its deadline with these pods; one of revision 1 serves still. */
function stuck(pods: Pod[], overrides: Partial<Evidence> = {}, [now, before] = [template("shop/web:2"), template()]) {
  const workload = deployment({
    replicas: 4,
    template: now,
    progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
    status: { replicas: 1 + pods.length, updatedReplicas: pods.length, readyReplicas: 4, availableReplicas: 4 },
  });
  const holders = [
    replicaSet(2, { template: now, replicas: pods.length, available: pods.length - 1, created: ago(1_500) }),
    replicaSet(1, { template: before, replicas: 1, available: 1, created: ago(900_000) }),
  ];
  return classify(
    evidence({ workload, holders, pods: [ofRevision(1, pod({ name: "old" })), ...pods], ...overrides }),
    policy(),
  );
}

describe("a pod that never becomes ready while more of its revision run well", () => {
  const one = [well("a"), well("b"), well("c"), unready("d")];

  it("does not condemn the revision: it alone is restarted", () => {
    expect(stuck(one)).toMatchObject({
      cause: "UnreadyBesideWellPods",
      summary: "1 pod has not become ready beside 3 of the same revision that run well.",
      remedy: { action: "restart", mode: "evict", pods: [{ name: "d" }] },
    });
  });

  it("is rolled back with its revision where that did not help and the rollout is stuck at it", () => {
    expect(stuck(one, { tried: ["restart"] }).remedy).toMatchObject({ action: "rollback", after: { revision: 1 } });
  });

  it.each<[string, Pod[]]>([
    ["no more run well than fail", [well("a"), unready("d")]],
    ["the others have not been ready for long", [well("a", 500), well("b", 500), unready("d")]],
  ])("is the rollout's where %s", (_what, pods) => {
    expect(stuck(pods)).toMatchObject({
      cause: "UnreadyAfterRollout",
      remedy: { action: "rollback", after: { revision: 1 } },
    });
  });
});

/** The present template with a label that the earlier one does not have. */
const labelled: PodTemplate = { ...template("shop/web:2"), metadata: { labels: { app: "web", version: "2" } } };

describe("a pod that cannot start while more of its revision run well", () => {
  it.each<[string, (name: string) => Pod, string]>([
    ["its image is not found, which the others run", unpulled, "ImageNotFound"],
    ["nothing says what holds it up", starting, "StuckStarting"],
  ])("is told where %s, and the others stay", (_what, made, cause) => {
    const diagnosis = stuck([well("a"), well("b"), well("c"), made("d")], {}, [labelled, template()]);

    expect(diagnosis).toMatchObject({ cause, remedy: { action: "none", refusal: "NoSafeRemedy" } });
    expect((diagnosis.remedy as { message?: string }).message).toContain(
      "Not rolled back: 3 pods of revision 2 run well, and 1 of it fails. Compare it with those",
    );
    expect(stuck([well("a"), made("d")], {}, [labelled, template()])).toMatchObject({
      cause,
      remedy: { action: "rollback" },
    });
  });

  it("is rolled back with its revision where that asks for more than the nodes have left", () => {
    const asking = (cpu: string): PodTemplate => {
      const made = template("shop/web:2");
      const containers = (made.spec?.containers ?? []).map((one) => ({ ...one, resources: { requests: { cpu } } }));
      return { ...made, spec: { ...made.spec, containers } };
    };
    const one = [well("a"), well("b"), well("c"), unscheduled("d")];

    expect(stuck(one, {}, [asking("2"), asking("1")])).toMatchObject({
      cause: "Unschedulable",
      remedy: { action: "rollback", after: { revision: 1 } },
    });
  });
});
