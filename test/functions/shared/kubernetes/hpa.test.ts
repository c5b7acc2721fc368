import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  boundsOf,
  hpaOf,
  limitedAtMaximumSince,
  scales,
  targetOf,
} from "../../../../functions/shared/kubernetes/hpa.ts";
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

describe("what an HPA scales", () => {
  const target = (scaleTargetRef: Hpa["spec"]["scaleTargetRef"]): Hpa => ({
    metadata: { name: "web", namespace: "shop" },
    spec: { maxReplicas: 4, scaleTargetRef },
  });

  it("is told apart by the API group, whatever the version", () => {
    const other = target({ apiVersion: "shop.example.com/v1", kind: "Deployment", name: "web" });

    expect(scales(other, WEB)).toBe(false);
    expect(scales(other, { ...WEB, group: "shop.example.com" })).toBe(true);
    for (const apiVersion of ["apps/v1", "apps/v1beta1", "extensions/v1beta1"])
      expect(scales(target({ apiVersion, kind: "Deployment", name: "web" }), WEB)).toBe(true);
  });

  it.each([" web", "web\u200b", "web\n", "\ud800"])("is not the workload whose name %j nearly is", (name) => {
    const odd = target({ kind: "Deployment", name });

    expect(scales(odd, WEB)).toBe(false);
    expect(targetOf(odd).name).toMatch(/^"[^\p{C}]*"$/u);
    expect(scales(odd, targetOf(odd))).toBe(true);
  });

  it("has a bounded name, whatever text somebody wrote there", () => {
    const { kind, group, name } = targetOf(
      target({ apiVersion: `${"g".repeat(9_000)}/v1`, kind: "k".repeat(9_000), name: "n".repeat(9_000) }),
    );

    expect([kind.length, group?.length, name.length]).toEqual([63, 253, 253]);
  });
});
