import { afterEach, beforeEach, expect, it } from "vitest";
import { readGoingClaims } from "../../../functions/facts/going-claims.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import { ago, pod } from "../../support/objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const claim = (name: string) => `/api/v1/namespaces/shop/persistentvolumeclaims/${name}`;
const using = (...names: string[]): Pod =>
  pod({
    spec: {
      containers: [{ name: "app" }],
      volumes: [
        ...names.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
        { name: "scratch", emptyDir: {} },
      ],
    },
  });

it("tells the claims of pods that somebody has deleted, by their metadata alone, and each is asked for once", async () => {
  api
    .on("GET", claim("kept"), found({ metadata: { name: "kept" } }))
    .on("GET", claim("going"), found({ metadata: { name: "going", deletionTimestamp: ago(60) } }));

  expect(await readGoingClaims(api.cluster(), "shop", [using("kept", "going"), using("going")])).toEqual(["going"]);
  expect(api.requests.map(({ path }) => path)).toEqual([claim("kept"), claim("going")]);
  expect(api.requests.every(({ headers }) => headers.accept?.includes("PartialObjectMetadata") === true)).toBe(true);
});

it.each([
  ["may not be read", 403],
  ["is gone", 404],
])("tells of none that %s", async (_what, status) => {
  api.on("GET", claim("data"), refusal(status, "no"));

  expect(await readGoingClaims(api.cluster(), "shop", [using("data")])).toEqual([]);
});
