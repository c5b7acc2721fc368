import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import { readParts } from "../../../functions/kinds/pods.ts";
import { STATEFUL_SET } from "../../../functions/kinds/stateful-set/kind.ts";
import type { ObjectMeta, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, page } from "../../support/api-server.ts";
import { ago, deployment, pod, replicaSet, WEB } from "../../support/objects.ts";

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
    api
      .on("GET", "/api/v1/namespaces/shop/pods", page([]))
      .on("GET", `${APPS}/replicasets`, page([replicaSet(1), foreign, namesake, listed]));

    const { holders: sets } = await readParts(api.cluster(), DEPLOYMENT, WEB, deployment());

    expect(sets.map(({ metadata }) => metadata?.name)).toEqual(["web-1"]);
    expect(api.requests.at(-1)?.query).toMatchObject({ labelSelector: "app=web" });
  });
});

describe("the pods of a workload", () => {
  const pods = (items: Pod[]) => {
    api.on("GET", "/api/v1/namespaces/shop/pods", page(items)).on("GET", `${APPS}/replicasets`, page([replicaSet(1)]));
    api.on("GET", `${APPS}/controllerrevisions`, page([]));
    return api.cluster();
  };
  const names = (items: Pod[]) => items.map(({ metadata }) => metadata?.name);

  it("are those of a Deployment's own ReplicaSets", async () => {
    const foreign = pod({ metadata: owned("canary-x", { kind: "ReplicaSet", name: "canary", uid: "canary-uid" }) });
    const bare = { metadata: { name: "debug", namespace: "shop", labels: { app: "web" } } };

    expect(names((await readParts(pods([pod(), foreign, bare]), DEPLOYMENT, WEB, deployment())).pods)).toEqual([
      "web-1-aaaaa",
    ]);
  });

  it("are those that another kind controls itself", async () => {
    const set = { metadata: { name: "db", uid: "db-uid" }, spec: { selector: {}, serviceName: "db", template: {} } };
    const own = pod({ metadata: owned("db-0", { kind: "StatefulSet", name: "db", uid: "db-uid" }) });

    const ref = { ...WEB, kind: "StatefulSet", name: "db" };

    expect(names((await readParts(pods([pod(), own]), STATEFUL_SET, ref, set)).pods)).toEqual(["db-0"]);
  });

  it("are also those on their way out that an earlier one of its name has left, and nobody else's", async () => {
    const set = { metadata: { name: "db", uid: "db-uid" }, spec: { selector: {}, serviceName: "db", template: {} } };
    const ref = { ...WEB, kind: "StatefulSet", name: "db" };
    const left = (
      name: string,
      owner: { kind: string; name: string },
      more: ObjectMeta = { deletionTimestamp: ago(60) },
    ) => pod({ metadata: { ...owned(name, { ...owner, uid: "earlier-uid" }), ...more } });
    const items = [
      left("db-0", { kind: "StatefulSet", name: "db" }),
      left("db-1", { kind: "StatefulSet", name: "db" }, {}),
      left("db-2", { kind: "StatefulSet", name: "other" }),
      left("db-3", { kind: "DaemonSet", name: "db" }),
    ].map((item) => {
      for (const owner of item.metadata?.ownerReferences ?? []) owner.apiVersion = "apps/v1";
      return item;
    });

    const parts = await readParts(pods(items), STATEFUL_SET, ref, set);
    expect(names(parts.pods)).toEqual(["db-0"]);
    expect(names(parts.alsoSelected)).toEqual(["db-1", "db-2", "db-3"]);
  });
});
