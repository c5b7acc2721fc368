import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WorkloadFinder } from "../../../functions/kinds/workload-finder.ts";
import type { ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import { pod, replicaSet, WEB } from "../../support/objects.ts";

const APPS = "/apis/apps/v1/namespaces/shop";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

function owned(name: string, owner: { kind: string; name: string; uid: string; controller?: boolean }): ObjectMeta {
  return { name, namespace: "shop", ownerReferences: [{ apiVersion: "v1", controller: true, ...owner }] };
}

describe("the owner of a pod", () => {
  it("is the Deployment behind its ReplicaSet, which is asked for once", async () => {
    api.on("GET", `${APPS}/replicasets/web-1`, found(replicaSet(1)));
    const finder = new WorkloadFinder(api.cluster());

    const owners = await Promise.all([pod(), pod({ name: "web-1-b" })].map((item) => finder.ownerOf(item)));

    expect(owners).toEqual([WEB, WEB]);
    expect(api.requests).toHaveLength(1);
  });

  it("has the group of a kind that is not Kubernetes' own, so that two of one name are two", async () => {
    const set = (apiVersion: string) => {
      const { metadata, ...rest } = replicaSet(1);
      const [owner] = metadata?.ownerReferences ?? [];
      return found({ ...rest, metadata: { ...metadata, ownerReferences: [{ ...owner, apiVersion }] } });
    };
    const ofGroup = async (apiVersion: string) => {
      api.on("GET", `${APPS}/replicasets/web-1`, set(apiVersion));
      return await new WorkloadFinder(api.cluster()).ownerOf(pod());
    };

    expect(await ofGroup("shop.example.com/v1")).toEqual({ ...WEB, group: "shop.example.com" });
    expect(await ofGroup("shop.example.com/v2")).toEqual({ ...WEB, group: "shop.example.com" });
    // As the controllers of old releases wrote it.
    expect(await ofGroup("extensions/v1beta1")).toEqual(WEB);
  });

  it("is not looked for behind a ReplicaSet of another API group", async () => {
    const reference = { apiVersion: "example.com/v1", kind: "ReplicaSet", name: "web-1", uid: "x", controller: true };
    const owner = await new WorkloadFinder(api.cluster()).ownerOf(pod({ metadata: { ownerReferences: [reference] } }));

    expect(owner).toMatchObject({ kind: "ReplicaSet", group: "example.com", name: "web-1" });
    expect(api.requests).toEqual([]);
  });

  it("is a static pod itself, not its node with every other static pod there", async () => {
    const metadata = { ...owned("etcd", { kind: "Node", name: "node-0", uid: "node-uid" }) };
    metadata.annotations = { "kubernetes.io/config.mirror": "abc" };

    expect(await new WorkloadFinder(api.cluster()).ownerOf(pod({ metadata }))).toEqual({
      kind: "Pod",
      namespace: "shop",
      name: "etcd",
    });
  });

  it("is the ReplicaSet when nothing controls that, or when it is gone before its pod", async () => {
    api.on("GET", `${APPS}/replicasets/web-1`, found({ metadata: { name: "web-1" } }), refusal(404, "not found"));
    const alone = { kind: "ReplicaSet", namespace: "shop", name: "web-1" };

    expect(await new WorkloadFinder(api.cluster()).ownerOf(pod())).toEqual(alone);
    expect(await new WorkloadFinder(api.cluster()).ownerOf(pod())).toEqual(alone);
  });

  it("is the pod itself when nothing controls it, although something may own it", async () => {
    const node = { kind: "Node", name: "node-0", uid: "node-uid", controller: false };

    expect(await new WorkloadFinder(api.cluster()).ownerOf(pod({ metadata: owned("bare", node) }))).toEqual({
      kind: "Pod",
      namespace: "shop",
      name: "bare",
    });
  });

  it("is not guessed when the API server does not say", async () => {
    api.on("GET", `${APPS}/replicasets/web-1`, refusal(403, "forbidden"));

    await expect(new WorkloadFinder(api.cluster()).ownerOf(pod())).rejects.toMatchObject({ name: "Forbidden" });
  });
});
