import { afterEach, beforeEach, expect, it } from "vitest";
import { readAbsent } from "../../../functions/facts/absent.ts";
import { readGoingClaims } from "../../../functions/facts/going-claims.ts";
import { metadataOnce } from "../../../functions/facts/metadata-once.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import { ago, pod } from "../../support/objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const CLAIM = paths.persistentVolumeClaim("shop", "data");
const spec = { containers: [], volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] };

it("asks once for a claim that pods mount and two templates name, and tells all of them the same", async () => {
  api.on("GET", CLAIM, found({ metadata: { name: "data", deletionTimestamp: ago(60) } }));
  const cluster = metadataOnce(api.cluster());

  expect(await readGoingClaims(cluster, "shop", [pod({ spec })])).toEqual(["data"]);
  expect(await readAbsent(cluster, "shop", [spec])).toMatchObject([{ name: "data", isGoing: true }]);
  expect(await readAbsent(cluster, "shop", [spec])).toMatchObject([{ name: "data", isGoing: true }]);
  expect(api.requests.map(({ path }) => path)).toEqual([CLAIM]);
});

it("asks once for a claim that is not there", async () => {
  api.on("GET", CLAIM, refusal(404, "no"));
  const cluster = metadataOnce(api.cluster());
  const both = await Promise.all([readAbsent(cluster, "shop", [spec]), readAbsent(cluster, "shop", [spec])]);

  expect(both).toMatchObject([[{ name: "data" }], [{ name: "data" }]]);
  expect(api.requests).toHaveLength(1);
});

it("asks for everything else as often as it is wanted", async () => {
  api.on("GET", CLAIM, found({ metadata: { name: "data" } }));
  const cluster = metadataOnce(api.cluster());

  await cluster.get(CLAIM);
  await cluster.get(CLAIM);
  expect(api.requests).toHaveLength(2);
  expect(cluster.name).toBe(api.cluster().name);
});
