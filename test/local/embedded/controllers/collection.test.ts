import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Deployment, Namespace } from "../../../../functions/shared/kubernetes/types.ts";
import {
  CONTROLLER_REVISIONS,
  DEPLOYMENTS,
  NAMESPACES,
  PODS,
  REPLICA_SETS,
  STATEFUL_SETS,
} from "../../../../local/embedded/kinds.ts";
import { RESOURCES } from "../../../../local/embedded/resources.ts";
import { deployment, Running, statefulSet } from "./running.ts";

let cluster: Running;
beforeEach(async () => {
  cluster = new Running();
  cluster.create(DEPLOYMENTS, deployment());
  await cluster.until("its pods run", () => cluster.get<Deployment>(DEPLOYMENTS, "web").status?.readyReplicas === 2);
});
afterEach(() => {
  cluster.stop();
});

describe("a deleted workload", () => {
  it("takes its ReplicaSets and its pods with it", async () => {
    cluster.store.delete(DEPLOYMENTS, "shop", "web");
    await cluster.settle();
    expect(cluster.list(REPLICA_SETS)).toEqual([]);

    await cluster.pass(1);
    expect(cluster.pods()).toEqual([]);
  });

  it("stays until its pods are gone when it is deleted in the foreground", async () => {
    cluster.store.delete(DEPLOYMENTS, "shop", "web", { propagationPolicy: "Foreground" });
    await cluster.settle();
    expect(cluster.list(DEPLOYMENTS)).toHaveLength(1);
    expect(cluster.list(REPLICA_SETS)).toHaveLength(1);

    await cluster.pass(1);
    expect([DEPLOYMENTS, REPLICA_SETS, PODS].flatMap((resource) => cluster.list(resource))).toEqual([]);
  });

  it("takes its revisions with it", async () => {
    cluster.create(STATEFUL_SETS, { ...statefulSet(), metadata: { name: "db" } });
    await cluster.settle();
    expect(cluster.list(CONTROLLER_REVISIONS)).toHaveLength(1);

    cluster.store.delete(STATEFUL_SETS, "shop", "db");
    await cluster.settle();
    expect(cluster.list(CONTROLLER_REVISIONS)).toEqual([]);
  });
});

it.each([
  { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout" },
  { apiVersion: "shop.example.com/v1", kind: "Deployment" },
])("an object whose owner is of a kind that is not known stays: $apiVersion $kind", async (kind) => {
  const owner = { ...kind, name: "web", uid: "1", controller: true };
  const { spec } = cluster.list<Deployment>(REPLICA_SETS)[0] ?? {};
  cluster.create(REPLICA_SETS, {
    metadata: { name: "foreign", ownerReferences: [owner] },
    spec: { ...spec, replicas: 0 },
  });
  await cluster.pass(1);

  expect(cluster.list(REPLICA_SETS).map(({ metadata }) => metadata?.name)).toContain("foreign");
});

it("a deleted namespace goes when everything in it is gone", async () => {
  cluster.store.delete(NAMESPACES, undefined, "shop");
  await cluster.settle();
  expect(cluster.store.get<Namespace>(NAMESPACES, undefined, "shop").status?.phase).toBe("Terminating");
  expect(cluster.list(DEPLOYMENTS)).toEqual([]);

  await cluster.pass(2);
  expect(cluster.store.find(NAMESPACES, undefined, "shop")).toBeUndefined();
  expect(RESOURCES.filter(({ namespaced }) => namespaced).flatMap((resource) => cluster.list(resource))).toEqual([]);
});
