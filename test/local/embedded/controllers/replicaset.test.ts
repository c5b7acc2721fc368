import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isReady } from "../../../../functions/shared/kubernetes/pods.ts";
import type { Pod, ReplicaSet } from "../../../../functions/shared/kubernetes/types.ts";
import { PODS, REPLICA_SETS } from "../../../../local/embedded/kinds.ts";
import { replicaSet, Running } from "./running.ts";

let cluster: Running;
beforeEach(async () => {
  cluster = new Running();
  cluster.create(REPLICA_SETS, replicaSet({ replicas: 3 }));
  await cluster.until("its pods are ready", () => web().status?.readyReplicas === 3);
});
afterEach(() => {
  cluster.stop();
});

const web = () => cluster.get<ReplicaSet>(REPLICA_SETS, "web");
const names = () => cluster.pods().map(({ metadata }) => metadata?.name ?? "");

function mark(name: string, failure: string): void {
  cluster.change<Pod>(PODS, name, ({ metadata = {} }) => {
    metadata.annotations = { "simulation/failure": failure };
  });
}

describe("a ReplicaSet", () => {
  it("gives up unready pods first", async () => {
    const [first = "", ...others] = names();
    mark(first, "never-ready");
    await cluster.until("one is unready", () => !cluster.pods().every(isReady));
    cluster.change<ReplicaSet>(REPLICA_SETS, "web", ({ spec }) => {
      if (spec !== undefined) spec.replicas = 2;
    });
    await cluster.pass(2);

    expect(names()).toEqual(others);
    expect(web().status).toMatchObject({ replicas: 2, readyReplicas: 2, terminatingReplicas: 0 });
  });

  it("replaces pods that have failed, and leaves their records", async () => {
    const [first = ""] = names();
    mark(first, "evicted");
    await cluster.until("it is replaced", () => names().length === 4 && web().status?.readyReplicas === 3);
    expect(names()).toContain(first);
  });

  it("counts a pod as available when it has been ready for long enough", async () => {
    cluster.change<ReplicaSet>(REPLICA_SETS, "web", ({ spec }) => {
      if (spec !== undefined) spec.minReadySeconds = 20;
    });
    await cluster.pass(1);
    expect(web().status).not.toHaveProperty("availableReplicas");
    await cluster.pass(20);
    expect(web().status?.availableReplicas).toBe(3);
  });
});
