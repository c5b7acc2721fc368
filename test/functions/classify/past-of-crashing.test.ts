import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Evidence } from "../../../functions/facts/evidence.ts";
import type { Pod, ReplicaSet } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, crashingPod, evidence, incident, policy } from "../../support/objects.ts";
import { controlledBy } from "../../support/workload-objects.ts";

const HOURS = 3_600;
const REF = { kind: "ReplicaSet", namespace: "shop", name: "web" };
const bare: ReplicaSet = {
  metadata: { name: "web", namespace: "shop", uid: "rs-uid", creationTimestamp: ago(100 * HOURS) },
  spec: { replicas: 1, selector: {} },
};

const diagnosed = (pods: Pod[], over: Partial<Evidence> = {}) =>
  classify(evidence({ incident: incident({ workload: REF }), workload: bare, holders: [], pods, ...over }), policy());

/** A pod of the ReplicaSet that crashes. */
function crashing(...[options]: Parameters<typeof crashingPod>): Pod {
  const made = crashingPod(options);
  return { ...made, metadata: { ...made.metadata, ...controlledBy("ReplicaSet", "web") } };
}

describe("the past of a crashing pod of which no complete rollout tells", () => {
  it("is told by its age where it crashed twice between two looks, and nothing is done for that alone", () => {
    const { cause, summary, evidence: lines, remedy } = diagnosed([crashing({ startedAgo: 5 * HOURS, restarts: 2 })]);

    expect({ cause, summary }).toEqual({
      cause: "CrashLoop",
      summary: "1 pod crashes, which did not do so for most of the 5 h since it was started.",
    });
    expect(lines).toContain("pod web-1-aaaaa: 2 restarts since it was started 5 h ago");
    expect(remedy.action).toBe("none");
  });

  it("is told in numbers where it has crashed for a good part of its life", () => {
    const { summary } = diagnosed([crashing({ startedAgo: 5 * HOURS, restarts: 30 })]);

    expect(summary).toBe("1 pod crashes, which did not do so for about 3 h of the 5 h since it was started.");
  });

  it("is no sign of health where its restarts take all of its age", () => {
    const { summary } = diagnosed([crashing({ startedAgo: HOURS, restarts: 14 })]);

    expect(summary).toBe("1 pod crashes, and there is no sign that it ever ran well.");
  });

  it.each<[string, Pod]>([
    ["its restarts leave a small part of a long life", crashing({ startedAgo: 50 * HOURS, restarts: 580 })],
    ["it does not say when it was started", withoutStart(crashing({ restarts: 2 }))],
    ["it does not say how it ended", withoutEnd(crashing({ restarts: 2 }))],
  ])("is said not to be known where %s", (_why, pod) => {
    expect(diagnosed([pod]).summary).toBe("1 pod crashes, and whether it ever ran well is not known.");
  });
});

function withoutStart(pod: Pod): Pod {
  const { startTime: _start, ...status } = pod.status ?? {};
  const { creationTimestamp: _made, ...metadata } = pod.metadata ?? {};
  return { ...pod, metadata, status };
}

function withoutEnd(pod: Pod): Pod {
  const statuses = [container({ ready: false, restartCount: 2, state: { waiting: { reason: "CrashLoopBackOff" } } })];
  return { ...pod, status: { ...pod.status, containerStatuses: statuses } };
}
