import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ObjectMeta, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { podsOf, readWorkload, replicaSetsOf, WorkloadFinder } from "../../../functions/kinds/workloads.ts";
import { ApiServer, found, page, refusal } from "../../support/api-server.ts";
import { deployment, pod, replicaSet, WEB } from "../../support/objects.ts";

const APPS = "/apis/apps/v1/namespaces/shop";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

function owned(name: string, owner: { kind: string; name: string; uid: string; controller?: boolean }): ObjectMeta {
  return { name, namespace: "shop", ownerReferences: [{ apiVersion: "v1", controller: true, ...owner }] };
}

describe("the ReplicaSets of a Deployment", () => {
  it("are those that it controls, not all that match its selector", async () => {
    const foreign = replicaSet(2);
    foreign.metadata = owned("canary", { kind: "Rollout", name: "web", uid: "rollout-uid" });
    const namesake = replicaSet(3);
    namesake.metadata = owned("old", { kind: "Deployment", name: "web", uid: "uid-of-a-deleted-deployment" });
    const listed = replicaSet(4);
    listed.metadata = owned("listed", { kind: "Deployment", name: "web", uid: "deploy-uid", controller: false });
    api.on("GET", `${APPS}/replicasets`, page([replicaSet(1), foreign, namesake, listed]));

    const sets = await replicaSetsOf(api.cluster(), WEB, deployment());

    expect(sets.map(({ metadata }) => metadata?.name)).toEqual(["web-1"]);
    expect(api.requests[0]?.query).toMatchObject({ labelSelector: "app=web" });
  });
});

describe("the pods of a workload", () => {
  const pods = (items: Pod[]) => {
    api.on("GET", "/api/v1/namespaces/shop/pods", page(items)).on("GET", `${APPS}/replicasets`, page([replicaSet(1)]));
    return api.cluster();
  };
  const names = (items: Pod[]) => items.map(({ metadata }) => metadata?.name);

  it("are those of a Deployment's own ReplicaSets", async () => {
    const foreign = pod({ metadata: owned("canary-x", { kind: "ReplicaSet", name: "canary", uid: "canary-uid" }) });
    const bare = { metadata: { name: "debug", namespace: "shop", labels: { app: "web" } } };

    expect(names(await podsOf(pods([pod(), foreign, bare]), WEB, deployment()))).toEqual(["web-1-aaaaa"]);
  });

  it("are those that another kind controls itself", async () => {
    const set = { metadata: { name: "db", uid: "db-uid" }, spec: { selector: {}, serviceName: "db", template: {} } };
    const own = pod({ metadata: owned("db-0", { kind: "StatefulSet", name: "db", uid: "db-uid" }) });

    expect(names(await podsOf(pods([pod(), own]), { ...WEB, kind: "StatefulSet", name: "db" }, set))).toEqual(["db-0"]);
  });
});

describe("the owner of a pod", () => {
  it("is the Deployment behind its ReplicaSet, which is asked for once", async () => {
    api.on("GET", `${APPS}/replicasets/web-1`, found(replicaSet(1)));
    const finder = new WorkloadFinder(api.cluster());

    const owners = await Promise.all([pod(), pod({ name: "web-1-b" })].map((item) => finder.ownerOf(item)));

    expect(owners).toEqual([WEB, WEB]);
    expect(api.requests).toHaveLength(1);
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

describe("a workload", () => {
  it("that is gone is named", async () => {
    await expect(readWorkload(api.cluster(), WEB)).rejects.toMatchObject({
      name: "WorkloadNotFound",
      message: expect.stringContaining("Deployment shop/web does not exist on prod") as string,
    });
  });

  it("of a kind that is not handled is not asked for", async () => {
    expect(await readWorkload(api.cluster(), { ...WEB, kind: "Job" })).toBeUndefined();
    expect(api.requests).toEqual([]);
  });
});
