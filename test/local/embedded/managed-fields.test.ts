import { beforeEach, expect, it } from "vitest";
import type { StatefulSet } from "../../../functions/shared/kubernetes/types.ts";
import { STATEFUL_SETS } from "../../../local/embedded/kinds.ts";
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

const written = () =>
  store.get<StatefulSet>(STATEFUL_SETS, "shop", "db").metadata?.managedFields?.map(({ subresource, time }) => ({
    subresource,
    time,
  }));

it("an object tells since when its status is as it is, whatever else is written", () => {
  expect(written()).toBeUndefined();
  clock.pass(10);
  writeStatus(1);
  clock.pass(10);
  writeStatus(1);
  store.change(STATEFUL_SETS, place, (object) => (object.spec = { replicas: 3 }));
  store.update(STATEFUL_SETS, { metadata: { ...place, managedFields: [] }, spec: { replicas: 4 } });

  expect(written()).toEqual([{ subresource: "status", time: "2026-06-01T12:00:10Z" }]);
});

it("an object tells since when its scale is as it is, beside its status", () => {
  writeStatus(1);
  clock.pass(10);
  const scaleTo = (replicas: number) =>
    store.update(STATEFUL_SETS, { metadata: place, spec: { replicas } }, { scale: true });
  scaleTo(3);
  clock.pass(10);
  scaleTo(3);

  expect(written()).toEqual([
    { subresource: "status", time: "2026-06-01T12:00:00Z" },
    { subresource: "scale", time: "2026-06-01T12:00:10Z" },
  ]);
});
