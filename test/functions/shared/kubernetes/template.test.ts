import { describe, expect, it } from "vitest";
import {
  POD_TEMPLATE_HASH,
  templateHash,
  templateWithoutLabel,
} from "../../../../functions/shared/kubernetes/template.ts";
import type { PodTemplate } from "../../../../functions/shared/kubernetes/types.ts";
import { template } from "../../../support/objects.ts";

function marked(metadata: PodTemplate["metadata"]): PodTemplate {
  const { metadata: own, ...rest } = template();
  return { ...rest, metadata: { ...own, ...metadata } };
}

const HASH = { "pod-template-hash": "7d4b9c" };
const RESTARTED = { "kubectl.kubernetes.io/restartedAt": "2026-06-01T11:00:00Z" };

describe("two pod templates", () => {
  it.each<[string, PodTemplate]>([
    ["the controller's label", marked({ labels: { app: "web", ...HASH } })],
    ["a restart by kubectl", marked({ annotations: RESTARTED })],
    ["an empty map of annotations", marked({ annotations: {} })],
    ["a null that the API server drops", marked({ creationTimestamp: null } as never)],
    ["the order of their fields", { spec: { containers: [{ image: "shop/web:1", name: "app" }] }, ...template() }],
  ])("run the same when they differ in %s only", (_what, other) => {
    expect(templateHash(other)).toBe(templateHash(template()));
  });

  it.each<[string, PodTemplate]>([
    ["image", template("shop/web:2")],
    ["label", marked({ labels: { app: "web", tier: "front" } })],
    ["annotation", marked({ annotations: { ...RESTARTED, "config-hash": "1" } })],
    ["container more", { ...template(), spec: { containers: [{ name: "proxy" }, { name: "app" }] } }],
  ])("do not run the same when they differ in one %s", (_what, other) => {
    expect(templateHash(other)).not.toBe(templateHash(template()));
  });

  it("do not run the same when their containers have another order, in which the kubelet starts them", () => {
    const of = (...names: string[]): PodTemplate => ({ spec: { containers: names.map((name) => ({ name })) } });

    expect(templateHash(of("app", "proxy"))).not.toBe(templateHash(of("proxy", "app")));
  });
});

describe("a template from a ReplicaSet", () => {
  it("goes into the Deployment without the controller's label, and otherwise as it was", () => {
    const held = marked({ labels: { app: "web", ...HASH }, annotations: { ...RESTARTED, "config-hash": "1" } });

    expect(templateWithoutLabel(held, POD_TEMPLATE_HASH)).toEqual(
      marked({ annotations: { ...RESTARTED, "config-hash": "1" } }),
    );
  });
});
