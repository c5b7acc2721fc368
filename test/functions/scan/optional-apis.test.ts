import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scan } from "../../../functions/scan/scan.ts";
import { HttpCluster } from "../../../functions/shared/cluster/http-cluster.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../../local/embedded/index.ts";
import { GADGET, know } from "../../support/gadget.ts";
import { policy } from "../../support/objects.ts";

let embedded: EmbeddedCluster;
let forget: () => void;
beforeAll(async () => {
  embedded = await startEmbeddedCluster(10);
  forget = know(GADGET);
});
afterAll(async () => {
  forget();
  await embedded.stop();
});

describe("an API server on which the API of an optional kind is not installed", () => {
  it.each([
    ["the whole cluster", undefined],
    ["one namespace", "default"],
  ])("is scanned without it: %s", async (_what, namespace) => {
    const authenticate = () => Promise.resolve({});
    const cluster = new HttpCluster({ name: "embedded", server: embedded.url, authenticate });
    const detection = await scan(cluster, {
      clusterName: "embedded",
      namespace,
      dryRun: false,
      findingsOnly: false,
      policy: policy(),
      now: embedded.clock.now(),
    });

    expect(detection).toMatchObject({ status: "healthy", unseen: [] });
    expect(embedded.answered.filter(({ uri, status }) => uri.includes("/gadgets") && status === 404)).not.toEqual([]);
  });
});
