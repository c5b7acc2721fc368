import fc from "../../support/properties.ts";
import { expect, it } from "vitest";
import type { Detection } from "../../../functions/run/detection.ts";
import { ApiServer, type Answer, type SeenRequest } from "../../support/api-server.ts";
import { CLUSTERS, objectsOf, type Cluster } from "../../support/drawn-clusters.ts";
import { policy } from "../../support/objects.ts";
import { BROKEN, scanned, THROTTLED } from "../../support/scans.ts";
import { asksForTable, NO_TABLES, serve, type Objects, type Print } from "../../support/served-cluster.ts";

/** Every failing pod is told, and no storm keeps anything back. */
const EVERYTHING = {
  findingsOnly: true,
  policy: policy({ max_incidents: 200, storm: { min_workloads: 1_000, min_pods_on_node: 1_000 } }),
};

/** A server that has other things to do than to answer some of the requests for objects, however often they are asked. */
interface Busy {
  answer: Answer;
  isBatchesOnly: boolean;
  /** One of so many requests, by what it asks for. */
  oneIn: number;
  turn: number;
}

const busy: fc.Arbitrary<Busy> = fc.record({
  answer: fc.constantFrom(THROTTLED, BROKEN),
  isBatchesOnly: fc.boolean(),
  oneIn: fc.integer({ min: 1, max: 4 }),
  turn: fc.nat(3),
});

/** What a scan tells of the cluster, and of the one that it has become when so many requests were answered. */
async function told(
  cluster: Objects,
  { busy, print, then }: { busy?: Busy; print?: Print; then?: { cluster: Objects; after: number } },
): Promise<Detection> {
  const api = await ApiServer.start();
  try {
    serve(api, cluster, print);
    api.before((request) => {
      if (then !== undefined && api.requests.length === then.after) serve(api, then.cluster, print);
      return busy !== undefined && isUnanswered(busy, request) ? busy.answer : undefined;
    });
    return await scanned(api, EVERYTHING);
  } finally {
    await api.stop();
  }
}

function isUnanswered({ isBatchesOnly, oneIn, turn }: Busy, request: SeenRequest): boolean {
  const { path, query } = request;
  const isBatch = query["labelSelector"]?.includes(" in ") === true || query["fieldSelector"]?.startsWith("status.");
  if (asksForTable(request) || !/pods|jobs|sets|deployments/.test(path) || (isBatchesOnly && isBatch !== true))
    return false;
  const text = path + JSON.stringify(query);
  return text.split("").reduce((sum, letter) => sum + letter.charCodeAt(0), turn) % oneIn === 0;
}

const podsOf = ({ pods = [] }: Detection) => new Set(pods.map(({ namespace, name }) => `${namespace}/${name}`));

/** How many failing pods may be among what the answer says was not read. */
function unreadOf({ unseen }: Detection): number {
  const ofPods = unseen.filter(({ what, error }) => /^pods|^\d+ more/.test(what) || error === "Omitted");
  return ofPods.reduce((sum, { message }) => sum + Number(/^(\d+) of them/.exec(message)?.[1] ?? Infinity), 0);
}

it("what a busy server does not answer is counted among what was not read, and all the rest is told as it is", async () => {
  await fc.assert(
    fc.asyncProperty(CLUSTERS, busy, async (cluster, way) => {
      const objects = objectsOf(cluster);
      const whole = await told(objects, { print: NO_TABLES });
      const seen = await told(objects, { busy: way });

      expect(whole.unseen).toEqual([]);
      expect([...podsOf(whole)]).toEqual(expect.arrayContaining([...podsOf(seen)]));
      expect(seen.failing_pods + unreadOf(seen)).toBeGreaterThanOrEqual(whole.failing_pods);
      if (seen.unseen.length === 0) expect(podsOf(seen)).toEqual(podsOf(whole));
    }),
    { numRuns: 30, endOnFailure: true },
  );
});

/** A cluster, which of its pods go, and after how many answers. */
const changes = fc
  .tuple(CLUSTERS, fc.infiniteStream(fc.boolean()), CLUSTERS, fc.integer({ min: 1, max: 30 }))
  .map(([before, stays, other, after]) => {
    const kept = before.pods.filter(() => stays.next().value);
    // Rows say no namespace: a pod that comes under the name of another is taken for that one until the next scan.
    const names = new Set(before.pods.map(({ metadata }) => metadata?.name));
    const come = other.pods.filter(({ metadata }) => !names.has(metadata?.name));
    const then: Cluster = { ...before, pods: [...kept, ...come] };
    return { before: objectsOf(before), then: objectsOf(then), after };
  });

it("where pods go and come while a scan reads, those are told that fail before and after, and none that fails neither time", async () => {
  await fc.assert(
    fc.asyncProperty(changes, async ({ before, then, after }) => {
      const [first, last] = [podsOf(await told(before, {})), podsOf(await told(then, {}))];
      const seen = await told(before, { then: { cluster: then, after } });

      expect(seen.unseen).toEqual([]);
      expect([...podsOf(seen)]).toEqual(expect.arrayContaining([...first].filter((pod) => last.has(pod))));
      expect([...first, ...last]).toEqual(expect.arrayContaining([...podsOf(seen)]));
    }),
    { numRuns: 30, endOnFailure: true },
  );
});
