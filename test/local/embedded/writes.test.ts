import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Deployment, Hpa, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { NAMESPACES, PODS } from "../../../local/embedded/kinds.ts";
import { pod, served, web, type Served } from "./served.ts";

let api: Served;
const deployments = paths.deployments("shop");
const path = paths.deployment("shop", "web");

beforeEach(async () => {
  api = await served();
});
afterEach(async () => {
  await api.stop();
});

describe("what is created", () => {
  it("gets the defaults of a Deployment and of its template", async () => {
    const { spec } = await api.cluster.create<Deployment>(deployments, web());

    expect(spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
      template: {
        spec: {
          restartPolicy: "Always",
          terminationGracePeriodSeconds: 30,
          containers: [{ imagePullPolicy: "IfNotPresent", terminationMessagePath: "/dev/termination-log" }],
        },
      },
    });
  });

  it.each([
    [
      "StatefulSet",
      paths.statefulSets("shop"),
      {
        podManagementPolicy: "OrderedReady",
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 0 } },
      },
    ],
    ["DaemonSet", paths.daemonSets("shop"), { updateStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } } }],
    ["ReplicaSet", paths.replicaSets("shop"), { replicas: 1 }],
  ])("gets the defaults of a %s", async (_kind, collection, spec) => {
    expect(await api.cluster.create(collection, web())).toMatchObject({ spec });
  });

  it("gets the defaults of a Job, which selects its pods by its uid", async () => {
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "b:1" }] } };
    const job = await api.cluster.create<{ metadata: { uid: string } }>(paths.jobs("shop"), {
      metadata: { name: "once" },
      spec: { template },
    });

    const labels = { "batch.kubernetes.io/controller-uid": job.metadata.uid };
    expect(job).toMatchObject({
      spec: {
        completions: 1,
        parallelism: 1,
        backoffLimit: 6,
        selector: { matchLabels: labels },
        template: { metadata: { labels } },
      },
    });
  });

  it("gets the defaults of an HPA", async () => {
    const scaleTargetRef = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
    const hpa = await api.cluster.create<Hpa>(paths.hpas("shop"), {
      metadata: { name: "web" },
      spec: { maxReplicas: 3, scaleTargetRef },
    });

    expect(hpa.spec).toMatchObject({ minReplicas: 1, metrics: [{ type: "Resource", resource: { name: "cpu" } }] });
  });

  it("gets what every pod gets: a phase, requests from its limits, and patience with lost nodes", async () => {
    const resources = { limits: { cpu: "1", memory: "1Gi" } };
    const created = await api.cluster.create<Pod>(paths.pods("shop"), {
      metadata: { generateName: "p-" },
      spec: { containers: [{ name: "a", image: "b", resources }] },
      status: { phase: "Running" },
    });

    expect(created.metadata?.name).toMatch(/^p-[a-z0-9]{5}$/);
    expect(created.status).toEqual({ phase: "Pending", qosClass: "Guaranteed" });
    expect(created.spec?.containers[0]).toMatchObject({
      resources: { requests: resources.limits },
      imagePullPolicy: "Always",
    });
    expect(created.spec?.tolerations).toEqual(
      ["not-ready", "unreachable"].map((state) => ({
        key: `node.kubernetes.io/${state}`,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: 300,
      })),
    );
  });

  it("is given out without nulls and empty labels", async () => {
    await api.cluster.create(deployments, { ...web(), metadata: { name: "web", labels: {}, annotations: null } });

    const { metadata } = await api.cluster.get<Deployment>(path);
    expect(metadata).not.toHaveProperty("labels");
    expect(metadata).not.toHaveProperty("annotations");
  });

  it("is not kept in a dry run", async () => {
    await api.cluster.create(deployments, web(), { dryRun: true });

    await expect(api.cluster.get(path)).rejects.toMatchObject({ name: "NotFound" });
  });
});

