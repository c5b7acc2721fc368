import fc from "fast-check";
import { expect, it } from "vitest";
import type { Detection } from "../../../functions/run/detection.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago } from "../../support/objects.ts";
import { FAILING_PODS } from "../../support/failing-pods.ts";
import { HEALTHY_PODS } from "../../support/healthy-pods.ts";
import { PLAIN } from "../../support/pod-rows.ts";
import { FORBIDDEN, scanned } from "../../support/scans.ts";
import { NO_TABLES, serve, type Print } from "../../support/served-cluster.ts";
import { controlledBy, deploymentWith, node, statefulSet, statusWritten } from "../../support/workload-objects.ts";

const NAMESPACES = ["blog", "kube-system", "mail", "shop"];
const GIVEN_UP = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" };
const NODES = ["node-0", "node-1", "node-lost"];

/** A pod in one of all states, whose name and node may be those of a pod in another namespace. */
const pods: fc.Arbitrary<Pod> = fc
  .record({
    row: fc.constantFrom(...FAILING_PODS, ...HEALTHY_PODS),
    namespace: fc.constantFrom(...NAMESPACES),
    nodeName: fc.option(fc.constantFrom(...NODES), { nil: undefined }),
    ordinal: fc.nat(4),
    isBare: fc.boolean(),
  })
  .map(({ row, namespace, nodeName, ordinal, isBare }) => {
    const { metadata, spec, ...rest } = row.build(PLAIN);
    const owners = isBare ? { ownerReferences: [] } : controlledBy("StatefulSet", "db");
    return {
      ...rest,
      metadata: { ...metadata, ...statusWritten(900), ...owners, namespace, name: `db-${ordinal}` },
      spec: { containers: [{ name: "app" }], ...spec, ...(nodeName === undefined ? {} : { nodeName }) },
    };
  });

const clusters = fc.record({
  pods: fc.uniqueArray(pods, {
    maxLength: 12,
    selector: ({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
  }),
  down: fc.subarray(NAMESPACES),
  stuck: fc.subarray(NAMESPACES),
});

/** What a scan tells that reads in this way. */
async function told(
  { pods, down, stuck }: typeof clusters extends fc.Arbitrary<infer Cluster> ? Cluster : never,
  way: { print?: Print; isWholeRefused?: boolean },
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
    if (way.isWholeRefused === true) api.on("GET", "/api/v1/pods", FORBIDDEN);
    const { incidents, ...rest } = await scanned(api);
    const sorted = incidents.map((incident) => JSON.stringify(incident)).sort();
    return { ...rest, incidents: sorted as unknown as Detection["incidents"] };
  } finally {
    await api.stop();
  }
}

it("a scan finds the same whether it reads all rows at once, those of each namespace, or every object in full", async () => {
  await fc.assert(
    fc.asyncProperty(clusters, async (cluster) => {
      const whole = await told(cluster, {});

      expect(await told(cluster, { isWholeRefused: true })).toEqual(whole);
      expect(await told(cluster, { print: NO_TABLES })).toEqual(whole);
    }),
    { numRuns: 60, endOnFailure: true },
  );
}, 120_000);
