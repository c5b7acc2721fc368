import fc from "fast-check";
import { expect, it } from "vitest";
import type { Detection } from "../../../functions/run/detection.ts";
import type { Job, Pod, ReplicaSet } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, refusal, type SeenRequest } from "../../support/api-server.ts";
import { ago, replicaSet } from "../../support/objects.ts";
import { FAILING_PODS } from "../../support/failing-pods.ts";
import { HEALTHY_PODS } from "../../support/healthy-pods.ts";
import { PLAIN } from "../../support/pod-rows.ts";
import { FORBIDDEN, scanned } from "../../support/scans.ts";
import { NO_TABLES, serve, type Print } from "../../support/served-cluster.ts";
import { controlledBy, deploymentWith, node, statefulSet, statusWritten } from "../../support/workload-objects.ts";

const NAMESPACES = ["blog", "kube-system", "mail", "shop"];
const GIVEN_UP = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" };
const HASHES = ["5d7c9b8f4d", "6f8c9d7b55"];
const NOT_KNOWN = refusal(400, "unable to parse requirement");
const NODES = ["node-0", "node-1", "node-lost"];

/** A pod in one of all states, whose name and node may be those of a pod in another namespace. */
const pods: fc.Arbitrary<Pod> = fc
  .record({
    row: fc.constantFrom(...FAILING_PODS, ...HEALTHY_PODS),
    namespace: fc.constantFrom(...NAMESPACES),
    nodeName: fc.option(fc.constantFrom(...NODES), { nil: undefined }),
    ordinal: fc.nat(4),
    controller: fc.constantFrom("none", "StatefulSet", "ReplicaSet", "Job"),
    isLabelled: fc.boolean(),
  })
  .map(({ row, namespace, nodeName, ordinal, controller, isLabelled }) => {
    const { metadata, spec, ...rest } = row.build(PLAIN);
    const names: Partial<Record<string, string>> = {
      ReplicaSet: `web-${HASHES[ordinal % 2]}-bcdf${ordinal + 4}`,
      Job: `report-bcdf${ordinal + 4}`,
    };
    const name = names[controller] ?? `db-${ordinal}`;
    const owners = {
      ...{ none: { ownerReferences: [] }, StatefulSet: controlledBy("StatefulSet", "db") },
      ...{ Job: controlledBy("Job", "report"), ReplicaSet: controlledBy("ReplicaSet", `web-${HASHES[ordinal % 2]}`) },
    }[controller];
    const marks = {
      "statefulset.kubernetes.io/pod-name": name,
      "pod-template-hash": HASHES[ordinal % 2] ?? "",
      "batch.kubernetes.io/job-name": "report",
    };
    const labels = isLabelled ? marks : {};
    return {
      ...rest,
      metadata: { ...metadata, labels, ...statusWritten(900), ...owners, namespace, name },
      spec: { containers: [{ name: "app" }], ...spec, ...(nodeName === undefined ? {} : { nodeName }) },
    };
  });

const clusters = fc.record({
  pods: fc.uniqueArray(pods, {
    maxLength: 40,
    size: "max",
    selector: ({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
  }),
  down: fc.subarray(NAMESPACES),
  stuck: fc.subarray(NAMESPACES),
  /** How many pods of each Job have succeeded, and how many are left. */
  jobs: fc.array(fc.record({ succeeded: fc.nat(2), left: fc.nat(2), isActive: fc.boolean() }), {
    maxLength: 12,
    size: "max",
  }),
});

/** The ReplicaSet of a revision of `web`. */
function setOf(namespace: string, hash: string): ReplicaSet {
  const { metadata, ...rest } = replicaSet(1);
  const labels = { "pod-template-hash": hash };
  return { ...rest, metadata: { ...metadata, namespace, name: `web-${hash}`, labels } };
}

/** A Job that began long ago; of two namespaces two may have one name. */
function jobOf(drawn: { succeeded: number; left: number; isActive: boolean }, namespace: string, index: number): Job {
  return {
    metadata: { ...statusWritten(9_000), namespace, name: `job-${index % 7}`, creationTimestamp: ago(9_000) },
    spec: { completions: drawn.succeeded + drawn.left, template: {} },
    status: {
      succeeded: drawn.succeeded,
      ...(drawn.isActive ? { active: 1 } : {}),
      ...(drawn.left === 0 ? { conditions: [{ type: "Complete", status: "True" }] } : {}),
    },
  };
}

/** What a scan tells that reads in this way. */
async function told(
  { pods, down, stuck, jobs }: typeof clusters extends fc.Arbitrary<infer Cluster> ? Cluster : never,
  way: { print?: Print; isWholeRefused?: boolean; isBatchRefused?: boolean },
): Promise<Partial<Detection>> {
  const api = await ApiServer.start();
  try {
    const objects = {
      namespaces: NAMESPACES,
      nodes: [
        node("node-0"),
        node("node-1"),
        { ...node("node-lost", "Unknown", 900), metadata: { name: "node-lost", creationTimestamp: ago(9_000) } },
      ],
      pods,
      replicaSets: NAMESPACES.flatMap((namespace) => HASHES.map((hash) => setOf(namespace, hash))),
      jobs: jobs.map((drawn, index) => jobOf(drawn, NAMESPACES[index % 4] ?? "", index)),
      statefulSets: NAMESPACES.map((namespace) =>
        statefulSet(down.includes(namespace) ? 0 : 2, { ...statusWritten(900), namespace, name: "db" }),
      ),
      deployments: NAMESPACES.map((namespace) =>
        stuck.includes(namespace)
          ? deploymentWith({ name: "web", namespace, updated: 1, conditions: [GIVEN_UP] })
          : deploymentWith({ name: "web", namespace }),
      ),
    };
    serve(api, objects, way.print);
    const isBatch = ({ query }: SeenRequest) =>
      query["labelSelector"]?.includes(" in ") === true ||
      query["fieldSelector"]?.startsWith("status.successful") === true;
    if (way.isBatchRefused === true) api.before((request) => (isBatch(request) ? NOT_KNOWN : undefined));
    if (way.isWholeRefused === true) api.on("GET", "/api/v1/pods", FORBIDDEN);
    const { incidents, ...rest } = await scanned(api);
    const sorted = incidents.map((incident) => JSON.stringify(incident)).sort();
    return { ...rest, incidents: sorted as unknown as Detection["incidents"] };
  } finally {
    await api.stop();
  }
}

it("a scan finds the same whether it reads all rows at once, those of each namespace, every object in full, or no two of them together", async () => {
  await fc.assert(
    fc.asyncProperty(clusters, async (cluster) => {
      const whole = await told(cluster, {});

      expect(await told(cluster, { isWholeRefused: true })).toEqual(whole);
      expect(await told(cluster, { print: NO_TABLES })).toEqual(whole);
      expect(await told(cluster, { isBatchRefused: true })).toEqual(whole);
    }),
    { numRuns: 60, endOnFailure: true },
  );
}, 120_000);
