import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { restart } from "../../../../functions/remedies/restart/carry-out.ts";
import type { RestartChange, RestartPlan } from "../../../../functions/remedies/restart/contract.ts";
import { ApiServer, BUDGET_EXHAUSTED, found, refusal } from "../../../support/api-server.ts";
import { WEB, ago, crashingPod, pod } from "../../../support/objects.ts";
import { writerFor } from "../../../support/writers.ts";

const PODS = "/api/v1/namespaces/shop/pods";
const OPTIONS = { dryRun: false, again: false, onlyFailing: true };
/** The change of a step that evicted these pods. */
const evicted = (...names: string[]) => ({ kind: "restart", mode: "evict", pods: names.map(target) }) as const;

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const target = (name: string) => ({ name, uid: `${name}-uid` });

/** Carries out a restart. */
function restarted(plan: RestartPlan, options: typeof OPTIONS & { before?: RestartChange }) {
  const { dryRun, again, onlyFailing, before } = options;
  return restart(writerFor(api.cluster(), WEB, plan, dryRun), plan, {
    mayBeOwn: () => Promise.resolve(again),
    requested: !onlyFailing,
    before,
  });
}

function evict(...names: string[]): RestartPlan {
  return { action: "restart", mode: "evict", pods: names.map(target) };
}

const cleanUp: RestartPlan = { ...evict("a"), mode: "clean_up" };

/** Pods that crash, and whose eviction is granted. */
function crashing(...names: string[]): void {
  for (const name of names) {
    api.on("GET", `${PODS}/${name}`, found(crashingPod({ name })));
    api.on("POST", `${PODS}/${name}/eviction`, { status: 201, body: {} });
  }
}

describe("a restart", () => {
  it("evicts one pod at a time, pinned by its UID, and the next one when it is carried out again", async () => {
    crashing("a", "b");

    const first = await restarted(evict("a", "b"), OPTIONS);
    expect(first).toEqual({
      replaced: [target("a")],
      gone: [],
      recovered: [],
      released: [],
      held: [],
      left: [target("b")],
    });
    expect(api.requests.map(({ path }) => path)).not.toContain(`${PODS}/b`);
    expect(await restarted(evict("a", "b"), { ...OPTIONS, before: evicted("a") })).toMatchObject({
      replaced: [target("a"), target("b")],
      left: [],
    });
    expect(api.writes.map(({ path, query, body }) => ({ path, query, body }))).toEqual(
      ["a", "b"].map((name) => ({
        path: `${PODS}/${name}/eviction`,
        query: {},
        body: expect.objectContaining({ deleteOptions: { preconditions: { uid: `${name}-uid` } } }) as object,
      })),
    );
  });

  it("in a dry run asks for every eviction without it happening", async () => {
    crashing("a", "b");
    await restarted(evict("a", "b"), { ...OPTIONS, dryRun: true });

    expect(api.writes).toMatchObject(
      ["a", "b"].map((name) => ({
        query: { dryRun: "All" },
        body: { deleteOptions: { dryRun: ["All"], preconditions: { uid: `${name}-uid` } } },
      })),
    );
  });

  it("leaves a pod alone that does not fail any more, unless a runbook named it", async () => {
    crashing("a");
    api.on("GET", `${PODS}/a`, found(pod({ name: "a" })));

    expect(await restarted(evict("a"), OPTIONS)).toMatchObject({ replaced: [], recovered: [target("a")] });
    expect(api.writes).toEqual([]);

    await restarted(evict("a"), { ...OPTIONS, onlyFailing: false });
    expect(api.writes).toHaveLength(1);
  });

  it.each([
    ["is gone", refusal(404, "pods not found")],
    ["is going", found({ ...crashingPod({}), metadata: { uid: "a-uid", deletionTimestamp: ago(1) } })],
    ["gave its name to another", found({ ...crashingPod({}), metadata: { name: "a", uid: "another-uid" } })],
  ])(
    "takes a pod that %s for its own work only when it was tried before, and writes nothing",
    async (_what, answer) => {
      api.on("GET", `${PODS}/a`, answer);

      const first = await restarted(evict("a"), OPTIONS);
      const second = await restarted(evict("a"), { ...OPTIONS, again: true });

      expect([first.gone, first.replaced]).toEqual([[target("a")], []]);
      expect([second.gone, second.replaced]).toEqual([[], [target("a")]]);
      expect(api.writes).toEqual([]);
    },
  );

  it.each([
    ["goes between the look and the eviction", refusal(404, "pods not found")],
    ["was replaced in between", refusal(409, "Precondition failed: UID in precondition: a-uid")],
  ])("does not take a pod for its own work that %s, and goes on", async (_what, answer) => {
    crashing("a", "b");
    api.on("POST", `${PODS}/a/eviction`, answer);

    expect(await restarted(evict("a", "b"), OPTIONS)).toMatchObject({
      gone: [target("a")],
      replaced: [target("b")],
    });
  });

  it.each([
    ["evict", evict("a")],
    ["delete", cleanUp],
  ])(
    "does not %s a pod that somebody took out of the workload, to look into it: nothing would make it anew",
    async (_how, plan) => {
      const { metadata, ...rest } =
        plan === cleanUp ? pod({ name: "a", status: { phase: "Failed" } }) : crashingPod({ name: "a" });
      const { ownerReferences: _released, ...released } = metadata ?? {};
      api.on("GET", `${PODS}/a`, found({ ...rest, metadata: { ...released, labels: { app: "debug" } } }));

      expect(await restarted(plan, OPTIONS)).toMatchObject({
        replaced: [],
        gone: [],
        released: [target("a")],
      });
      expect(api.writes).toEqual([]);
    },
  );

  it("is refused when a disruption budget holds the very first pod", async () => {
    crashing("a", "b");
    api.on("POST", `${PODS}/a/eviction`, BUDGET_EXHAUSTED);

    await expect(restarted(evict("a", "b"), OPTIONS)).rejects.toMatchObject({
      name: "DisruptionBudgetExhausted",
    });
    expect(api.writes).toHaveLength(1);
  });

  it("stops at the first pod that a disruption budget holds, and says which ones are left", async () => {
    crashing("a", "b", "c");
    api.on("POST", `${PODS}/b/eviction`, BUDGET_EXHAUSTED);

    expect(await restarted(evict("a", "b", "c"), { ...OPTIONS, before: evicted("a") })).toEqual({
      replaced: [target("a")],
      gone: [],
      recovered: [],
      released: [],
      held: [target("b"), target("c")],
      left: [],
    });
    expect(api.requests.map(({ path }) => path)).not.toContain(`${PODS}/c`);
  });

  it.each([
    [403, "Forbidden"],
    [429, "ClusterThrottled"],
    [503, "ClusterUnavailable"],
  ])("ends with the API server's refusal %i as the error %s", async (status, name) => {
    crashing("a");
    api.on("POST", `${PODS}/a/eviction`, refusal(status, "no"));

    await expect(restarted(evict("a"), OPTIONS)).rejects.toMatchObject({ name });
  });
});

