import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findTarget } from "../../../functions/detect/target.ts";
import { ApiServer, found, page } from "../../support/api-server.ts";
import { crashingPod, deployment, pod, replicaSet, WEB } from "../../support/objects.ts";

const NAMESPACE = "/api/v1/namespaces/shop";
const APPS = "/apis/apps/v1/namespaces/shop";
const shop = { cluster_name: "prod", namespace: "shop" };
const restart = { action: "restart_pod" as const, ...shop, pod_name: "web-1-aaaaa" };
const rollback = { action: "rollback_deployment" as const, ...shop, deployment_name: "web" };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  api.on("GET", NAMESPACE, found({ metadata: { name: "shop" } }));
});
afterEach(() => api.stop());

describe("the target of a runbook", () => {
  it("that names a pod is the workload that owns it", async () => {
    api.on("GET", `${NAMESPACE}/pods/web-1-aaaaa`, found(crashingPod({ name: "web-1-aaaaa" })));
    api.on("GET", `${APPS}/replicasets/web-1`, found(replicaSet(1)));

    expect(await findTarget(api.cluster(), { ...restart, dry_run: true })).toMatchObject({
      status: "failing",
      cluster_name: "prod",
      dry_run: true,
      incidents: [
        {
          workload: WEB,
          failing_pods: 1,
          sample_pods: ["web-1-aaaaa"],
          failures: [{ reason: "CrashLoopBackOff" }],
          requested: { action: "restart", pod: "web-1-aaaaa", uid: "web-1-aaaaa-uid" },
        },
      ],
    });
  });

  it("that names a pod that is well is an incident all the same", async () => {
    api.on("GET", `${NAMESPACE}/pods/web-1-aaaaa`, found(pod()));
    api.on("GET", `${APPS}/replicasets/web-1`, found(replicaSet(1)));

    expect(await findTarget(api.cluster(), restart)).toMatchObject({
      status: "failing",
      dry_run: false,
      failing_pods: 0,
      incidents: [{ workload: WEB, failures: [], failing_pods: 0, requested: { action: "restart" } }],
    });
  });

  it.each([
    [rollback, { action: "rollback" }],
    [
      { ...rollback, revision: 3 },
      { action: "rollback", revision: 3 },
    ],
    [
      { action: "scale_deployment" as const, ...shop, deployment_name: "web", replicas: 4 },
      { action: "scale", replicas: 4 },
    ],
  ])("of %o is the Deployment with all of its failing pods", async (request, requested) => {
    api.on("GET", `${APPS}/deployments/web`, found(deployment()));
    api.on("GET", `${APPS}/replicasets`, page([replicaSet(1)]));
    api.on("GET", `${NAMESPACE}/pods`, page([pod(), crashingPod({ name: "b" }), crashingPod({ name: "c" })]));

    const { incidents, pods_seen } = await findTarget(api.cluster(), request);

    expect(pods_seen).toBe(3);
    expect(incidents).toMatchObject([{ workload: WEB, uid: "deploy-uid", failing_pods: 2, sample_pods: ["b", "c"] }]);
    expect(incidents[0]?.requested).toEqual(requested);
  });

  it.each([
    ["PodNotFound", restart, "Pod shop/web-1-aaaaa does not exist on prod"],
    ["WorkloadNotFound", rollback, "Deployment shop/web does not exist on prod"],
    ["NamespaceNotFound", { ...rollback, namespace: "shpo" }, "Namespace shpo does not exist on prod"],
  ])("that does not exist is the error %s, which names it", async (name, request, message) => {
    await expect(findTarget(api.cluster(), request)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message) as string,
    });
  });
});
