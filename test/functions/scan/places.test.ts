import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer } from "../../support/api-server.ts";
import { crashingPod, policy } from "../../support/objects.ts";
import { asked, FORBIDDEN, incidentsOf, scanned } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";
import { statefulSet, statusWritten } from "../../support/workload-objects.ts";

const CLAIMS = "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** A namespace with a crashing pod and a StatefulSet that lacks replicas. */
function failingIn(namespace: string) {
  const crashing = crashingPod({});
  crashing.metadata = { name: `crash-${namespace}`, namespace };
  return { crashing, set: statefulSet(1, { ...statusWritten(600), namespace }) };
}

function serveFailing(...namespaces: string[]): void {
  const failing = namespaces.map(failingIn);
  serve(api, {
    namespaces,
    pods: failing.map(({ crashing }) => crashing),
    statefulSets: failing.map(({ set }) => set),
  });
}

/** The namespaces whose pods were asked for. */
const lookedAt = () => asked(api).flatMap((path) => /^table \/api\/v1\/namespaces\/(.+)\/pods$/.exec(path)?.[1] ?? []);

describe("a scan of the whole cluster", () => {
  it("asks for no pods of system namespaces and denied ones, and only counts what fails there", async () => {
    serveFailing("kube-system", "kube-public", "kube-node-lease", "blog", "shop");
    const detection = await scanned(api, { policy: policy({ namespaces: { deny: ["blog"] } }) });

    expect(lookedAt()).toEqual([]);
    expect(api.requests.find(({ path }) => path === "/api/v1/pods")?.query["fieldSelector"]).toBe(
      "status.phase!=Succeeded,metadata.namespace!=kube-system,metadata.namespace!=kube-public,metadata.namespace!=kube-node-lease,metadata.namespace!=blog",
    );
    expect(incidentsOf(detection)).toEqual([
      "Pod shop/crash-shop: CrashLoopBackOff",
      "StatefulSet shop/db: MinimumReplicasUnavailable",
    ]);
    expect(detection).toMatchObject({ status: "failing", pods_seen: 1, workloads_seen: 5, out_of_scope: 4 });
  });

  it("asks namespace by namespace where very many are denied", async () => {
    const denied = Array.from({ length: 51 }, (_, index) => `team-${index}`);
    serveFailing(...denied, "shop");
    const detection = await scanned(api, { policy: policy({ namespaces: { deny: denied } }) });

    expect(lookedAt()).toEqual(["shop"]);
    expect(detection).toMatchObject({ status: "failing", pods_seen: 1 });
  });

  it("leaves a pod alone that only has the name and node of a failing one, in a denied namespace", async () => {
    const named = ["blog", "shop"].map((namespace) => {
      const crashing = crashingPod({});
      return { ...crashing, metadata: { name: "crash", namespace } };
    });
    serve(api, { namespaces: ["blog", "shop"], pods: named });
    const detection = await scanned(api, { policy: policy({ namespaces: { deny: ["blog"] } }) });

    expect(incidentsOf(detection)).toEqual(["Pod shop/crash: CrashLoopBackOff"]);
    expect(detection).toMatchObject({ failing_pods: 1, out_of_scope: 0 });
  });

  it("lists no namespaces", async () => {
    serveFailing("blog", "shop");
    api.on("GET", "/api/v1/namespaces", FORBIDDEN);
    const detection = await scanned(api);

    expect(detection).toMatchObject({ status: "failing", pods_seen: 2, workloads_seen: 2, unseen: [] });
    expect(asked(api)).not.toContain("table /api/v1/namespaces");
  });

  it("is healthy when all that fails is out of scope", async () => {
    serveFailing("kube-system");

    expect(await scanned(api)).toMatchObject({ status: "healthy", incidents: [], out_of_scope: 1 });
  });

  it("answers whoever asks for the findings with those out of scope, too", async () => {
    serveFailing("kube-system", "shop");
    const detection = await scanned(api, { findingsOnly: true });

    expect(incidentsOf(detection)).toEqual([
      "Pod shop/crash-shop: CrashLoopBackOff",
      "StatefulSet kube-system/db: MinimumReplicasUnavailable",
      "StatefulSet shop/db: MinimumReplicasUnavailable",
    ]);
    expect(detection.out_of_scope).toBe(0);
  });
});

describe("a scan of the namespaces that the policy allows", () => {
  const allowed = policy({ namespaces: { allow: ["blog", "kube-system", "shop"], deny: ["blog"] } });

  it("lists no namespaces, and asks for every collection in each namespace by itself", async () => {
    serveFailing("blog", "kube-system", "shop", "tools");
    api.on("GET", "/api/v1/namespaces", FORBIDDEN);
    const detection = await scanned(api, { policy: allowed });

    expect(detection).toMatchObject({ pods_seen: 2, workloads_seen: 2, failing_pods: 2, out_of_scope: 0, unseen: [] });
    expect(detection.incidents.map(({ workload }) => workload.namespace).sort()).toEqual([
      ...["kube-system", "kube-system", "shop", "shop"],
    ]);
    const collections = asked(api).filter(
      (path) => path !== "table /api/v1/nodes" && path !== CLAIMS && !/\/(crash-[\w-]+|db)$/.test(path),
    );
    expect(collections.sort()).toEqual(
      ["kube-system", "shop"]
        .flatMap((name) => [
          `/apis/autoscaling/v2/namespaces/${name}/horizontalpodautoscalers`,
          `/api/v1/namespaces/${name}/services`,
          `/apis/networking.k8s.io/v1/namespaces/${name}/ingresses`,
          `table /api/v1/namespaces/${name}/pods`,
          ...["daemonsets", "deployments", "replicasets", "statefulsets"].map(
            (kind) => `table /apis/apps/v1/namespaces/${name}/${kind}`,
          ),
          ...["cronjobs", "jobs"].map((kind) => `table /apis/batch/v1/namespaces/${name}/${kind}`),
        ])
        .sort(),
    );
  });
});

describe("a scan of one namespace", () => {
  it("asks for nothing outside of it but the nodes and the claims, and says which it was", async () => {
    serveFailing("blog", "shop");
    const detection = await scanned(api, { namespace: "shop" });

    expect(detection).toMatchObject({ namespace: "shop", pods_seen: 1, workloads_seen: 1 });
    expect(detection.incidents.map(({ workload }) => workload.namespace)).toEqual(["shop", "shop"]);
    expect(asked(api).filter((path) => !/\/namespaces\/shop(\/|$)/.test(path))).toEqual([
      "table /api/v1/nodes",
      CLAIMS,
    ]);
  });

  it("that does not exist is an error that names it", async () => {
    serveFailing("shop");

    await expect(scanned(api, { namespace: "shpo" })).rejects.toMatchObject({
      name: "NamespaceNotFound",
      message: expect.stringContaining("Namespace shpo does not exist on prod") as string,
    });
  });
});
