import { expect, it } from "vitest";
import { startEmbeddedCluster } from "../../../local/embedded/start.ts";
import { makePlace } from "../../../local/scenarios/embedded-place.ts";
import { playScenario } from "../../../local/scenarios/play.ts";
import { canaryScenario } from "../../support/brought/index.ts";

it("the embedded cluster plays a kind and its stages as the real control plane does", async () => {
  const cluster = await startEmbeddedCluster(10);
  try {
    const place = await makePlace(cluster, { namespace: "play-canary" });
    for await (const { comparison } of playScenario(canaryScenario(), place)) {
      expect(comparison.actual).toEqual(comparison.expected);
    }
  } finally {
    await cluster.stop();
  }
});
