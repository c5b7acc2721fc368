import fc from "../../support/properties.ts";
import { expect, it } from "vitest";
import type { Detection } from "../../../functions/run/detection.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, crashingPod, hpa, imagePullPod } from "../../support/objects.ts";
import { scanned } from "../../support/scans.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";
import { controlledBy, deploymentWith, node, statefulSet, statusWritten } from "../../support/workload-objects.ts";

/** What pods of any namespace may say, whether it is so or not. */
const WORDS = [
  "couldn't find key dsn in Secret shop/db",
  'failed calling webhook "policy.example.com": connection refused',
  "lookup ledger.rds.amazonaws.com: no such host",
  "nothing",
];

interface Failing {
  owner: string | undefined;
  nodeName: string;
  word: string;
  isPulling: boolean;
}

function podIn(namespace: string, index: number, { owner, nodeName, word, isPulling }: Failing): Pod {
  const made = isPulling ? imagePullPod(word) : crashingPod({});
  const owners = owner === undefined ? { ownerReferences: [] } : controlledBy("StatefulSet", owner);
  return {
    ...made,
    metadata: { ...made.metadata, ...owners, namespace, name: `pod-${index}` },
    spec: { nodeName, containers: [{ name: "app", image: "registry.example.com/app:1" }] },
  };
}

const times = <T>(number: number, make: (index: number) => T): T[] => Array.from({ length: number }, (_, n) => make(n));

/** What a namespace may hold: at most so much of each, and at most so many workloads that fail. */
const held = (namespace: string, most: number, failing: number): fc.Arbitrary<Objects> =>
  fc
    .record({
      down: fc.nat(failing),
      well: fc.nat(most),
      pods: fc.nat(failing),
      isBare: fc.boolean(),
      nodeName: fc.constantFrom("node-1", "node-2"),
      word: fc.constantFrom(...WORDS),
      isPulling: fc.boolean(),
      hpas: fc.nat(most),
      broken: fc.nat(most),
      idle: fc.nat(most),
    })
    .map(({ down, well, pods, isBare, hpas, broken, idle, ...pod }) => ({
      statefulSets: times(down + well, (n) =>
        statefulSet(n < down ? 0 : 2, { ...statusWritten(600), namespace, name: `db-${n}` }),
      ),
      pods: times(pods, (n) => podIn(namespace, n, { ...pod, owner: isBare ? undefined : `db-${n}` })),
      hpas: times(hpas, (n) => hpa({ limited: "TooManyReplicas", metadata: { name: `hpa-${n}`, namespace } })),
      deployments: [
        ...times(broken, (n) =>
          deploymentWith({
            name: `web-${n}`,
            namespace,
            updated: 1,
            conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
          }),
        ),
        ...times(idle, (n) => deploymentWith({ name: `idle-${n}`, namespace, replicas: 0 })),
      ],
    }));

const OTHERS = ["shop", "blog", "mail"];

async function incidentsOfOthers(api: ApiServer, tenants: readonly Objects[], all: readonly Objects[]) {
  serve(api, {
    namespaces: [...tenants.map((_, index) => `evil-${index}`), ...OTHERS],
    nodes: [{ ...node("node-9", "False", 900), metadata: { name: "node-9", creationTimestamp: ago(9_000) } }],
    pods: all.flatMap(({ pods = [] }) => pods),
    hpas: all.flatMap(({ hpas = [] }) => hpas),
    deployments: all.flatMap(({ deployments = [] }) => deployments),
    statefulSets: all.flatMap(({ statefulSets = [] }) => statefulSets),
  });
  const { incidents }: Detection = await scanned(api);
  return incidents
    .filter(({ workload }) => !workload.namespace.startsWith("evil"))
    .map((incident) => JSON.stringify(incident))
    .sort();
}

it("a tenant changes nothing of what is told and remedied of others, whatever its one to five namespaces hold", async () => {
  const others = fc.tuple(...OTHERS.map((name) => held(name, 2, 1)));
  const tenants = fc
    .integer({ min: 1, max: 5 })
    .chain((number) => fc.tuple(...times(number, (index) => held(`evil-${index}`, 30, 30))));

  await fc.assert(
    fc.asyncProperty(others, tenants, async (own, evil) => {
      const api = await ApiServer.start();
      try {
        const before = await incidentsOfOthers(api, [], own);
        expect(await incidentsOfOthers(api, evil, [...evil, ...own])).toEqual(before);
      } finally {
        await api.stop();
      }
    }),
    { numRuns: 40, endOnFailure: true },
  );
});