describe("what validation refuses", () => {
  const merge = "application/merge-patch+json";

  it.each([
    [{ replicas: -1 }, "spec.replicas: Invalid value: -1: must be greater than or equal to 0"],
    [{ replicas: "many" }, "spec.replicas: Invalid value"],
    [
      { template: { metadata: { labels: { app: "other" } } } },
      'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    ],
    [{ template: { spec: { containers: [] } } }, "spec.template.spec.containers: Required value"],
  ])("names the field, as for %o", async (spec, problem) => {
    await api.cluster.create(deployments, web());
    const { status, body } = await api.request("PATCH", path, { spec }, merge);

    expect({ status, reason: body.reason }).toEqual({ status: 422, reason: "Invalid" });
    expect(body.message).toContain(`Deployment.apps "web" is invalid: ${problem}`);
    expect(body.details).toMatchObject({ name: "web", group: "apps", kind: "Deployment", causes: [{}] });
  });

  it("is a selector that changes, and says all that is wrong", async () => {
    await api.cluster.create(deployments, web());
    const { body } = await api.request("PATCH", path, { spec: { selector: { matchLabels: { app: "new" } } } }, merge);

    expect(body.message).toBe(
      'Deployment.apps "web" is invalid: [spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`, spec.selector: Invalid value: {"matchLabels":{"app":"new"}}: field is immutable]',
    );
  });

  it("is a StatefulSet whose service changes, and a pod that moves to another node", async () => {
    await api.cluster.create(paths.statefulSets("shop"), web({ spec: { serviceName: "a" } }));
    const moved = await api.request("PATCH", paths.statefulSet("shop", "web"), { spec: { serviceName: "b" } }, merge);
    expect(moved.body.message).toContain("spec: Forbidden: updates to statefulset spec for fields other than");

    api.store.create(PODS, {
      metadata: { name: "p", namespace: "shop" },
      spec: { nodeName: "node-0", containers: [{ name: "a", image: "b" }] },
    });
    const pinned = await api.request("PATCH", paths.pod("shop", "p"), { spec: { nodeName: "node-1" } }, merge);
    expect(pinned.body.message).toContain("pod updates may not change fields other than");
  });

  it("is an HPA whose bounds cross", async () => {
    const spec = { minReplicas: 9, maxReplicas: 4, scaleTargetRef: { kind: "Deployment", name: "web" } };
    const { body } = await api.request("POST", paths.hpas("shop"), { metadata: { name: "web" }, spec });

    expect(body.message).toContain(
      "spec.maxReplicas: Invalid value: 4: must be greater than or equal to `minReplicas`",
    );
  });

  it("is WriteRefused for the workflow", async () => {
    await api.cluster.create(deployments, web());
    const patch = api.cluster.patch(path, [{ op: "replace", path: "/spec/replicas", value: -1 }]);

    await expect(patch).rejects.toMatchObject({
      name: "WriteRefused",
      message: expect.stringContaining("spec.replicas") as string,
    });
  });
});

describe("a write", () => {
  it.each([
    ["is no JSON", "{nope", 400, "BadRequest"],
    ["has no body", "", 400, "BadRequest"],
    ["is of another kind", { kind: "Pod", apiVersion: "v1", metadata: { name: "x" } }, 400, "BadRequest"],
    ["is of another namespace", { metadata: { name: "x", namespace: "other" } }, 400, "BadRequest"],
    ["has no name", { metadata: {} }, 422, "Invalid"],
    ["has a name that is none", { metadata: { name: "A_b" } }, 422, "Invalid"],
    ["is there already", web(), 409, "AlreadyExists"],
  ])("that %s is refused", async (_what, body, status, reason) => {
    await api.cluster.create(deployments, web());

    expect(await api.request("POST", deployments, body)).toMatchObject({
      status,
      body: { kind: "Status", status: "Failure", reason, code: status },
    });
  });

  it("with a dry run of another kind than All is refused", async () => {
    expect((await api.request("POST", `${deployments}?dryRun=Some`, web())).status).toBe(422);
  });

  it("over an older version is ObjectChanged", async () => {
    const created = await api.cluster.create<Deployment>(deployments, web());
    await api.cluster.patch(path, [{ op: "replace", path: "/spec/replicas", value: 3 }]);

    await expect(api.cluster.replace(path, created)).rejects.toMatchObject({ name: "ObjectChanged" });
  });

  it("of the status leaves the rest, and one of the rest leaves the status", async () => {
    await api.cluster.create(deployments, web());
    const merge = "application/merge-patch+json";
    await api.request("PATCH", `${path}/status`, { spec: { replicas: 9 }, status: { replicas: 4 } }, merge);
    await api.request("PATCH", path, { spec: { replicas: 5 }, status: { replicas: 8 } }, merge);

    expect(await api.cluster.get(path)).toMatchObject({ spec: { replicas: 5 }, status: { replicas: 4 } });
  });

  it("that deletes another pod of the same name is ObjectChanged", async () => {
    await api.cluster.create(paths.pods("shop"), pod("web-1"));
    const wrong = api.cluster.delete(paths.pod("shop", "web-1"), { uid: "another" });

    await expect(wrong).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(api.store.find(PODS, "shop", "web-1")).toBeDefined();
  });

  it("that deletes does nothing in a dry run, whether body or query ask for it", async () => {
    const created = await api.cluster.create<Pod>(paths.pods("shop"), pod("web-1"));
    const { uid = "" } = created.metadata ?? {};
    await api.cluster.delete(paths.pod("shop", "web-1"), { uid }, { dryRun: true });
    await api.request("DELETE", `${paths.pod("shop", "web-1")}?dryRun=All`);

    expect(api.store.find(PODS, "shop", "web-1")).toBeDefined();
    await api.cluster.delete(paths.pod("shop", "web-1"), { uid });
    expect(api.store.find(PODS, "shop", "web-1")).toBeUndefined();
  });

  it("that deletes what is gone at once answers with a Status, and with the object when it stays", async () => {
    await api.cluster.create(deployments, web());
    const metadata = { name: "kept", finalizers: ["shop.example.com/drain"] };
    await api.cluster.create(deployments, { ...web(), metadata });

    expect((await api.request("DELETE", path)).body).toMatchObject({
      kind: "Status",
      status: "Success",
      details: { name: "web", group: "apps", kind: "deployments" },
    });
    expect((await api.request("DELETE", paths.deployment("shop", "kept"))).body.kind).toBe("Deployment");
  });

  it("deletes the part of a collection that is selected", async () => {
    for (const name of ["a", "b"]) await api.cluster.create(paths.pods("shop"), pod(name, { labels: { name } }));
    await api.request("DELETE", `${paths.pods("shop")}?labelSelector=name%3Da`);

    expect(api.store.list(PODS, "shop").map(({ metadata }) => metadata?.name)).toEqual(["b"]);
  });
});

describe("a namespace", () => {
  it("has to be there", async () => {
    expect(await api.request("POST", paths.deployments("nowhere"), web())).toMatchObject({
      status: 404,
      body: { message: 'namespaces "nowhere" not found' },
    });
  });

  it("that is on its way out takes nothing new", async () => {
    await api.request("DELETE", paths.namespace("shop"));

    expect(api.store.get(NAMESPACES, undefined, "shop")).toMatchObject({
      metadata: { deletionTimestamp: "2026-06-01T12:00:00Z" },
      status: { phase: "Terminating" },
    });
    expect(await api.request("POST", deployments, web())).toMatchObject({
      status: 403,
      body: {
        reason: "Forbidden",
        message:
          'deployments.apps "web" is forbidden: unable to create new content in namespace shop because it is being terminated',
        details: { causes: [{ reason: "NamespaceTerminating" }] },
      },
    });
  });

  it("of the system stays", async () => {
    expect((await api.request("DELETE", paths.namespace("kube-system"))).status).toBe(403);
  });
});

describe("a quota", () => {
  const quota = (hard: object) =>
    api.cluster.create(paths.quotas("shop"), { metadata: { name: "slots" }, spec: { hard } });
  const create = (body: object) => api.request("POST", paths.pods("shop"), body);

  it("of pods lets no more be created, ended ones left out", async () => {
    await quota({ pods: "2" });
    await create(pod("a"));
    await create(pod("b"));

    expect(await create(pod("c"))).toMatchObject({
      status: 403,
      body: {
        reason: "Forbidden",
        message: 'pods "c" is forbidden: exceeded quota: slots, requested: pods=1, used: pods=2, limited: pods=2',
      },
    });
    api.store.change<Pod>(PODS, { namespace: "shop", name: "a" }, (ended) => (ended.status = { phase: "Failed" }), {
      status: true,
    });
    expect((await create(pod("c"))).status).toBe(201);
  });

  it("of CPU counts what containers request, each of which has to say it", async () => {
    await quota({ "requests.cpu": "1", pods: "9" });
    await create(pod("a", { cpu: "700m" }));

    expect((await create(pod("b", { cpu: "500m" }))).body.message).toBe(
      'pods "b" is forbidden: exceeded quota: slots, requested: requests.cpu=500m, used: requests.cpu=700m, limited: requests.cpu=1',
    );
    expect((await create(pod("c"))).body.message).toBe(
      'pods "c" is forbidden: failed quota: slots: must specify requests.cpu for: app',
    );
    expect((await create(pod("d", { cpu: "300m" }))).status).toBe(201);
  });

  it("of objects counts those", async () => {
    await quota({ "count/deployments.apps": "1" });
    await api.cluster.create(deployments, web());

    await expect(api.cluster.create(deployments, web({ name: "more" }))).rejects.toMatchObject({ name: "Forbidden" });
  });
});
