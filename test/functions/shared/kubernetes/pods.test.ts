import { describe, expect, it } from "vitest";
import { isLeftover, isReady, restartCount } from "../../../../functions/shared/kubernetes/pods.ts";
import { ago, container, crashingPod, pod } from "../../../support/objects.ts";

describe("a pod", () => {
  it("is a leftover when it ended for good, and not while it crashes or once it is being deleted", () => {
    const evicted = pod({ status: { phase: "Failed", reason: "Evicted" } });

    expect(isLeftover(evicted)).toBe(true);
    expect(isLeftover(crashingPod({}))).toBe(false);
    expect(isLeftover({ ...evicted, metadata: { deletionTimestamp: ago(1) } })).toBe(false);
  });

  it("is ready by its Ready condition alone", () => {
    const containers = { type: "ContainersReady", status: "True" };

    expect(isReady(pod())).toBe(true);
    expect(isReady(pod({ status: { conditions: [containers, { type: "Ready", status: "False" }] } }))).toBe(false);
    expect(isReady(pod({ status: { conditions: [containers] } }))).toBe(false);
  });

  it("counts the restarts of all of its containers, init containers included", () => {
    const initContainerStatuses = [container({ restartCount: 1 })];
    const containerStatuses = [container({ restartCount: 2 }), container({ restartCount: 3 })];

    expect(restartCount(pod({ status: { initContainerStatuses, containerStatuses } }))).toBe(6);
  });
});
