import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Detection } from "../../../functions/run/detection.ts";
import type { Hpa, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, refusal } from "../../support/api-server.ts";
import { ago, crashingPod, hpa, policy } from "../../support/objects.ts";
import { FORBIDDEN, scanned } from "../../support/scans.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";
import { controlledBy, deploymentWith, node, statefulSet, statusWritten } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const sets = (namespace: string, failing: number, well = 0) =>
  Array.from({ length: failing + well }, (_, index) =>
    statefulSet(index < failing ? 0 : 2, { ...statusWritten(600), namespace, name: `db-${index}` }),
  );

const isOthers = ({ workload }: { workload: { namespace: string } }) => !workload.namespace.startsWith("evil");
const ofOthers = ({ incidents }: Detection) => incidents.filter(isOthers);

/** Crashing pods, on a node of their owner's choice where that is given. */
const pods = (namespace: string, number: number, owner?: (index: number) => string, nodeName?: string): Pod[] =>
  Array.from({ length: number }, (_, index) => {
    const made = crashingPod({ name: `pod-${index}` });
    const owners = owner === undefined ? { ownerReferences: [] } : controlledBy("StatefulSet", owner(index));
    return {
      ...made,
      metadata: { ...made.metadata, ...owners, namespace },
      spec: { containers: [{ name: "app" }], ...(nodeName === undefined ? {} : { nodeName }) },
    };
  });

/** HPAs of targets that are not there, each with names as long as anybody likes. */
const hpas = (namespace: string, number: number, length = 1): Hpa[] =>
  Array.from({ length: number }, (_, index) => {
    const { spec, ...rest } = hpa({ limited: "TooManyReplicas", metadata: { name: `hpa-${index}`, namespace } });
    return {
      ...rest,
      spec: { ...spec, scaleTargetRef: { kind: "Deployment", name: `${"x".repeat(length)}${index}` } },
    };
  });

/** What others have: one workload that fails in each of two namespaces, one that has nothing else, and a node that is not ready. */
const OTHERS = {
  statefulSets: [...sets("shop", 1, 4), ...sets("blog", 1)],
  pods: pods("shop", 1, () => "db-0", "node-1"),
  nodes: [{ ...node("node-9", "False", 900), metadata: { name: "node-9", creationTimestamp: ago(9_000) } }],
};

const TRICKS: [string, (namespace: string) => Objects][] = [
  ["crashing pods without a controller", (at) => ({ pods: pods(at, 40) })],
  ["pods without a controller on a node of their choice", (at) => ({ pods: pods(at, 40, undefined, "node-1") })],
  ["crashing workloads on a node of their choice", (at) => ({ pods: pods(at, 40, (n) => `db-${n % 4}`, "node-1") })],
  ["HPAs that point at nothing", (at) => ({ hpas: hpas(at, 14) })],
  ["HPAs with names of 120 kB", (at) => ({ hpas: hpas(at, 21, 120_000) })],
  ["failing workloads", (at) => ({ statefulSets: sets(at, 14) })],
  ["failing workloads beside thousands that are well", (at) => ({ statefulSets: sets(at, 14, 600) })],
  [
    "workloads at zero replicas",
    (at) => ({
      deployments: Array.from({ length: 60 }, (_, n) => deploymentWith({ name: `d-${n}`, namespace: at, replicas: 0 })),
    }),
  ],
];

/** What several have, all together. */
const merged = (all: readonly Objects[]): Objects => ({
  pods: all.flatMap((each) => each.pods ?? []),
  hpas: all.flatMap((each) => each.hpas ?? []),
  deployments: all.flatMap((each) => each.deployments ?? []),
  statefulSets: all.flatMap((each) => each.statefulSets ?? []),
});

describe("what a tenant has", () => {
  it.each(TRICKS.flatMap(([what, trick]) => [1, 2, 3, 5].map((number) => ({ what, trick, number }))))(
    "($what, in $number namespaces) changes nothing of what is told of others",
    async ({ trick, number }) => {
      const evil = Array.from({ length: number }, (_, index) => `evil-${index}`);
      const options = { policy: policy({ max_incidents: 20 }) };
      serve(api, { namespaces: ["shop", "blog"], ...OTHERS });
      const before = await scanned(api, options);
      serve(api, {
        ...merged([...evil.map(trick), OTHERS]),
        nodes: OTHERS.nodes,
        namespaces: [...evil, "shop", "blog"],
      });
      const after = await scanned(api, options);

      expect(ofOthers(before)).toHaveLength(3);
      expect(ofOthers(after)).toEqual(ofOthers(before));
    },
  );

  it("hides no storm of others by what it has at zero replicas or well", async () => {
    const names = ["a", "b", "c", "d", "e"];
    serve(api, {
      namespaces: [...names, "evil"],
      deployments: Array.from({ length: 40 }, (_, n) =>
        deploymentWith({ name: `d-${n}`, namespace: "evil", replicas: 0 }),
      ),
      statefulSets: [...names.flatMap((name) => sets(name, 4)), ...sets("evil", 0, 300)],
    });

    expect(await scanned(api)).toMatchObject({ status: "storm", storm_namespace: "a, b, c, d, e" });
  });

  it("leaves room for what could not be seen of others", async () => {
    const evil = Array.from({ length: 40 }, (_, index) => `db-${index}`);
    serve(api, {
      namespaces: ["evil", "shop"],
      deployments: evil.map((name) => deploymentWith({ name, namespace: "evil" })),
      pods: evil.map((name): Pod => {
        const made = crashingPod({ name });
        return { ...made, metadata: { ...made.metadata, ...controlledBy("Deployment", name), namespace: "evil" } };
      }),
    });
    for (const name of evil) api.on("GET", `/apis/apps/v1/namespaces/evil/deployments/${name}`, refusal(403, "no"));
    api.on("GET", "/api/v1/pods", FORBIDDEN).on("GET", "/api/v1/namespaces/shop/pods", FORBIDDEN);

    expect((await scanned(api)).unseen.map(({ what }) => what)).toContain("pods in namespace shop");
  });
});
