import { beforeEach, describe, expect, it } from "vitest";
import type { StatefulSet } from "../../../functions/shared/kubernetes/types.ts";
import { customResource } from "../../../local/embedded/custom/definition.ts";
import { STATEFUL_SETS } from "../../../local/embedded/kinds.ts";
import type { Writer } from "../../../local/embedded/managed-fields.ts";
import { Store } from "../../../local/embedded/store.ts";
import { ManualClock } from "../../support/manual-clock.ts";

const place = { namespace: "shop", name: "db" };

let clock: ManualClock;
let store: Store;
beforeEach(() => {
  clock = new ManualClock();
  store = new Store(clock);
  store.create(STATEFUL_SETS, { metadata: place, spec: {} });
});

function writeStatus(readyReplicas: number): void {
  store.change(STATEFUL_SETS, place, (object) => (object.status = { readyReplicas }), { status: true });
}

const entries = () => store.get<StatefulSet>(STATEFUL_SETS, "shop", "db").metadata?.managedFields ?? [];
const written = () => entries().filter(({ subresource }) => subresource === "status");

it("an object tells since when its status is as it is, whatever else is written", () => {
  expect(written()).toEqual([]);
  clock.pass(10);
  writeStatus(1);
  clock.pass(10);
  writeStatus(1);
  store.change(STATEFUL_SETS, place, (object) => (object.spec = { replicas: 3 }));
  store.update(STATEFUL_SETS, { metadata: { ...place, managedFields: [] }, spec: { replicas: 4 } });

  expect(written()).toMatchObject([{ subresource: "status", time: "2026-06-01T12:00:10Z" }]);
});

describe("the fields of an object", () => {
  const by = (manager: string): { writer: Writer } => ({ writer: { manager, operation: "Update" } });
  const image = (value: string) => ({ template: { spec: { containers: [{ name: "app", image: value }] } } });
  const container = { 'k:{"name":"app"}': { ".": {}, "f:name": {}, "f:image": {} } };
  const writers = () =>
    entries().map(({ manager, time, fieldsV1 }) => ({ manager, time, fieldsV1: fieldsV1 as object }));

  beforeEach(() => {
    store.delete(STATEFUL_SETS, "shop", "db");
    store.create(STATEFUL_SETS, { metadata: place, spec: { replicas: 2, ...image("db:1") } }, by("helm"));
  });

  it("are those of who made it, and then of who gave them another value last", () => {
    clock.pass(10);
    store.change<StatefulSet>(
      STATEFUL_SETS,
      place,
      (object) => (object.spec = { ...object.spec, ...image("db:2") } as never),
      by("kubectl-set"),
    );

    const { "f:image": _theirs, ...left } = container['k:{"name":"app"}'];
    const template = (part: object) => ({
      "f:template": { "f:spec": { "f:containers": { 'k:{"name":"app"}': part } } },
    });
    expect(writers()).toEqual([
      {
        manager: "helm",
        time: "2026-06-01T12:00:00Z",
        fieldsV1: { "f:spec": { "f:replicas": {}, ...template(left) } },
      },
      { manager: "kubectl-set", time: "2026-06-01T12:00:10Z", fieldsV1: { "f:spec": template({ "f:image": {} }) } },
    ]);
  });

  it("stay whose they are when they are written as they were", () => {
    clock.pass(10);
    store.change<StatefulSet>(
      STATEFUL_SETS,
      place,
      (object) => (object.spec = { ...object.spec } as never),
      by("other"),
    );

    expect(writers()).toMatchObject([{ manager: "helm", time: "2026-06-01T12:00:00Z" }]);
  });

  it("are nobody's any more once they are gone", () => {
    store.change(STATEFUL_SETS, place, (object) => (object.spec = { replicas: 2 }), by("other"));

    expect(writers()).toMatchObject([{ manager: "helm", fieldsV1: { "f:spec": { "f:replicas": {} } } }]);
    expect(writers()).toHaveLength(1);
  });

  it("are all of those that it applies, for who applies", () => {
    const applied = { metadata: place, spec: { replicas: 2 } };
    store.change(STATEFUL_SETS, place, () => undefined, { writer: { manager: "flux", operation: "Apply", applied } });

    expect(writers()).toMatchObject([
      { manager: "helm" },
      { manager: "flux", fieldsV1: { "f:spec": { "f:replicas": {} } } },
    ]);
  });
});

describe("the fields of a custom object's status", () => {
  const ROLLOUTS = customResource({
    spec: {
      group: "argoproj.io",
      scope: "Namespaced",
      names: { kind: "Rollout", plural: "rollouts" },
      versions: [{ name: "v1alpha1", served: true, storage: true, subresources: { status: {} } }],
    },
  });
  if (ROLLOUTS === undefined) throw new Error("The kind is served.");
  const web = { namespace: "shop", name: "web" };
  const write = (manager: string, status: object) => {
    const writer: Writer = { manager, operation: "Update" };
    store.change(ROLLOUTS, web, (object) => (object.status = status), { status: true, writer });
  };
  const owned = () =>
    (store.get(ROLLOUTS, "shop", "web").metadata?.managedFields ?? [])
      .filter(({ subresource }) => subresource === "status")
      .map(({ manager, time, fieldsV1 }): unknown[] => [manager, time, fieldsV1]);

  it("are those of who gave them another value last, until they are gone", () => {
    store.create(ROLLOUTS, { metadata: web, spec: {} });
    write("controller", { phase: "Progressing" });
    clock.pass(10);
    write("eks-remediation", { phase: "Progressing", abort: true });
    clock.pass(10);
    write("controller", { phase: "Degraded", abort: true });
    const by = (time: string, fields: object) => [time, { "f:status": fields }];

    expect(owned()).toEqual([
      ["eks-remediation", ...by("2026-06-01T12:00:10Z", { "f:abort": {} })],
      ["controller", ...by("2026-06-01T12:00:20Z", { "f:phase": {} })],
    ]);

    store.change(ROLLOUTS, web, (object) => (object["spec"] = { replicas: 3 }));
    expect(owned()).toHaveLength(2);

    write("controller", { phase: "Degraded" });
    expect(owned()).toEqual([["controller", ...by("2026-06-01T12:00:20Z", { "f:phase": {} })]]);
  });
});
