import { describe, expect, it } from "vitest";
import { sightOf } from "../../../functions/facts/sight.ts";
import type { ContainerStatus } from "../../../functions/shared/kubernetes/types.ts";
import { ago, container, NOW, pod } from "../../support/objects.ts";

describe("the log that is shown of a workload", () => {
  const ended = { terminated: { exitCode: 137, containerID: "containerd://a", finishedAt: ago(60) } };
  const running = { running: { startedAt: ago(50) } };
  const logOf = (...containerStatuses: ContainerStatus[]) => {
    const made = pod({ status: { containerStatuses } });
    return sightOf({ kind: undefined, workload: undefined, pods: [made], failing: [made] }, NOW).log;
  };

  it("is that of the run before of a container that was killed and is ready again", () => {
    const killed = container({ name: "app", ready: true, restartCount: 4, state: running, lastState: ended });
    expect(logOf(killed)).toEqual({ pod: "web-1-aaaaa", container: "app", previous: true });
  });

  it("is rather that of one that is not ready", () => {
    const killed = container({ name: "sidecar", ready: true, restartCount: 1, state: running, lastState: ended });
    const unready = container({ name: "app", ready: false, state: running, lastState: {} });
    expect(logOf(killed, unready)).toEqual({ pod: "web-1-aaaaa", container: "app", previous: false });
  });

  it("is none where no container has failed", () => {
    expect(logOf(container({ ready: true, state: running, lastState: {} }))).toBeUndefined();
  });
});
