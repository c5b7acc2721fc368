import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer, refusal } from "../../support/api-server.ts";
import { crashingPod, policy, replicaSet } from "../../support/objects.ts";
import { BROKEN, FORBIDDEN, incidentsOf, scanned, THROTTLED } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";
import { statefulSet } from "../../support/workload-objects.ts";

const ALL_PODS = "/api/v1/pods";
const PODS = "/api/v1/namespaces/shop/pods";
const FOUND = ["Deployment shop/web: CrashLoopBackOff", "StatefulSet shop/db: MinimumReplicasUnavailable"];

/** A ReplicaSet with the label that its Deployment gives it: no scan looks for such ones. */
const { metadata, ...rest } = replicaSet(1);
const ofDeployment = { ...rest, metadata: { ...metadata, labels: { "pod-template-hash": "1" } } };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  serve(api, {
    namespaces: ["blog", "shop"],
    pods: [crashingPod({ name: "web-1-crash" })],
    replicaSets: [ofDeployment],
    statefulSets: [statefulSet(1)],
  });
});
afterEach(() => api.stop());

describe("what a scan cannot see", () => {
  it.each([
    ["Forbidden", FORBIDDEN, 1],
    ["ClusterUnavailable", BROKEN, 3],
    ["ClusterThrottled", THROTTLED, 3],
  ])("is named with the error %s, and the rest is found", async (error, answer, attempts) => {
    api.on("GET", ALL_PODS, answer).on("GET", "/api/v1/namespaces/blog/pods", answer);
    const detection = await scanned(api);

    expect(incidentsOf(detection)).toEqual(FOUND);
    expect(detection.unseen).toEqual([
      { what: "pods in namespace blog", error, message: expect.stringMatching(/^prod: GET .* answered \d+/) as string },
    ]);
    expect(api.requests.filter(({ path }) => path === "/api/v1/namespaces/blog/pods")).toHaveLength(attempts);
  });

  it.each([
    ["nodes", "/api/v1/nodes", FOUND],
    ["HPAs", "/apis/autoscaling/v2/horizontalpodautoscalers", FOUND],
    ["StatefulSets", "/apis/apps/v1/statefulsets", FOUND.slice(0, 1)],
    ["Jobs", "/apis/batch/v1/jobs", FOUND],
    ["pods in namespace shop", "/apis/apps/v1/namespaces/shop/replicasets/web-1", FOUND.slice(1)],
  ])("is said to be %s where %s is refused", async (what, path, found) => {
    api.on("GET", path, FORBIDDEN);
    const detection = await scanned(api);

    expect(detection.unseen).toMatchObject([{ what, error: "Forbidden" }]);
    expect(incidentsOf(detection)).toEqual(found);
  });

  it.each([PODS, `${PODS}/web-1-crash`])(
    "is told of each namespace where %s is refused as all pods are",
    async (path) => {
      api.on("GET", ALL_PODS, FORBIDDEN).on("GET", path, FORBIDDEN);
      const detection = await scanned(api);

      expect(detection.unseen).toMatchObject([{ what: "pods in namespace shop", error: "Forbidden" }]);
      expect(incidentsOf(detection)).toEqual(FOUND.slice(1));
    },
  );

  it("is nothing where all pods are refused, and those of each namespace are not", async () => {
    api.on("GET", ALL_PODS, FORBIDDEN);
    const detection = await scanned(api);

    expect(detection.unseen).toEqual([]);
    expect(incidentsOf(detection)).toEqual(FOUND);
  });

  it("is told for each namespace where the collections are asked for one by one", async () => {
    api.on("GET", "/apis/apps/v1/namespaces/blog/statefulsets", FORBIDDEN);
    api.on("GET", "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers", FORBIDDEN);
    const { unseen } = await scanned(api, { policy: policy({ namespaces: { allow: ["blog", "shop"] } }) });

    expect(unseen.map(({ what }) => what).sort()).toEqual(["HPAs in namespace shop", "StatefulSets in namespace blog"]);
  });

  it("does not become healthy: what was refused is told beside it", async () => {
    for (const path of [ALL_PODS, PODS, "/apis/apps/v1/statefulsets"]) api.on("GET", path, FORBIDDEN);

    expect(await scanned(api)).toMatchObject({ status: "healthy", unseen: [{}, {}] });
  });

  it("is told for the first twenty parts, and counted for the others, in bounded words", async () => {
    const namespaces = Array.from({ length: 30 }, (_, index) => `team-${index}`);
    serve(api, { namespaces });
    const loud = refusal(403, "no ".repeat(2_000));
    for (const name of namespaces) api.on("GET", `/api/v1/namespaces/${name}/pods`, loud);
    api.on("GET", ALL_PODS, loud);
    const { unseen } = await scanned(api);

    expect(unseen).toHaveLength(21);
    expect(unseen.at(-1)).toEqual({ what: "10 more", error: "Omitted", message: "" });
    expect(Math.max(...unseen.map(({ message }) => message.length))).toBe(200);
  });
});

describe("a scan that sees nothing at all", () => {
  it("is the first of the refusals", async () => {
    const shopOnly = { policy: policy({ namespaces: { allow: ["shop"] } }) };
    await scanned(api, shopOnly);
    for (const { path } of [...api.requests]) api.on("GET", path, FORBIDDEN);
    api.on("GET", "/api/v1/nodes", THROTTLED);

    await expect(scanned(api, shopOnly)).rejects.toMatchObject({
      name: "ClusterThrottled",
      message: expect.stringContaining("/api/v1/nodes") as string,
    });
  });

  it("but nodes is so, too: they do not tell how workloads are", async () => {
    const shopOnly = { policy: policy({ namespaces: { allow: ["shop"] } }) };
    await scanned(api, shopOnly);
    for (const { path } of api.requests.filter(({ path }) => path !== "/api/v1/nodes")) api.on("GET", path, FORBIDDEN);

    await expect(scanned(api, shopOnly)).rejects.toMatchObject({ name: "Forbidden" });
  });

  it("for want of credentials ends at once", async () => {
    api.on("GET", "/api/v1/nodes", refusal(401, "Unauthorized"));

    await expect(scanned(api)).rejects.toMatchObject({ name: "Unauthorized" });
    expect(api.requests.map(({ path }) => path)).toEqual(["/api/v1/nodes"]);
  });

  it("for want of credentials ends even where some of it was seen", async () => {
    api.on("GET", "/apis/batch/v1/jobs", refusal(401, "Unauthorized"));

    await expect(scanned(api)).rejects.toMatchObject({ name: "Unauthorized" });
  });

  it("for want of a connection ends as that", async () => {
    api.on("GET", ALL_PODS, (response) => response.destroy());

    await expect(scanned(api)).rejects.toMatchObject({ name: "ClusterUnreachable" });
  });
});
