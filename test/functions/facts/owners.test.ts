import { describe, expect, it } from "vitest";
import { ownerOf } from "../../../functions/facts/owners.ts";
import type { ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { fieldsBy, writtenBy } from "../../support/field-writers.ts";

const TEMPLATE = [["spec", "template"]];
const IMAGE = { "f:spec": { "f:template": { "f:spec": { "f:containers": {} } } } };
const REPLICAS = { "f:spec": { "f:replicas": {} } };

/** What is said to do about the owner of an object in namespace `shop`. */
function advice(metadata: ObjectMeta, wanted: "going back" | "a change" = "going back"): string | undefined {
  return ownerOf(metadata, TEMPLATE)?.advice({ namespace: "shop", metadata, wanted });
}

describe("the owner of an object", () => {
  it.each<[string, ObjectMeta]>([
    ["Argo CD", { labels: { "argocd.argoproj.io/instance": "shop" } }],
    ["Argo CD", { annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web" } }],
    ["Argo CD", { labels: { "app.kubernetes.io/instance": "shop" }, ...fieldsBy("argocd-controller", IMAGE) }],
    ["Argo CD", fieldsBy("argocd-application-controller", IMAGE)],
    ["Flux", { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } }],
    ["Flux", { labels: { "helm.toolkit.fluxcd.io/name": "shop" } }],
    ["Flux", fieldsBy("kustomize-controller", IMAGE)],
    ["Helm", { annotations: { "meta.helm.sh/release-name": "shop" } }],
    ["Helm", fieldsBy("helm", IMAGE)],
    ["KEDA", { labels: { "scaledobject.keda.sh/name": "web" } }],
    ["Operator Lifecycle Manager", { labels: { "olm.owner": "shop.v1" } }],
    ["Rancher Fleet", { labels: { "fleet.cattle.io/bundle-id": "shop" } }],
    [
      "Rancher Fleet",
      {
        labels: { "objectset.rio.cattle.io/hash": "0a" },
        annotations: { "objectset.rio.cattle.io/id": "default-fleet-shop" },
      },
    ],
    ["Rancher", { labels: { "objectset.rio.cattle.io/hash": "0a" } }],
    ["Config Sync", { annotations: { "configmanagement.gke.io/managed": "enabled" } }],
    ["Config Sync", { labels: { "app.kubernetes.io/managed-by": "configmanagement.gke.io" } }],
    ["kapp", { labels: { "kapp.k14s.io/app": "1" } }],
    ["Crossplane", { labels: { "crossplane.io/composite": "shop" } }],
    ["KubeVela", { labels: { "app.oam.dev/name": "shop" } }],
    ["Amazon EKS", { labels: { "eks.amazonaws.com/component": "coredns" } }],
    ["Amazon EKS", fieldsBy("eks", IMAGE)],
    ["the cluster's add-on manager", { labels: { "addonmanager.kubernetes.io/mode": "Reconcile" } }],
    ["Terraform", fieldsBy("Terraform", IMAGE)],
    ["Terraform", fieldsBy("HashiCorp", IMAGE)],
    ["Pulumi", fieldsBy("pulumi-kubernetes-3fa2", IMAGE)],
    ["shop-operator", fieldsBy("shop-operator", IMAGE)],
    ["rollouts-controller", fieldsBy("rollouts-controller", IMAGE)],
    ["manager", fieldsBy("manager", IMAGE)],
    ["example-operator", { labels: { "app.kubernetes.io/managed-by": "example-operator" } }],
  ])("is %s by %o", (name, metadata) => {
    expect(ownerOf(metadata, TEMPLATE)).toMatchObject({ name });
  });

  it.each<[string, ObjectMeta]>([
    ["what kubectl wrote", fieldsBy("kubectl-client-side-apply", IMAGE)],
    ["what the control plane wrote", fieldsBy("kube-controller-manager", IMAGE)],
    ["what a client library wrote", fieldsBy("OpenAPI-Generator", IMAGE)],
    ["a controller that writes another field", fieldsBy("shop-operator", REPLICAS)],
    [
      "the controller of a Rollout, which writes all of it anew for its note of the revision",
      writtenBy(["rollouts-controller", IMAGE], ["rollouts-controller", {}, { subresource: "status" }]),
    ],
    ["a controller that writes the status alone", fieldsBy("argocd-controller", IMAGE, { subresource: "status" })],
    [
      "labels that every chart sets",
      { labels: { "app.kubernetes.io/instance": "a", "app.kubernetes.io/managed-by": "Helm" } },
    ],
    ["a tool that was told to leave it", { annotations: { "configmanagement.gke.io/managed": "disabled" } }],
    ["an add-on that is only made once", { labels: { "addonmanager.kubernetes.io/mode": "EnsureExists" } }],
    ["an owner that only collects its garbage", { ownerReferences: [owner("v1", "ConfigMap", "shop", false)] }],
    [
      "what another tool's mark is quoted in",
      { annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"meta.helm.sh/release-name": "shop"}' } },
    ],
  ])("is nobody by %s", (_what, metadata) => {
    expect(ownerOf(metadata, TEMPLATE)).toBeUndefined();
  });

  it("is nobody where nothing is known of the object", () => {
    expect(ownerOf(undefined, TEMPLATE)).toBeUndefined();
  });

  it("is the controller that its references name, before any tool's mark", () => {
    const metadata = {
      annotations: { "meta.helm.sh/release-name": "shop" },
      ownerReferences: [owner("shop.example.com/v1", "Storefront", "web", true)],
    };

    expect(ownerOf(metadata, TEMPLATE)).toMatchObject({ name: "Storefront web" });
    expect(ownerOf(metadata, TEMPLATE)?.tool).toBeUndefined();
    expect(advice(metadata)).toContain("`kubectl -n shop edit storefront.v1.shop.example.com web`");
  });

  it("is a custom resource also where its operator leaves out that it is the controller", () => {
    const metadata = { ownerReferences: [owner("shop.example.com/v1", "Storefront", "web", false)] };

    expect(ownerOf(metadata, TEMPLATE)).toMatchObject({ name: "Storefront web" });
  });

  it("is KEDA for what a ScaledObject controls, whatever marks it hands on", () => {
    const metadata = {
      labels: { "argocd.argoproj.io/instance": "shop" },
      ownerReferences: [owner("keda.sh/v1alpha1", "ScaledObject", "orders", true)],
    };

    expect(ownerOf(metadata, TEMPLATE)).toMatchObject({ name: "KEDA" });
    expect(advice(metadata, "a change")).toContain("`kubectl -n shop edit scaledobject orders`");
  });

  it("is the tool that drives Helm, when both left their marks", () => {
    const annotations = { "meta.helm.sh/release-name": "shop" };

    expect(ownerOf({ annotations, labels: { "helm.toolkit.fluxcd.io/name": "shop" } }, TEMPLATE)).toMatchObject({
      name: "Flux",
    });
    expect(
      ownerOf({ annotations: { ...annotations, "argocd.argoproj.io/tracking-id": "shop" } }, TEMPLATE),
    ).toMatchObject({ name: "Argo CD" });
  });
});

describe("what to do about an owner", () => {
  it.each<[ObjectMeta, string]>([
    [
      { annotations: { "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "releases" } },
      "`helm rollback web -n releases`",
    ],
    [{ annotations: { "meta.helm.sh/release-name": "web" } }, "`helm rollback web -n shop`"],
    [fieldsBy("helm", IMAGE), "`helm rollback`"],
    [
      { annotations: { "argocd.argoproj.io/tracking-id": "team-a_web:apps/Deployment:shop/web" } },
      "`argocd app rollback web`",
    ],
    [{ labels: { "argocd.argoproj.io/instance": "web" } }, "`argocd app rollback web`"],
    [
      { labels: { "kustomize.toolkit.fluxcd.io/name": "web", "kustomize.toolkit.fluxcd.io/namespace": "flux-system" } },
      "`flux reconcile kustomization web -n flux-system --with-source`",
    ],
    [
      { labels: { "helm.toolkit.fluxcd.io/name": "web", "helm.toolkit.fluxcd.io/namespace": "shop" } },
      "`flux reconcile helmrelease web -n shop --with-source`",
    ],
  ])("names what %o gives", (metadata, command) => {
    expect(advice(metadata)).toContain(command);
  });

  it("leaves out of a command whatever could be read as more than a name", () => {
    const metadata = { annotations: { "meta.helm.sh/release-name": "web; kubectl delete ns shop" } };

    expect(advice(metadata)).toContain("`helm rollback`");
    expect(advice(metadata)).not.toContain("delete");
  });

  it("is not to go back where something else is wanted", () => {
    const metadata = { annotations: { "meta.helm.sh/release-name": "web" } };

    expect(advice(metadata, "a change")).toBe("Change it in the release's values: `helm upgrade web -n shop`.");
  });
});

function owner(apiVersion: string, kind: string, name: string, controller: boolean) {
  return { apiVersion, kind, name, uid: `${kind}-uid`, controller };
}
