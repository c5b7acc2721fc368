import { describe, expect, it } from "vitest";
import { customOwnerLines } from "../../../functions/classify/custom-owner-lines.ts";
import type { CustomResource } from "../../../functions/facts/custom-owners.ts";
import { writtenBy } from "../../support/field-writers.ts";

const SINCE = "2026-06-01T11:30:00Z";

/** What is told of Storefront web. */
function told(object: CustomResource): string[] {
  const intro = "Storefront web, which owns it, ";
  const lines = customOwnerLines([{ kind: "Storefront", name: "web", state: "there", object }]);
  expect(lines.every((line) => line.startsWith(intro))).toBe(true);
  return lines.map((line) => line.slice(intro.length));
}

const withConditions = (...conditions: unknown[]) => told({ status: { conditions } });

describe("what is told of a custom resource that owns a workload", () => {
  it("are the conditions that say that something is wrong, as they say it", () => {
    const ready = { type: "Ready", status: "False", reason: "Stuck", message: "no image", lastTransitionTime: SINCE };

    expect(withConditions(ready, { type: "Synced", status: "True" })).toEqual([
      `has Ready=False since ${SINCE} (Stuck: no image)`,
    ]);
    expect(withConditions({ type: "Available", status: "Unknown" })).toEqual(["has Available=Unknown"]);
    expect(withConditions({ type: "NotReady", status: "True" })).toEqual(["has NotReady=True"]);
    expect(withConditions({ type: "NoWarnings", status: "False" })).toEqual(["has NoWarnings=False"]);
    expect(withConditions({ type: "Degraded", status: "True", reason: "Crash" })).toEqual([
      "has Degraded=True (Crash)",
    ]);
  });

  it.each([
    ["ReconcileError", "False"],
    ["Degraded", "False"],
    ["Stalled", "Unknown"],
    ["Progressing", "False"],
    ["Paused", "False"],
    ["Issuing", "False"],
    ["CatalogSourcesUnhealthy", "False"],
    ["NoWarnings", "True"],
    ["Ready", "True"],
  ])("is nothing where %s is %s", (type, status) => {
    expect(withConditions({ type, status })).toEqual([]);
  });

  it("is its phase where no condition says what is wrong", () => {
    expect(told({ status: { phase: "Failed" } })).toEqual(["is in phase Failed"]);
    expect(told({ status: { phase: "Failed", conditions: [{ type: "Ready", status: "False" }] } })).toEqual([
      "has Ready=False",
    ]);
  });

  it("is a change that its operator has not taken up", () => {
    const behind = (observedGeneration: number) =>
      told({ metadata: { generation: 4 }, status: { observedGeneration } });

    expect(behind(3)).toEqual(["has a change that its operator has not taken up: its status is of an earlier one"]);
    expect(behind(4)).toEqual([]);
  });

  it("is who wrote to its spec last, when, and which fields of it are that writer's", () => {
    const metadata = writtenBy(
      ["kubectl-create", { "f:spec": { "f:replicas": {} } }, { at: "2026-06-01T10:00:00Z" }],
      ["console", { "f:spec": { ".": {}, "f:version": {}, "f:image": { "f:tag": {} } } }, { at: SINCE }],
      ["shop-operator", { "f:status": { "f:phase": {} } }, { at: "2026-06-01T11:55:00Z" }],
    );

    expect(told({ metadata })).toEqual([
      "has by its managed fields a spec that console was the last to write, at 2026-06-01T11:30:00.000Z (version, image)",
    ]);
  });

  it.each([
    ["no status", {}],
    ["a status that is a text", { status: "well" }],
    ["conditions that are none", { status: { conditions: "none" } }],
    ["a condition that is none", { status: { conditions: [null, 7, { type: 1, status: [] }] } }],
  ])("is nothing of %s", (_what, object: CustomResource) => {
    expect(told(object)).toEqual([]);
  });

  it("keeps the conditions that are some, whatever the others are", () => {
    expect(withConditions(null, { type: "Ready", status: "False", message: 7 })).toEqual(["has Ready=False"]);
  });

  it("is that it is gone, or was not read, and why", () => {
    const owner = { kind: "Storefront", name: "web" };

    expect(
      customOwnerLines([
        { ...owner, state: "gone" },
        { ...owner, state: "unread", why: "forbidden" },
        { ...owner, state: "unread", why: "no answer" },
      ]),
    ).toEqual([
      "Storefront web, which owns it, is gone, or was made anew",
      "Storefront web, which owns it, was not read: the role of classify lacks the permission, which `npm run rbac -- --custom-resource` prints",
      "Storefront web, which owns it, was not read: the API server did not answer with it",
    ]);
  });
});
