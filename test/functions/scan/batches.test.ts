import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Job, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, refusal } from "../../support/api-server.ts";
import { ago, crashingPod, pod, replicaSet } from "../../support/objects.ts";
import { asked, BROKEN, incidentsOf, scanned, THROTTLED } from "../../support/scans.ts";
import { asksForTable, serve } from "../../support/served-cluster.ts";
import { controlledBy, node, statusWritten } from "../../support/workload-objects.ts";

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

/** The ReplicaSet of a revision. */
function setOf(hash: string, namespace = "shop", name = "web") {
  const { metadata, ...rest } = replicaSet(1);
  const owner = controlledBy("Deployment", name);
  return {
    ...rest,
    metadata: { ...metadata, ...owner, namespace, labels: { "pod-template-hash": hash }, name: `${name}-${hash}` },
  };
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

/** A pod that crashes, or one that is well, of a ReplicaSet. */
function podOf(
  hash: string,
  number: number,
  { namespace = "shop", isWell = false, label = hash, name = "web" } = {},
): Pod {
  const suffix = String(10_000 + number).replaceAll(/\d/g, (digit) => "bcdfghjklm"[Number(digit)] ?? "");
  const made = isWell ? pod({ name: `${name}-${hash}-${suffix}` }) : crashingPod({ name: `${name}-${hash}-${suffix}` });
  const owner = controlledBy("ReplicaSet", `${name}-${hash}`);
  return { ...made, metadata: { ...made.metadata, namespace, labels: { "pod-template-hash": label }, ...owner } };
}

const many = <T>(number: number, build: (index: number) => T): T[] =>
  Array.from({ length: number }, (_, i) => build(i));
/** The hashes that were asked for, those of each request. */
const askedFor = () => reads("/api/v1/pods").flatMap((selector) => / in \((.*)\)/.exec(selector)?.[1] ?? []);

describe("what comes in a batch and is well", () => {
  it("is left out by its name, which its row shows", async () => {
    const pods = many(8, (index) => podOf("5d7c9b8f4d", index, { isWell: index >= 6 }));
    serve(api, { pods, replicaSets: [setOf("5d7c9b8f4d")] });

    expect(await scanned(api)).toMatchObject({ pods_seen: 8, failing_pods: 6, unseen: [] });
    const [batch] = api.requests.filter(({ query }) => query["labelSelector"] === "pod-template-hash in (5d7c9b8f4d)");
    const well = pods.slice(6).map(({ metadata }) => `metadata.name!=${metadata?.name ?? ""}`);
    expect(batch?.query["fieldSelector"]?.split(",").slice(-2)).toEqual(well);
  });

  it("is not read where it is much more than what fails: these are looked up by their names", async () => {
    const pods = [
      ...many(200, (index) => podOf("5d7c9b8f4d", index, { isWell: index >= 5 })),
      ...many(6, (index) => podOf("6f8c9d7b55", index)),
    ];
    serve(api, { pods, replicaSets: [setOf("5d7c9b8f4d"), setOf("6f8c9d7b55")] });

    expect(await scanned(api)).toMatchObject({ failing_pods: 11, unseen: [] });
    expect(askedFor()).toEqual(["6f8c9d7b55"]);
  });

  it("keeps no others from being read together where somebody has copied their label many times over", async () => {
    const hashes = many(16, (index) => `5d7c9b8f${40 + index}`.replaceAll(/[013]/g, "x"));
    const copies = many(900, (index) =>
      podOf("copied", index, { namespace: "blog", isWell: true, label: hashes[0] ?? "" }),
    );
    const pods = [...copies, ...[...new Set(hashes)].map((hash, index) => podOf(hash, index))];
    serve(api, { namespaces: ["blog", "shop"], pods, replicaSets: [...new Set(hashes)].map((hash) => setOf(hash)) });
    const failing = new Set(hashes).size;

    expect(await scanned(api)).toMatchObject({ failing_pods: failing, unseen: [] });
    const lookedUp = reads("/api/v1/pods").filter((selector) => selector.startsWith("metadata.name="));
    expect(lookedUp).toEqual([expect.stringContaining(hashes[0] ?? "") as string]);
    expect(askedFor().length, "in halves, and halves of these").toBeLessThanOrEqual(1 + 2 * 4);
  });

  it("keeps the ReplicaSets of others from nothing where it is copies of those, either", async () => {
    const hashes = many(8, (index) => `5d7c9b8f4${"bcdf4567"[index] ?? ""}`);
    const ballast = { annotations: { ballast: "x".repeat(200_000) } };
    const copies = many(20, (index) => {
      const { metadata, ...rest } = setOf(hashes[0] ?? "", "blog");
      return { ...rest, metadata: { ...metadata, ...ballast, name: `copy-${index}` } };
    });
    const pods = hashes.map((hash, index) => podOf(hash, index));
    serve(api, { namespaces: ["blog", "shop"], pods, replicaSets: [...copies, ...hashes.map((hash) => setOf(hash))] });

    expect(await scanned(api)).toMatchObject({ failing_pods: 8, unseen: [] });
    expect(asked(api).filter((path) => path.includes("/replicasets/"))).toEqual([
      `/apis/apps/v1/namespaces/shop/replicasets/web-${hashes[0]}`,
    ]);
  });
});

describe("names that only look as if they had a label", () => {
  it("do not keep those of others from being read together", async () => {
    const bare = many(80, (index) => {
      const { metadata, ...rest } = podOf(
        `bcd${"fghjklmnpqr"[index % 10] ?? ""}${index}`.replaceAll(/[013]/g, "x"),
        index,
      );
      return { ...rest, metadata: { ...metadata, labels: {}, ownerReferences: [] } };
    });
    const pods = [...bare, ...many(30, (index) => podOf("zzzzz", index, { name: "zebra" }))];
    serve(api, { pods, replicaSets: [setOf("zzzzz", "shop", "zebra")] });

    expect(await scanned(api)).toMatchObject({ failing_pods: 110, unseen: [] });
    expect(reads("/api/v1/pods").filter((selector) => selector.includes("metadata.name=zebra"))).toEqual([]);
  });

  it("are not those of indexed Jobs, nor of Jobs that end with a number", async () => {
    const jobPod = (job: string, name: string) => {
      const made = crashingPod({ name });
      const labels = { "batch.kubernetes.io/job-name": job };
      return { ...made, metadata: { ...made.metadata, labels, ...controlledBy("Job", job) } };
    };
    const pods = [
      ...many(6, (index) => jobPod("render", `render-${index}-bcdf${index + 4}`)),
      ...many(6, (index) => jobPod(`migrate-${index}`, `migrate-${index}-bcdf${index + 4}`)),
    ];
    serve(api, { pods });

    expect(await scanned(api)).toMatchObject({ failing_pods: 12, unseen: [] });
    expect(reads("/api/v1/pods")).toHaveLength(1);
  });
});

describe("a server that is too busy for a batch", () => {
  const pods = () => [
    ...many(6, (index) => podOf("5d7c9b8f4d", index)),
    ...many(2, (index) => podOf("6f8c9d7b55", index, { name: "other" })),
  ];

  it.each([
    ["ClusterThrottled", THROTTLED],
    ["ClusterUnavailable", BROKEN],
  ])("is told with how many were not read (%s), and not asked for each of them", async (error, answer) => {
    serve(api, { pods: pods(), replicaSets: [setOf("5d7c9b8f4d"), setOf("6f8c9d7b55", "shop", "other")] });
    api.before((request) => (request.query["labelSelector"]?.includes("5d7c9b8f4d") === true ? answer : undefined));
    const detection = await scanned(api);

    expect(incidentsOf(detection)).toEqual([]);
    expect(detection.unseen).toEqual([
      {
        what: "pods",
        error,
        message: expect.stringMatching(/^8 of them that may fail could not be read: prod: GET /) as string,
      },
    ]);
    expect(reads("/api/v1/pods"), "each attempt").toHaveLength(3);
  });

  it("is left alone once it has failed several times, and what is known is told", async () => {
    const bare = many(20, (index) => ({ ...crashingPod({ name: `bare${index}` }) }));
    serve(api, { pods: bare, replicaSets: [setOf("1")] });
    api.before(({ query }) => (query["fieldSelector"]?.startsWith("metadata.name=") === true ? THROTTLED : undefined));
    const detection = await scanned(api);

    expect(detection.unseen).toMatchObject([
      { what: "pods", error: "ClusterThrottled", message: expect.stringMatching(/^20 of them/) as string },
    ]);
    expect(reads("/api/v1/pods").length, "those under way").toBeLessThanOrEqual(3 * 10);
  });
});

describe("EndpointSlices", () => {
  it("of many Services with no pod are read in one request", async () => {
    const names = many(9, (index) => `svc-${index}`);
    const metadata = (name: string) => ({
      name,
      namespace: "shop",
      creationTimestamp: ago(9_000),
      ...statusWritten(9_000),
    });
    const services = names.map((name) => ({
      metadata: metadata(name),
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    }));
    const slices = names.map((name) => ({
      metadata: { ...metadata(`${name}-bcdf4`), labels: { "kubernetes.io/service-name": name } },
      addressType: "IPv4",
      endpoints: [],
      ports: [],
    }));
    serve(api, { services, slices });
    await scanned(api);

    expect(reads("/apis/discovery.k8s.io/v1/endpointslices")).toEqual([
      `kubernetes.io/service-name in (${names.join()})`,
    ]);
  });
});

it("where so many nodes are full of failing pods that each namespace is asked, nothing is read twice", async () => {
  const pods = many(60, (node) =>
    many(6, (index) => {
      const made = podOf("5d7c9b8f4d", node * 6 + index);
      return { ...made, spec: { ...made.spec, containers: [], nodeName: `node-${node}` } };
    }),
  ).flat();
  serve(api, { pods, replicaSets: [setOf("5d7c9b8f4d")], nodes: many(60, (index) => node(`node-${index}`)) });

  expect(await scanned(api)).toMatchObject({ failing_pods: 360, unseen: [] });
  const read = asked(api).filter((path) => path.endsWith("/pods") && !path.startsWith("table"));
  expect(read).toEqual(["/api/v1/pods"]);
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

  it("are looked up by their names where very many others have as many pods that have succeeded, and are done", async () => {
    const done = (index: number) => {
      const { spec, status, ...rest } = running(`done-${index}`, "shop", 1);
      return { ...rest, spec: { ...spec, completions: 1 }, status: { ...status, active: 0 } } as Job;
    };
    serve(api, { jobs: [...many(190, done), ...many(6, (index) => running(`j-${index}`, "shop", 1))] });

    expect(await scanned(api)).toMatchObject({ status: "healthy" });
    expect(reads("/apis/batch/v1/jobs").sort()).toEqual(many(6, (index) => `metadata.name=j-${index}`));
  });

  it("are told where one of them has no pod, though Jobs of its name run elsewhere", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const stuck = { ...running("e", "blog", 0), status: {} } as Job;
    serve(api, { namespaces: ["blog", "shop"], jobs: [...names.map((name) => running(name, "shop", 0)), stuck] });

    expect(incidentsOf(await scanned(api))).toEqual(["Job blog/e: NoPods"]);
  });
});
