import { beforeEach, describe, expect, it } from "vitest";
import type { Deployment, Pod } from "../../../functions/shared/kubernetes/types.ts";
import { DEPLOYMENTS, PODS } from "../../../local/embedded/kinds.ts";
import { Store, type Change } from "../../../local/embedded/store.ts";
import { ManualClock } from "../../support/manual-clock.ts";

let clock: ManualClock;
let store: Store;
let changes: Change[];

beforeEach(() => {
  clock = new ManualClock();
  store = new Store(clock);
  changes = [];
  store.onChange((change) => changes.push(change));
});

const place = { namespace: "shop", name: "web" };

function deployment(replicas = 2, finalizers?: string[]): Deployment {
  const containers = [{ name: "app", image: "shop/web:1" }];
  return {
    metadata: { ...place, ...(finalizers === undefined ? {} : { finalizers }) },
    spec: { replicas, selector: {}, template: { spec: { containers } } },
  };
}

function pod(nodeName?: string): Pod {
  return { metadata: place, spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) } };
}

describe("an object", () => {
  it("gets a uid, the clock's time, a resource version and generation 1", () => {
    const { metadata } = store.create(DEPLOYMENTS, deployment());

    expect(metadata).toMatchObject({ creationTimestamp: "2026-06-01T12:00:00Z", generation: 1 });
    expect(metadata?.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(metadata?.resourceVersion).toBe(store.version);
  });

  it("gets the next generation when its spec changes, and none when only its status or its labels do", () => {
    store.create(DEPLOYMENTS, deployment());
    store.change<Deployment>(
      DEPLOYMENTS,
      place,
      (object) => (object.metadata = { ...object.metadata, labels: { a: "b" } }),
    );
    store.change<Deployment>(DEPLOYMENTS, place, (object) => (object.status = { replicas: 1 }), { status: true });
    expect(store.get(DEPLOYMENTS, "shop", "web").metadata?.generation).toBe(1);

    store.change<Deployment>(DEPLOYMENTS, place, (object) => Object.assign(object, { spec: deployment(3).spec }));
    expect(store.get(DEPLOYMENTS, "shop", "web").metadata?.generation).toBe(2);
  });

  it("stays of its generation when it is given to a node, as a pod is", () => {
    store.create(PODS, pod());
    store.change<Pod>(PODS, place, (object) => Object.assign(object, { spec: pod("worker-1").spec }));
    expect(store.get(PODS, "shop", "web").metadata?.generation).toBe(1);
  });

  it("keeps its status when the rest of it is written, and the rest when its status is", () => {
    store.create(DEPLOYMENTS, deployment());
    store.update(DEPLOYMENTS, { ...deployment(9), status: { replicas: 1 } }, { status: true });
    expect(store.get<Deployment>(DEPLOYMENTS, "shop", "web").spec?.replicas).toBe(2);

    store.update(DEPLOYMENTS, { ...deployment(3), status: { replicas: 7 } });

    expect(store.get<Deployment>(DEPLOYMENTS, "shop", "web")).toMatchObject({
      spec: { replicas: 3 },
      status: { replicas: 1 },
    });
  });

  it("is a Conflict to write over when it was changed since it was read", () => {
    const old = store.create(DEPLOYMENTS, deployment());
    store.update(DEPLOYMENTS, deployment(3));

    expect(() => store.update(DEPLOYMENTS, old)).toThrow(
      'Operation cannot be fulfilled on deployments.apps "web": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  it("is not changed by whoever holds what was read", () => {
    store.create(DEPLOYMENTS, deployment());
    const read = store.get<Deployment>(DEPLOYMENTS, "shop", "web");
    Object.assign(read.spec ?? {}, { replicas: 99 });

    expect(store.get<Deployment>(DEPLOYMENTS, "shop", "web").spec?.replicas).toBe(2);
  });

  it("is written without a new version or a change to tell of when nothing is different", () => {
    const created = store.create(DEPLOYMENTS, deployment());
    store.update(DEPLOYMENTS, created);

    expect(store.version).toBe(created.metadata?.resourceVersion);
    expect(changes.map(({ type }) => type)).toEqual(["ADDED"]);
  });

  it("is neither kept nor told of in a dry run", () => {
    store.create(DEPLOYMENTS, deployment(), { dryRun: true });
    expect(store.find(DEPLOYMENTS, "shop", "web")).toBeUndefined();

    store.create(DEPLOYMENTS, deployment());
    store.update(DEPLOYMENTS, deployment(5), { dryRun: true });
    store.delete(DEPLOYMENTS, "shop", "web", { dryRun: true });
    expect(store.get<Deployment>(DEPLOYMENTS, "shop", "web").spec?.replicas).toBe(2);
    expect(changes.map(({ type }) => type)).toEqual(["ADDED"]);
  });
});

describe("deleting", () => {
  it("removes an object at once that nothing keeps", () => {
    store.create(DEPLOYMENTS, deployment());
    store.delete(DEPLOYMENTS, "shop", "web");

    expect(store.find(DEPLOYMENTS, "shop", "web")).toBeUndefined();
    expect(changes.map(({ type }) => type)).toEqual(["ADDED", "DELETED"]);
  });

  it("keeps an object with a finalizer, as being deleted, until the last finalizer is taken away", () => {
    store.create(DEPLOYMENTS, deployment(2, ["shop.example.com/drain"]));
    store.delete(DEPLOYMENTS, "shop", "web");
    expect(store.get(DEPLOYMENTS, "shop", "web").metadata).toMatchObject({
      deletionTimestamp: "2026-06-01T12:00:00Z",
      generation: 2,
    });

    store.change(DEPLOYMENTS, place, (object) => (object.metadata = { ...object.metadata, finalizers: [] }));
    expect(store.find(DEPLOYMENTS, "shop", "web")).toBeUndefined();
  });

  it("removes a pod at once that runs nowhere", () => {
    store.create(PODS, pod());
    store.delete(PODS, "shop", "web");

    expect(store.find(PODS, "shop", "web")).toBeUndefined();
  });

  it("gives a pod on a node its grace period, which can be shortened and not be made longer", () => {
    store.create(PODS, pod("node-0"));
    store.delete(PODS, "shop", "web");
    expect(store.get(PODS, "shop", "web").metadata).toMatchObject({
      deletionTimestamp: "2026-06-01T12:00:30Z",
      deletionGracePeriodSeconds: 30,
    });

    store.delete(PODS, "shop", "web", { gracePeriodSeconds: 5 });
    store.delete(PODS, "shop", "web", { gracePeriodSeconds: 60 });
    expect(store.get(PODS, "shop", "web").metadata?.deletionTimestamp).toBe("2026-06-01T12:00:05Z");

    store.delete(PODS, "shop", "web", { gracePeriodSeconds: 0 });
    expect(store.find(PODS, "shop", "web")).toBeUndefined();
  });

  it.each([
    [{ uid: "another" }, "the UID in the precondition (another) does not match the UID in record"],
    [
      { resourceVersion: "1" },
      "the ResourceVersion in the precondition (1) does not match the ResourceVersion in record",
    ],
  ])("is a Conflict when the precondition %o does not hold", (preconditions, why) => {
    store.create(PODS, pod());

    expect(() => store.delete(PODS, "shop", "web", { preconditions })).toThrow(why);
    expect(store.find(PODS, "shop", "web")).toBeDefined();
  });

  it("waits for dependents when that is asked for", () => {
    store.create(DEPLOYMENTS, deployment());
    store.delete(DEPLOYMENTS, "shop", "web", { propagationPolicy: "Foreground" });

    expect(store.get(DEPLOYMENTS, "shop", "web").metadata?.finalizers).toEqual(["foregroundDeletion"]);
  });
});
