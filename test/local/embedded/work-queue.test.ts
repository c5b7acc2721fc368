import { setImmediate as nextRound } from "node:timers/promises";
import { expect, it } from "vitest";
import { notFound } from "../../../local/embedded/api-error.ts";
import { addNodes, startControllers } from "../../../local/embedded/cluster.ts";
import type { Clock } from "../../../local/embedded/clock.ts";
import { PODS } from "../../../local/embedded/kinds.ts";
import { WorkQueue } from "../../../local/embedded/work-queue.ts";
import { admittingStore } from "../../../local/embedded/admission.ts";
import { ManualClock } from "../../support/manual-clock.ts";

/** A clock that knows how many callbacks it owes. */
class CountingClock extends ManualClock implements Clock {
  owed = 0;

  override after(seconds: number, callback: () => void): () => void {
    this.owed++;
    let open = true;
    const done = () => {
      if (open) this.owed--;
      open = false;
    };
    const cancel = super.after(seconds, () => {
      done();
      callback();
    });
    return () => {
      done();
      cancel();
    };
  }
}

it("works on a key once, however often it is added, and never from within the call", async () => {
  const worked: string[] = [];
  const queue = new WorkQueue(new ManualClock(), (key) => {
    worked.push(key);
    if (worked.length === 1) queue.add("b");
    return undefined;
  });
  queue.add("a");
  queue.add("a");
  expect(worked).toEqual([]);
  await nextRound();
  expect(worked).toEqual(["a"]);
  await nextRound();
  expect(worked).toEqual(["a", "b"]);
});

it("works on a key again after the time that it asks for, unless that changes", async () => {
  const clock = new ManualClock();
  const waits = [10, 2, undefined];
  let times = 0;
  const queue = new WorkQueue(clock, () => waits[times++]);
  queue.add("a");
  await nextRound();
  queue.add("a");
  await nextRound();
  expect(times).toBe(2);
  clock.pass(3);
  await nextRound();
  expect(times).toBe(3);
  clock.pass(60);
  await nextRound();
  expect(times).toBe(3);
});

it("tries what the API refuses again, later and later", async () => {
  const clock = new ManualClock();
  let times = 0;
  const queue = new WorkQueue(clock, () => {
    times++;
    throw notFound(PODS, "web");
  });
  queue.add("a");
  for (let second = 0; second < 30; second++) {
    for (let tenth = 0; tenth < 10; tenth++) {
      await nextRound();
      clock.pass(0.1);
    }
  }
  // After 0.1, 0.3, 0.7, 1.5, 3.1, 6.3, 12.7 and 25.5 seconds.
  expect(times).toBe(9);
});

it("leaves no timer when the controllers are stopped", async () => {
  const clock = new CountingClock();
  const store = admittingStore(clock);
  const { stop } = startControllers(store);
  addNodes(store, 2);
  const containers = [{ name: "app", image: "shop/web:1" }];
  store.create(PODS, { metadata: { name: "one", namespace: "default" }, spec: { containers } });
  await nextRound();
  await nextRound();
  expect(clock.owed).toBeGreaterThan(0);

  stop();
  expect(clock.owed).toBe(0);
  const { version } = store;
  clock.pass(60);
  await nextRound();
  expect(store.version).toBe(version);
});
