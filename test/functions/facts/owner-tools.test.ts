import { describe, expect, it } from "vitest";
import { ownerTool } from "../../../functions/facts/owner-tools.ts";
import type { ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";

describe("the tool that owns an object", () => {
  it.each<[string, ObjectMeta]>([
    ["Argo CD", { labels: { "argocd.argoproj.io/instance": "shop" } }],
    ["Argo CD", { annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web" } }],
    ["Flux", { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } }],
    ["Flux", { labels: { "helm.toolkit.fluxcd.io/name": "shop" } }],
    ["Helm", { annotations: { "meta.helm.sh/release-name": "shop" } }],
  ])("is %s by the mark %o", (name, metadata) => {
    expect(ownerTool(metadata)).toMatchObject({ name });
  });

  it("is the one that drives Helm, when both left their marks", () => {
    const annotations = { "meta.helm.sh/release-name": "shop" };

    expect(ownerTool({ annotations, labels: { "helm.toolkit.fluxcd.io/name": "shop" } })).toMatchObject({
      name: "Flux",
    });
    expect(ownerTool({ annotations: { ...annotations, "argocd.argoproj.io/tracking-id": "shop" } })).toMatchObject({
      name: "Argo CD",
    });
  });

  it("is none for what kubectl applied, whatever its common labels say", () => {
    expect(
      ownerTool({
        labels: { "app.kubernetes.io/instance": "shop", "app.kubernetes.io/name": "argocd.argoproj.io" },
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"meta.helm.sh/release-name": "shop"}' },
      }),
    ).toBeUndefined();
    expect(ownerTool(undefined)).toBeUndefined();
  });
});
