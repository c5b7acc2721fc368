import { describe, expect, it } from "vitest";
import {
  assertHeld,
  assertNotTakenOver,
  assertOwnTurn,
  beginRemedy,
  mayBeOwn,
} from "../../../functions/run/begin-remedy.ts";
import { acquire, release } from "../../../functions/claim/claim.ts";
import { takeUp } from "../../../functions/claim/take-up.ts";
import { historyOf, leaseName } from "../../../functions/run/lease.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { FleetNow } from "../../../functions/run/fleet-hold.ts";
import type { HistoryEntry, WorkloadRun } from "../../../functions/run/contracts.ts";
import { isIneffective, sinceLastSuccess } from "../../../functions/run/history.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { asksOf } from "../../../functions/run/places.ts";
import { claimSeconds } from "../../../functions/run/pauses.ts";
import { admittingClusterForEach } from "../../support/admitting-cluster.ts";
import { policy, WEB } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const PATH = paths.lease(CLAIM_NAMESPACE, leaseName(WEB));

const at = admittingClusterForEach();

/** A run of that execution, which has claimed `shop/web` and is to roll it back. */
async function claimed(execution = "run-1"): Promise<WorkloadRun> {
  const claim = await acquire(at.cluster, {
    ...{ workload: WEB, holder: execution, dryRun: false },
    ...{ policy: policy(), now: at.clock.now() },
  });
  return claimedRun({ claim, diagnosis: diagnosis(), execution: { id: execution, name: execution } });
}

async function history(): Promise<HistoryEntry[]> {
  return historyOf(await at.cluster.get<Lease>(PATH));
}

const begun = { execution: "run-1", action: "rollback", outcome: "Unfinished", applied: true, template: "bbbb" };

