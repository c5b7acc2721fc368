import fc from "../../support/properties.ts";
import { expect, it } from "vitest";
import type { Detection } from "../../../functions/run/detection.ts";
import { ApiServer, refusal, type SeenRequest } from "../../support/api-server.ts";
import { CLUSTERS, objectsOf, type Cluster } from "../../support/drawn-clusters.ts";
import { FORBIDDEN, scanned } from "../../support/scans.ts";
import { NO_TABLES, serve, type Print } from "../../support/served-cluster.ts";

const NOT_KNOWN = refusal(400, "unable to parse requirement");

/** What a scan tells that reads in this way. */
async function told(
  cluster: Cluster,
  way: { print?: Print; isWholeRefused?: boolean; isBatchRefused?: boolean },
): Promise<Partial<Detection>> {
  const api = await ApiServer.start();
  try {
    serve(api, objectsOf(cluster), way.print);
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
    fc.asyncProperty(CLUSTERS, async (cluster) => {
      const whole = await told(cluster, {});

      expect(await told(cluster, { isWholeRefused: true })).toEqual(whole);
      expect(await told(cluster, { print: NO_TABLES })).toEqual(whole);
      expect(await told(cluster, { isBatchRefused: true })).toEqual(whole);
    }),
    { numRuns: 60, endOnFailure: true },
  );
});
