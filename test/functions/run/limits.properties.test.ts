import fc from "../../support/properties.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { acquire, release } from "../../../functions/claim/claim.ts";
import { beginRemedy } from "../../../functions/run/begin-remedy.ts";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import { HISTORY_ANNOTATION } from "../../../functions/run/lease.ts";
import { HeldBack } from "../../../functions/run/take-place.ts";
import type { Cluster } from "../../../functions/shared/cluster/cluster.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import { isRemediationError, RemediationError } from "../../../functions/shared/errors.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { startAdmittingCluster } from "../../support/admitting-cluster.ts";
import { workload } from "../../support/claims.ts";
import type { ManualClock } from "../../support/manual-clock.ts";
import { incident, policy } from "../../support/objects.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";

const LEASES = paths.leases(CLAIM_NAMESPACE);
const CONCURRENT = 2;
const rules = policy({ limits: { concurrent: CONCURRENT, canary: false } });

let clock: ManualClock;
let cluster: Cluster;
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ clock, cluster, stop } = await startAdmittingCluster());
});
afterAll(() => stop());

/** Makes every request wait for its turn, which the scheduler gives. The answer of some is lost after they were carried out. */
function inTurns(schedule: (label: string) => Promise<void>, losses: boolean[]): Cluster {
  const turn = <Name extends "get" | "list" | "replace">(name: Name) =>
    (async (...args: Parameters<Cluster[Name]>) => {
      await schedule(name);
      const answer: unknown = await (cluster[name] as (...all: unknown[]) => Promise<unknown>).apply(cluster, args);
      if (losses.shift() === true) throw new RemediationError("ClusterUnavailable", "Its answer was lost.");
      return answer;
    }) as Cluster[Name];
  return Object.assign(Object.create(cluster) as Cluster, {
    get: turn("get"),
    list: turn("list"),
    replace: turn("replace"),
  });
}

/** The workloads with a remedy that their holder has begun, as one look at the API server shows them. */
async function underWay(): Promise<string[]> {
  const leases = await cluster.list<Lease>(LEASES);
  return leases
    .filter(({ metadata, spec }) => {
      const history = JSON.parse(metadata?.annotations?.[HISTORY_ANNOTATION] ?? "[]") as HistoryEntry[];
      const holder = spec?.holderIdentity;
      return history.some(({ execution, outcome }) => outcome === "Unfinished" && execution === holder);
    })
    .map(({ metadata }) => metadata?.name ?? "");
}

async function startAnew(): Promise<void> {
  for (const { metadata } of await cluster.list<Lease>(LEASES)) {
    await cluster.delete(`${LEASES}/${metadata?.name ?? ""}`, { uid: metadata?.uid ?? "" });
  }
}

/** One workload's part of an execution: its remedy's step, tried again where its answer was lost, and its release. */
async function remedied(name: string, losses: boolean[], schedule: (label: string) => Promise<void>): Promise<boolean> {
  const of = { workload: workload(name), holder: `run-${name}`, now: clock.now() };
  const claim = await acquire(cluster, { ...of, dryRun: false, policy: rules });
  const run = claimedRun({
    ...{ claim, diagnosis: diagnosis(), incident: incident({ workload: of.workload }) },
    execution: { id: of.holder, name: of.holder },
  });
  const turns = inTurns(schedule, losses);
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        await beginRemedy(turns, run, clock.now(), rules);
        const busy = await underWay();
        expect(busy).toContain(`deployment.shop.${name}`);
        expect(busy.length).toBeLessThanOrEqual(CONCURRENT);
        return true;
      } catch (error) {
        if (error instanceof HeldBack) return false;
        if (!isRemediationError(error, "ClusterUnavailable", "ObjectChanged")) throw error;
      }
    }
    return false;
  } finally {
    await schedule("release");
    await released(of);
  }
}

/** Tried again by the state machine, as long as somebody edits the claim at the same moment. */
async function released(of: Parameters<typeof release>[1]): Promise<void> {
  for (;;) {
    try {
      await release(cluster, of, undefined);
      return;
    } catch (error) {
      if (!isRemediationError(error, "ObjectChanged")) throw error;
    }
  }
}

/** Somebody labels claims while executions are at work. */
async function edits(names: string[], schedule: (label: string) => Promise<void>): Promise<void> {
  for (const [index, name] of names.entries()) {
    await schedule("edit");
    const path = `${LEASES}/deployment.shop.${name}`;
    const lease = await cluster.get<Lease>(path).catch(() => undefined);
    if (lease === undefined) continue;
    const labels = { ...lease.metadata?.labels, edited: `${index}` };
    await cluster.replace(path, { ...lease, metadata: { ...lease.metadata, labels } }).catch(() => undefined);
  }
}

const NAMES = ["a", "b", "c", "d", "e"];

describe("remedies of executions that overlap in any way", () => {
  it("are never more at a time than the policy allows, whatever is lost, tried again or edited", async () => {
    const drawn = fc.record({
      losses: fc.array(fc.array(fc.boolean(), { maxLength: 8 }), { minLength: NAMES.length, maxLength: NAMES.length }),
      edited: fc.array(fc.constantFrom(...NAMES), { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), drawn, async (scheduler, { losses, edited }) => {
        await startAnew();
        const schedule = (label: string) => scheduler.schedule(Promise.resolve(), label);
        const all = [
          ...NAMES.map((name, index) => remedied(name, [...(losses[index] ?? [])], schedule)),
          edits(edited, schedule),
        ];
        await scheduler.waitFor(Promise.all(all));
        expect(await underWay()).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("begin as many as the policy allows when all ask at once, and nothing is lost", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        await startAnew();
        let asked = 0;
        let allAsked = () => {};
        const held = new Promise<void>((resolve) => (allAsked = resolve));
        // Nobody gives a claim back before everybody has asked.
        const schedule = async (label: string) => {
          if (label === "release" && ++asked === NAMES.length) allAsked();
          await (label === "release" ? held : scheduler.schedule(Promise.resolve(), label));
        };
        const begun = await scheduler.waitFor(Promise.all(NAMES.map((name) => remedied(name, [], schedule))));

        expect(begun.filter(Boolean)).toHaveLength(CONCURRENT);
      }),
      { numRuns: 30 },
    );
  });
});