describe("a clean-up", () => {
  it("deletes a pod that failed for good, pinned by its UID", async () => {
    api.on("GET", `${PODS}/a`, found(pod({ name: "a", status: { phase: "Failed" } })));
    api.on("DELETE", `${PODS}/a`, found({}));

    expect((await restarted(cleanUp, OPTIONS)).replaced).toEqual([target("a")]);
    expect(api.writes).toMatchObject([{ path: `${PODS}/a`, body: { preconditions: { uid: "a-uid" } } }]);
  });

  it("never deletes a pod that still runs, however it fails", async () => {
    crashing("a");

    expect(await restarted(cleanUp, { ...OPTIONS, onlyFailing: false })).toMatchObject({
      replaced: [],
      recovered: [target("a")],
    });
    expect(api.writes).toEqual([]);
  });
});

describe("a dry run of a clean-up", () => {
  it("says so in the body of the delete, which is all that the API server reads of one", async () => {
    api.on("GET", `${PODS}/a`, found(pod({ name: "a", status: { phase: "Failed" } })));
    api.on("DELETE", `${PODS}/a`, found({}));
    await restarted(cleanUp, { ...OPTIONS, dryRun: true });

    expect(api.writes).toMatchObject([{ body: { dryRun: ["All"], preconditions: { uid: "a-uid" } } }]);
  });
});

describe("a pod under two disruption budgets", () => {
  it("is one that no budget lets go, though the API server words it as its own failure", async () => {
    api.on("GET", `${PODS}/a`, found(crashingPod({ name: "a" })));
    api.on(
      "POST",
      `${PODS}/a/eviction`,
      refusal(500, "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support."),
    );

    await expect(restarted(evict("a"), OPTIONS)).rejects.toMatchObject({
      name: "DisruptionBudgetExhausted",
    });
  });
});
