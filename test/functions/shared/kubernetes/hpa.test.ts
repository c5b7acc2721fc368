import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { boundsOf, hpaOf, limitedAtMaximumSince } from "../../../../functions/shared/kubernetes/hpa.ts";
import type { Hpa } from "../../../../functions/shared/kubernetes/types.ts";
import { ApiServer, page } from "../../../support/api-server.ts";
import { ago, hpa, WEB } from "../../../support/objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const scaling = (kind: string, name: string): Hpa => ({
  metadata: { name: `of-${kind}-${name}` },
  spec: { maxReplicas: 4, scaleTargetRef: { kind, name } },
});

describe("the HPA of a workload", () => {
  it("is the one whose target has both its kind and its name", async () => {
    const others = [scaling("StatefulSet", "web"), scaling("Deployment", "web-2")];
    api.on(
      "GET",
      "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers",
      page(others),
      page([...others, scaling("Deployment", "web")]),
    );

    expect(await hpaOf(api.cluster(), WEB)).toBeUndefined();
    expect((await hpaOf(api.cluster(), WEB))?.metadata?.name).toBe("of-Deployment-web");
  });
});

describe("an HPA", () => {
  it("has the API's minimum of 1 when it names none", () => {
    expect(boundsOf(scaling("Deployment", "web"))).toEqual({ min: 1, max: 4 });
  });

  it("is limited at its maximum since the condition says so, and not when its minimum holds it", () => {
    expect(limitedAtMaximumSince(hpa({ limited: "TooManyReplicas", limitedSince: ago(300) }))).toBe(ago(300));
    expect(limitedAtMaximumSince(hpa({ limited: "TooFewReplicas" }))).toBeUndefined();
    expect(limitedAtMaximumSince(hpa({ limited: "TooManyReplicas", max: 10, current: 4 }))).toBeUndefined();
    expect(limitedAtMaximumSince(hpa())).toBeUndefined();
  });
});