describe("a remedy that begins", () => {
  it("is written into the claim, which stays the execution's own", async () => {
    await beginRemedy(at.cluster, await claimed(), at.clock.now(), policy());

    expect(await history()).toMatchObject([begun]);
    expect((await at.cluster.get<Lease>(PATH)).spec?.holderIdentity).toBe("run-1");
  });

  it("is written once, however often its step is tried", async () => {
    const run = await claimed();
    await beginRemedy(at.cluster, run, at.clock.now(), policy());
    const before = await history();
    at.clock.pass(10);
    await beginRemedy(at.cluster, run, at.clock.now(), policy());

    expect(await history()).toEqual(before);
  });

  it("is not begun while the fleet waits for another cluster, and goes on where it has begun", async () => {
    const signed = await claimed();
    const run = { ...signed, incident: { ...signed.incident, signs: ["run shop/web:2"] } };
    const begins = async (of: WorkloadRun, fleet?: FleetNow) => {
      const present = () => Promise.resolve(policy());
      await beginRemedy(at.cluster, of, at.clock.now(), policy(), present, () => Promise.resolve(fleet));
    };
    const fleet = { unreadable: "AccessDenied" };

    await expect(begins(run, fleet)).rejects.toMatchObject({ answer: { refusal: "FleetStorm" } });
    expect(await history()).toEqual([]);
    await begins(run);
    await expect(begins(run, fleet)).resolves.toBeUndefined();
    expect(await history()).toMatchObject([begun]);
  });

  it("takes no other cluster's place where it does not begin for another reason, and leaves nothing where there is none", async () => {
    const signed = await claimed();
    const run = { ...signed, incident: { ...signed.incident, signs: ["run shop/web:2"] } };
    const asked: string[] = [];
    const takePlace = (sign: string) => {
      asked.push(sign);
      return Promise.resolve(asked.length > 1);
    };
    const begins = async (present = policy()) => {
      const fleet = () => Promise.resolve({ storms: [], takePlace });
      await beginRemedy(at.cluster, run, at.clock.now(), present, () => Promise.resolve(present), fleet);
    };

    const stopped = { ...policy(), settings: { path: "/x", entries: [], stopped: {} } };
    await expect(begins(stopped)).rejects.toMatchObject({ answer: { refusal: "Stopped" } });
    expect(asked).toEqual([]);
    await expect(begins()).rejects.toMatchObject({ answer: { refusal: "FleetStorm" } });
    expect(await history()).toEqual([]);
    expect(asksOf(await at.cluster.get<Lease>(PATH))).toBeUndefined();
    await begins();
    expect(await history()).toMatchObject([begun]);
    // Once it has begun, it needs no place.
    await begins();
    expect(asked).toHaveLength(2);
  });

  it("is not begun where everything was stopped while it took its place", async () => {
    const signed = await claimed();
    const run = { ...signed, incident: { ...signed.incident, signs: ["run shop/web:2"] } };
    const stopped = { ...policy(), settings: { path: "/x", entries: [], stopped: {} } };
    let present = policy();
    const takePlace = () => {
      present = stopped;
      return Promise.resolve(true);
    };
    const fleet = () => Promise.resolve({ storms: [], takePlace });
    const begins = beginRemedy(at.cluster, run, at.clock.now(), policy(), () => Promise.resolve(present), fleet);

    await expect(begins).rejects.toMatchObject({ answer: { refusal: "Stopped" } });
    expect(await history()).toEqual([]);
    expect(asksOf(await at.cluster.get<Lease>(PATH))).toBeUndefined();
  });

  it("is not begun once everything is stopped, and nothing is written of it", async () => {
    const run = await claimed();
    const stopped = { ...policy(), settings: { path: "/x", entries: [], stopped: {} } };

    const begins = beginRemedy(at.cluster, run, at.clock.now(), stopped);
    await expect(begins).rejects.toMatchObject({ answer: { refusal: "Stopped" } });
    expect(await history()).toEqual([]);
  });

  it("goes on though everything is stopped, once it has begun; the next remedy is not begun", async () => {
    const run = await claimed();
    const stopped = { ...policy(), settings: { path: "/x", entries: [], stopped: {} } };
    await beginRemedy(at.cluster, run, at.clock.now(), policy());
    const restart = diagnosis({ remedy: { action: "restart", mode: "evict", pods: [{ name: "a", uid: "u" }] } });

    await expect(beginRemedy(at.cluster, run, at.clock.now(), stopped)).resolves.toMatchObject({ number: 2 });
    const next = beginRemedy(at.cluster, { ...run, diagnosis: restart }, at.clock.now(), stopped);
    await expect(next).rejects.toMatchObject({ answer: { refusal: "Stopped" } });
    expect(await history()).toMatchObject([begun]);
  });

  it("gives way to the second remedy of the same execution, and to how it ended", async () => {
    const run = await claimed();
    await beginRemedy(at.cluster, run, at.clock.now(), policy());
    const restart = diagnosis({ remedy: { action: "restart", mode: "evict", pods: [{ name: "a", uid: "u" }] } });
    await beginRemedy(at.cluster, { ...run, diagnosis: restart }, at.clock.now(), policy());
    expect(await history()).toMatchObject([{ action: "restart", outcome: "Unfinished" }]);

    const ended = {
      ...begun,
      at: at.clock.now().toISOString(),
      cause: "c",
      outcome: "Recovered",
      applied: true as const,
    };
    await release(at.cluster, { workload: WEB, holder: "run-1", now: at.clock.now() }, ended);
    expect(await history()).toEqual([ended]);
  });

  it("is forgotten when its execution has nothing to remember", async () => {
    await beginRemedy(at.cluster, await claimed(), at.clock.now(), policy());
    await release(at.cluster, { workload: WEB, holder: "run-1", now: at.clock.now() }, undefined);

    expect(await history()).toEqual([]);
  });

  it("is known to whoever takes the workload over from an execution that died, as one that did not help", async () => {
    const run = await claimed();
    await beginRemedy(at.cluster, run, at.clock.now(), policy());
    at.clock.pass((Date.parse(run.claim?.expires_at ?? "") - at.clock.now().getTime()) / 1_000 + 1);
    const { claim } = await claimed("run-2");

    const known = claim?.history ?? [];
    expect(known).toMatchObject([begun]);
    expect(sinceLastSuccess(known, "bbbb").filter(isIneffective)).toHaveLength(1);
    expect(sinceLastSuccess(known, "another template")).toEqual([]);
  });

  it("writes nothing in a dry run", async () => {
    await beginRemedy(at.cluster, { ...(await claimed()), dry_run: true }, at.clock.now(), policy());

    expect(await history()).toEqual([]);
  });
});

describe("a remedy does not begin", () => {
  it("when another execution has taken the workload over, and says which", async () => {
    const run = await claimed();
    const lease = await at.cluster.get<Lease>(PATH);
    await at.cluster.replace(PATH, { ...lease, spec: { ...lease.spec, holderIdentity: "run-2" } });

    await expect(beginRemedy(at.cluster, run, at.clock.now(), policy())).rejects.toMatchObject({
      name: "ClaimExpired",
      message: expect.stringContaining("run-2 holds the claim") as string,
    });
    expect(await history()).toEqual([]);
  });

  it("in a step that still runs when its execution, stopped meanwhile, has been redriven", async () => {
    const straggler = await claimed();
    at.clock.pass(1);
    const redriven = await takeUp(at.cluster, straggler, 1, { policy: policy(), now: at.clock.now() });

    await expect(beginRemedy(at.cluster, straggler, at.clock.now(), policy())).rejects.toMatchObject({
      name: "ClaimExpired",
      message: expect.stringContaining("was taken up again, or given back, after this step was given it") as string,
    });
    expect(await history()).toEqual([]);

    await beginRemedy(at.cluster, { ...straggler, claim: redriven.claim }, at.clock.now(), policy());
    expect(await history()).toMatchObject([begun]);
  });

  it("when somebody has deleted the claim", async () => {
    const run = await claimed();
    const { metadata } = await at.cluster.get<Lease>(PATH);
    await at.cluster.delete(PATH, { uid: metadata?.uid ?? "" });

    await expect(beginRemedy(at.cluster, run, at.clock.now(), policy())).rejects.toMatchObject({
      name: "ClaimExpired",
      message: expect.stringContaining("nobody holds the claim") as string,
    });
  });
});

