import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findNamed } from "../../../functions/detect/named.ts";
import { findTarget } from "../../../functions/detect/target.ts";
import { admittingClusterForEach } from "../../support/admitting-cluster.ts";
import { ApiServer, found, page, refusal } from "../../support/api-server.ts";
import { crashingPod, deployment, pod, policy, replicaSet, template, WEB } from "../../support/objects.ts";

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

    expect(await findTarget(api.cluster(), { ...restart, dry_run: true }, policy())).toMatchObject({
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

    expect(await findTarget(api.cluster(), restart, policy())).toMatchObject({
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

    const { incidents, pods_seen } = await findTarget(api.cluster(), request, policy());

    expect(pods_seen).toBe(3);
    expect(incidents).toMatchObject([{ workload: WEB, uid: "deploy-uid", failing_pods: 2, sample_pods: ["b", "c"] }]);
    expect(incidents[0]?.requested).toEqual(requested);
  });

  it.each([
    ["PodNotFound", restart, "Pod shop/web-1-aaaaa does not exist on prod"],
    ["WorkloadNotFound", rollback, "Deployment shop/web does not exist on prod"],
    ["NamespaceNotFound", { ...rollback, namespace: "shpo" }, "Namespace shpo does not exist on prod"],
  ] as const)("that does not exist is handed on as what is missing, by %s", async (error, request, words) => {
    const { incidents } = await findTarget(api.cluster(), request, policy());

    expect(incidents).toMatchObject([{ missing: { error }, failures: [], failing_pods: 0 }]);
    expect(incidents[0]?.missing?.message).toContain(words);
    expect(incidents[0]?.requested).toBeDefined();
  });

  it("that cannot be read is an error", async () => {
    api.on("GET", `${APPS}/deployments/web`, refusal(403, "no"));

    await expect(findTarget(api.cluster(), rollback, policy())).rejects.toMatchObject({ name: "Forbidden" });
  });
});

describe("what is missing is told with what is there under a similar name:", () => {
  const named = (...names: string[]) => page(names.map((name) => ({ metadata: { name, namespace: "shop" } })));
  const said = async (request: Parameters<typeof findTarget>[1], by = policy()) =>
    (await findTarget(api.cluster(), request, by)).incidents[0]?.missing?.message ?? "";
  beforeEach(() => {
    api.on("GET", `${APPS}/deployments`, named("api", "cart", "web"));
    api.on("GET", `${APPS}/statefulsets`, named("web", "db"));
    api.on("GET", `${NAMESPACE}/pods`, named("web-1-bbbbb", "web-2-ccccc", "cart-1-ddddd"));
  });

  it("workloads that are nearly spelt alike, those of its kind first", async () => {
    expect(await said({ ...rollback, deployment_name: "aip" })).toMatch(/There is Deployment shop\/api\.$/);
    expect(await said({ ...rollback, deployment_name: "webb" })).toMatch(
      /There are Deployment shop\/web, StatefulSet shop\/web\.$/,
    );
    expect(await said({ ...rollback, deployment_name: "db" })).toContain("There is StatefulSet shop/db");
    expect(await said({ ...rollback, deployment_name: "checkout" })).not.toContain("There");
  });

  it("pods of the same ReplicaSet, and no workloads", async () => {
    expect(await said(restart)).toMatch(/There is Pod shop\/web-1-bbbbb\.$/);
    expect(await said({ ...restart, pod_name: "cart" })).toMatch(/There is Pod shop\/cart-1-ddddd\.$/);
  });

  it("nothing of a namespace that the policy keeps the workflow out of", async () => {
    const denied = policy({ namespaces: { deny: ["shop"] } });

    expect(await said({ ...rollback, deployment_name: "aip" }, denied)).not.toContain("There");
    expect(api.requests.filter(({ path }) => path.endsWith("/deployments"))).toEqual([]);
  });

  it("nothing of what cannot be read", async () => {
    api.on("GET", `${APPS}/deployments`, refusal(403, "no"));

    expect(await said({ ...rollback, deployment_name: "aip" })).toMatch(
      /Check the kind, the name and the namespace\.$/,
    );
  });
});

describe("what is missing is told for a request that names no remedy as well:", () => {
  const at = admittingClusterForEach("shop");

  it.each(["diagnose", "remediate"] as const)("%s", async (action) => {
    await at.cluster.create(`${APPS}/deployments`, {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "api", namespace: "shop" } },
      spec: { replicas: 1, selector: { matchLabels: { app: "web" } }, template: template() },
    });
    const request = { action, ...shop, kind: "Deployment", name: "aip" };
    const { incidents } = await findNamed(at.cluster, request, policy(), at.clock.now());

    expect(incidents).toMatchObject([{ missing: { error: "WorkloadNotFound" }, workload: { name: "aip" } }]);
    expect(incidents[0]?.missing?.message).toContain("There is Deployment shop/api.");
    const elsewhere = await findNamed(at.cluster, { ...request, namespace: "shpo" }, policy(), at.clock.now());
    expect(elsewhere.incidents).toMatchObject([{ missing: { error: "NamespaceNotFound" } }]);
    const there = await findNamed(at.cluster, { ...request, name: "api" }, policy(), at.clock.now());
    expect(there.incidents[0]).not.toHaveProperty("missing");
  });
});
