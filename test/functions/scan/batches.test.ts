import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Job, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, refusal } from "../../support/api-server.ts";
import { ago, crashingPod, replicaSet } from "../../support/objects.ts";
import { incidentsOf, scanned } from "../../support/scans.ts";
import { asksForTable, serve } from "../../support/served-cluster.ts";
import { controlledBy, statusWritten } from "../../support/workload-objects.ts";

const HASH = "5d7c9b8f4d";
const SUFFIXES = ["bcdf4", "bcdf5", "bcdf6", "bcdf7", "bcdf8", "bcdf9"];

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** What was asked for in full, of what selects it. */
const reads = (path: string) =>
  api.requests
    .filter((request) => request.path === path && !asksForTable(request))
    .map(({ query }) => query["labelSelector"] ?? query["fieldSelector"] ?? "");

/** Crashing pods of one ReplicaSet each, in a namespace. */
function crashing(namespace: string, { isLabelled = true, hash = HASH } = {}): Pod[] {
  return SUFFIXES.map((suffix, index) => {
    const pod = crashingPod({ name: `web-${hash}${index + 4}-${suffix}` });
    const labels = isLabelled ? { "pod-template-hash": `${hash}${index + 4}` } : {};
    const owner = controlledBy("ReplicaSet", `web-${hash}${index + 4}`);
    return { ...pod, metadata: { ...pod.metadata, namespace, labels, ...owner } };
  });
}

const setsIn = (namespace: string, hash = HASH) =>
  SUFFIXES.map((_suffix, index) => {
    const { metadata, ...rest } = replicaSet(1);
    const labels = { "pod-template-hash": `${hash}${index + 4}` };
    const owner = controlledBy("Deployment", `web-${index}`);
    return { ...rest, metadata: { ...metadata, ...owner, namespace, labels, name: `web-${hash}${index + 4}` } };
  });

describe("many failing pods of Deployments", () => {
  it("are read in one request, and their ReplicaSets in another one", async () => {
    serve(api, { pods: crashing("shop", { hash: "5d7c9b8f4" }), replicaSets: setsIn("shop", "5d7c9b8f4") });
    const detection = await scanned(api);

    expect(incidentsOf(detection)).toEqual(
      SUFFIXES.map((_, index) => `Deployment shop/web-${index}: CrashLoopBackOff`),
    );
    expect(reads("/api/v1/pods")).toEqual([expect.stringMatching(/^pod-template-hash in \(5d7c9b8f44,/)]);
    expect(api.requests.filter(({ path }) => path.includes("/replicasets/"))).toEqual([]);
  });

  it("are all found where two namespaces have pods of the same names, and those of one carry no label", async () => {
    const pods = [
      ...crashing("shop", { hash: "5d7c9b8f4" }),
      ...crashing("blog", { hash: "5d7c9b8f4", isLabelled: false }),
    ];
    const replicaSets = [...setsIn("shop", "5d7c9b8f4"), ...setsIn("blog", "5d7c9b8f4")];
    serve(api, { namespaces: ["blog", "shop"], pods, replicaSets });

    expect(await scanned(api)).toMatchObject({ failing_pods: 12, unseen: [] });
  });

  it("are looked up by their names where the server refuses such a selector", async () => {
    const pods = crashing("shop", { hash: "5d7c9b8f4" });
    serve(api, { pods, replicaSets: setsIn("shop", "5d7c9b8f4") });
    api.before(({ query }) =>
      query["labelSelector"]?.includes(" in ") === true ? refusal(400, "unable to parse requirement") : undefined,
    );

    expect(await scanned(api)).toMatchObject({ failing_pods: 6, unseen: [] });
  });

  it("are told without those that are gone by the time that they are read", async () => {
    const pods = crashing("shop", { hash: "5d7c9b8f4" });
    serve(api, { pods, replicaSets: setsIn("shop", "5d7c9b8f4") });
    let isGone = false;
    api.before((request) => {
      if (asksForTable(request) || request.path !== "/api/v1/pods" || isGone) return undefined;
      isGone = true;
      serve(api, { pods: pods.slice(1), replicaSets: setsIn("shop", "5d7c9b8f4") });
      return undefined;
    });

    expect(await scanned(api)).toMatchObject({ failing_pods: 5, unseen: [] });
  });
});

describe("Jobs that run", () => {
  const running = (name: string, namespace: string, succeeded: number) =>
    ({
      metadata: { name, namespace, creationTimestamp: ago(9_000), ...statusWritten(9_000) },
      spec: { completions: 9, template: {} },
      status: succeeded === 0 ? { active: 1 } : { active: 1, succeeded },
    }) as Job;

  it("are read in one request for each number of pods that have succeeded", async () => {
    const some = (succeeded: number) =>
      Array.from({ length: 6 }, (_, i) => running(`j-${succeeded}-${i}`, "shop", succeeded));
    serve(api, { jobs: [...some(0), ...some(2)] });

    expect(await scanned(api)).toMatchObject({ status: "healthy" });
    expect(reads("/apis/batch/v1/jobs").sort()).toEqual(["status.successful=0", "status.successful=2"]);
  });

  it("are told where one of them has no pod, though Jobs of its name run elsewhere", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const stuck = { ...running("e", "blog", 0), status: {} } as Job;
    serve(api, { namespaces: ["blog", "shop"], jobs: [...names.map((name) => running(name, "shop", 0)), stuck] });

    expect(incidentsOf(await scanned(api))).toEqual(["Job blog/e: NoPods"]);
  });
});