describe("an undo, and what a step finds done, in a step that still runs when its execution was stopped", () => {
  const SECONDS = claimSeconds(policy());
  const release1 = () => release(at.cluster, { workload: WEB, holder: "run-1", now: at.clock.now() }, undefined);
  const undo = async (run: WorkloadRun) => {
    await assertNotTakenOver(at.cluster, run, at.clock.now());
  };
  const changesNothing = async (run: WorkloadRun) => {
    await expect(undo(run)).rejects.toMatchObject({ name: "ClaimExpired" });
    await expect(assertHeld(at.cluster, run)).rejects.toMatchObject({ name: "ClaimExpired" });
  };

  it("goes on while the claim is as it was given to it", async () => {
    const run = await claimed();
    await beginRemedy(at.cluster, run, at.clock.now(), policy());
    at.clock.pass(10);

    await expect(undo(run)).resolves.toBeUndefined();
    await expect(assertHeld(at.cluster, run)).resolves.toBeUndefined();
  });

  it("changes nothing once the redriven execution has taken the claim up", async () => {
    const straggler = await claimed();
    await beginRemedy(at.cluster, straggler, at.clock.now(), policy());
    at.clock.pass(1);
    const redriven = await takeUp(at.cluster, straggler, 1, { policy: policy(), now: at.clock.now() });

    await changesNothing(straggler);
    await expect(undo({ ...straggler, claim: redriven.claim })).resolves.toBeUndefined();
  });

  it("changes nothing once the redriven execution has ended, and nobody holds the claim", async () => {
    const straggler = await claimed();
    await beginRemedy(at.cluster, straggler, at.clock.now(), policy());
    at.clock.pass(1);
    await release1();

    await changesNothing(straggler);
  });

  it("changes nothing once another has had the claim, though it has given it back", async () => {
    const straggler = await claimed();
    at.clock.pass(1);
    await release1();
    await claimed("run-2");
    await changesNothing(straggler);
    await release(at.cluster, { workload: WEB, holder: "run-2", now: at.clock.now() }, undefined);

    await changesNothing(straggler);
  });

  it("is made where a person has deleted the claim: what did not help is not left for that", async () => {
    const run = await claimed();
    const { metadata } = await at.cluster.get<Lease>(PATH);
    await at.cluster.delete(PATH, { uid: metadata?.uid ?? "" });

    await expect(undo(run)).resolves.toBeUndefined();
    at.clock.pass(SECONDS);
    await expect(undo(run)).rejects.toMatchObject({ name: "ClaimExpired" });
  });
});

describe("a step of which several calls are at work", () => {
  const begin = (run: WorkloadRun, attempt: number) =>
    beginRemedy(at.cluster, run, at.clock.now(), policy(), undefined, undefined, attempt);

  it("goes on with the call that has begun last, whether or not it is known to be a retry", async () => {
    const run = await claimed();
    const first = await begin(run, 0);
    await expect(assertOwnTurn(at.cluster, run, at.clock.now(), first)).resolves.toBeUndefined();
    const same = await begin(run, 0);
    await expect(assertOwnTurn(at.cluster, run, at.clock.now(), first)).rejects.toMatchObject({ name: "ClaimExpired" });
    await expect(assertOwnTurn(at.cluster, run, at.clock.now(), same)).resolves.toBeUndefined();
    await begin(run, 1);
    await expect(assertOwnTurn(at.cluster, run, at.clock.now(), same)).rejects.toMatchObject({ name: "ClaimExpired" });
  });

  it("does not begin in a call whose retry has begun", async () => {
    const run = await claimed();
    await begin(run, 1);

    await expect(begin(run, 0)).rejects.toMatchObject({ name: "ClaimExpired" });
  });

  it("takes what it finds for its own once another call has begun, and for somebody else's while it is alone", async () => {
    const run = await claimed();
    expect(await mayBeOwn(at.cluster, run, 1, undefined)).toBe(false);
    const first = await begin(run, 0);
    expect(await mayBeOwn(at.cluster, run, 0, first)).toBe(false);
    // Nobody has told it that it is a retry.
    expect(await mayBeOwn(at.cluster, run, 0, undefined)).toBe(true);
    const second = await begin(run, 1);
    expect(await mayBeOwn(at.cluster, run, 0, first)).toBe(true);
    expect(await mayBeOwn(at.cluster, run, 1, second)).toBe(true);
    expect(await mayBeOwn(at.cluster, { ...run, dry_run: true }, 1, second)).toBe(false);
  });

  it("does not take for its own what it finds before the next part of its remedy has begun", async () => {
    const run = await claimed();
    const first = await begin(run, 0);
    const next = { ...run, remedy: remedyResult() };

    expect(await mayBeOwn(at.cluster, next, 0, undefined)).toBe(false);
    await begin(next, 0);
    expect(await mayBeOwn(at.cluster, run, 0, first)).toBe(true);
  });
});
