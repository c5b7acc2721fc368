import { describe, expect, it } from "vitest";
import { acquire, release } from "../../../functions/claim/claim.ts";
import { claim } from "../../../functions/claim/handler.ts";
import { resumption } from "../../../functions/claim/take-up.ts";
import { beginningOf, beginRemedy } from "../../../functions/run/begin-remedy.ts";
import type { HistoryEntry, Verification, WorkloadRun } from "../../../functions/run/contracts.ts";
import { begun, historyOf, leaseName, released, takenOver } from "../../../functions/run/lease.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { claimSeconds } from "../../../functions/run/pauses.ts";
import { admittingClusterForEach, environmentAt } from "../../support/admitting-cluster.ts";
import { interruptedCluster } from "../../support/interrupted-cluster.ts";
import { ago, policy, WEB } from "../../support/objects.ts";
import { begunClaimOf, claimedRun, claimOf, diagnosis, remedyResult } from "../../support/runs.ts";

const PATH = paths.lease(CLAIM_NAMESPACE, leaseName(WEB));
const SECONDS = claimSeconds(policy());

const verified = (verdict: Verification["verdict"]): Verification => ({
  ...{ verdict, reasons: ["2 pods crash"], wait_seconds: 1 },
  observation: { digest: "d", well_since: null },
});
const redriven = { Error: "ExecutionRedriven", Cause: "" };
/** The steps at which an execution may have been stopped, and what its state holds there. */
const AT = {
  Remedy: claimedRun({ diagnosis: diagnosis(), redriven }),
  Verify: claimedRun({ diagnosis: diagnosis(), remedy: remedyResult(), verification: verified("settling"), redriven }),
  "Remedy's next part": claimedRun({
    ...{ diagnosis: diagnosis(), remedy: remedyResult(), verification: verified("go_on"), redriven },
  }),
  Undo: claimedRun({
    ...{ diagnosis: diagnosis(), remedy: remedyResult(), verification: verified("not_recovered"), redriven },
  }),
  "Remedy after a try in vain": claimedRun({
    found_at: ago(3_600),
    diagnosis: diagnosis(),
    tries: [{ diagnosis: diagnosis(), remedy: remedyResult(), verification: verified("not_recovered") }],
    redriven,
  }),
};

describe("where a redriven execution goes on", () => {
  const now = new Date("2026-06-01T12:00:00Z");
  const ours = claimOf(AT.Remedy).lease;
  const begunByUs = begunClaimOf(AT.Remedy);
  const theirs = (lease: Lease) => takenOver(lease, "run-2", SECONDS, now);
  const givenBack = (lease: Lease) => released(theirs(lease), undefined, now);
  const withOthers = begun(ours, {
    ...{ at: ago(60), execution: "run-2", cause: "c", action: "restart", outcome: "Unresolved", applied: true },
  });

  it.each([
    ["Remedy", "ours, nothing begun", ours, "diagnosis"],
    ["Remedy", "ours, begun", begunByUs, "look"],
    ["Remedy", "gone", undefined, "look"],
    ["Remedy", "another's, nothing begun", theirs(ours), "claim"],
    ["Remedy", "given back by another, nothing begun", givenBack(ours), "claim"],
    ["Remedy", "another's, begun", theirs(begunByUs), "end"],
    ["Remedy", "given back by another, begun", givenBack(begunByUs), "end"],
    ["Verify", "ours", begunByUs, "verification"],
    ["Verify", "gone", undefined, "verification"],
    ["Verify", "another's", theirs(begunByUs), "end"],
    ["Verify", "given back by another", givenBack(begunByUs), "end"],
    ["Verify", "another's, its history broken by a person", theirs(ours), "end"],
    ["Remedy's next part", "ours", begunByUs, "look"],
    ["Remedy's next part", "ours, its history broken by a person", ours, "look"],
    ["Remedy's next part", "another's", theirs(begunByUs), "end"],
    ["Undo", "ours", begunByUs, "undo"],
    ["Undo", "gone", undefined, "undo"],
    ["Undo", "another's", theirs(begunByUs), "end"],
    ["Remedy after a try in vain", "ours, nothing begun", ours, "diagnosis"],
    ["Remedy after a try in vain", "ours, and others have looked after it since", withOthers, "diagnosis"],
    ["Remedy after a try in vain", "another's", theirs(ours), "end"],
  ] as const)("stopped at %s, with its claim %s", (step, _claim, lease, resume) => {
    expect(resumption(AT[step], lease, now)).toBe(resume);
  });
});

describe("an execution that is redriven", () => {
  const at = admittingClusterForEach();

  const environment = () => environmentAt(at, policy());
  const take = (holder: string) =>
    acquire(at.cluster, { ...{ workload: WEB, holder, dryRun: false }, ...{ policy: policy(), now: at.clock.now() } });
  const takeUp = async (run: WorkloadRun) =>
    (await claim(environment())({ operation: "take_up", redrive: 1, run })) as WorkloadRun;
  const stored = () => at.cluster.get<Lease>(PATH);

  /** Takes the claim, and gives it back with what is remembered. */
  async function pass(holder: string, entry?: HistoryEntry): Promise<void> {
    expect((await take(holder)).status).toBe("claimed");
    await release(at.cluster, { workload: WEB, holder, now: at.clock.now() }, entry);
  }

  /** Stopped when its remedy's step had begun. */
  async function stopped(): Promise<WorkloadRun> {
    const run = { ...AT.Remedy, claim: await take("run-1") };
    await beginRemedy(at.cluster, run, at.clock.now(), policy());
    return run;
  }

  it("does not forget that its claim had ended, though its answer is lost or it is stopped once more", async () => {
    const run = await stopped();
    at.clock.pass(SECONDS + 3_600);
    const first = await takeUp(run);
    const again = await takeUp(run);
    at.clock.pass(60);
    const stoppedAgain = await takeUp(first);

    expect([first, again, stoppedAgain].map(({ claim }) => claim?.lapsed)).toEqual([true, true, true]);
  });

  it("takes a claim up again that has expired, and says so, with the time that it has from now on", async () => {
    const run = await stopped();
    at.clock.pass(SECONDS + 3_600);
    const { claim, diagnosis, redriven: stop } = await takeUp(run);

    expect(claim).toMatchObject({ status: "claimed", redrive: 1, resume: "look", lapsed: true });
    expect(claim?.resumed_at).toBe(at.clock.now().toISOString());
    expect(Date.parse(claim?.expires_at ?? "")).toBe(at.clock.now().getTime() + SECONDS * 1_000);
    expect(diagnosis).toEqual(run.diagnosis);
    // Where nobody can look what it did, that is still to be said.
    expect(stop).toEqual(redriven);
    expect((await stored()).spec?.holderIdentity).toBe("run-1");
    expect(historyOf(await stored())).toMatchObject([{ execution: "run-1", outcome: "Unfinished" }]);
    // Whoever comes now finds it held.
    expect(await take("run-2")).toMatchObject({ status: "refused", refusal: "AlreadyClaimed" });
  });

  it("does not say that it lapsed while it holds", async () => {
    const run = await stopped();
    at.clock.pass(SECONDS - 1);

    expect((await takeUp(run)).claim?.lapsed).toBeUndefined();
  });

  it("says that it lapsed from the moment on at which it ends, though its answer is lost", async () => {
    const run = await stopped();
    at.clock.pass(SECONDS);

    expect([await takeUp(run), await takeUp(run)].map(({ claim }) => claim?.lapsed)).toEqual([true, true]);
  });

  it("says that it lapsed where a person has let it end earlier", async () => {
    const run = await stopped();
    const { spec, ...lease } = await stored();
    await at.cluster.replace(PATH, { ...lease, spec: { ...spec, leaseDurationSeconds: 60 } });
    at.clock.pass(60);

    expect((await takeUp(run)).claim?.lapsed).toBe(true);
  });

  it("verifies anew what it has done, with all that is known of that", async () => {
    const { claim: held } = await stopped();
    const remedy_error = { Error: "ClusterUnreachable", Cause: "" };
    const { verification: _seen, redriven: _stop, ...known } = { ...AT.Verify, remedy_error };
    const verifying = await takeUp({ ...AT.Verify, remedy_error, claim: held });

    expect(verifying.claim).toMatchObject({ status: "claimed", resume: "verification" });
    expect({ ...verifying, claim: undefined }).toEqual({ ...known, claim: undefined });
  });

  it("goes on with an undo, with what was in vain and how that was seen", async () => {
    const { claim: held } = await stopped();
    const remedy_error = { Error: "ClusterUnreachable", Cause: "" };
    const { redriven: _stop, ...known } = { ...AT.Undo, remedy_error };
    const undoing = await takeUp({ ...AT.Undo, remedy_error, claim: held });

    expect(undoing.claim).toMatchObject({ status: "claimed", resume: "undo" });
    expect({ ...undoing, claim: undefined }).toEqual({ ...known, claim: undefined });
  });

  it("diagnoses anew where nothing was begun, however well it was known before", async () => {
    const run = { ...AT.Remedy, claim: await take("run-1") };
    at.clock.pass(SECONDS + 60);
    const anew = await takeUp(run);

    expect(anew).toMatchObject({ claim: { status: "claimed", resume: "diagnosis" } });
    for (const old of ["diagnosis", "redriven"]) expect(anew).not.toHaveProperty(old);
    // What it begins from now on has its own time, and is undone like that of any other.
    for (const old of ["lapsed", "resumed_at"]) expect(anew.claim).not.toHaveProperty(old);
  });

  it("leaves a claim alone that another execution has, and is to claim the workload anew where it had begun nothing", async () => {
    const run = { ...AT.Remedy, claim: await take("run-1") };
    at.clock.pass(SECONDS + 60);
    await take("run-2");
    const theirs = await stored();
    const { diagnosis: _before, redriven: _stop, ...bare } = run;

    expect(await takeUp(run)).toEqual({
      ...bare,
      claim: { status: "refused", lease: "deployment.shop.web", redrive: 1, resume: "claim" },
    });
    expect(await stored()).toEqual(theirs);
  });

  it("leaves a claim alone that another execution has, and names what it had begun", async () => {
    const run = await stopped();
    at.clock.pass(SECONDS + 3_600);
    const { metadata } = await stored();
    await at.cluster.replace(PATH, takenOver(await stored(), "run-2", SECONDS, at.clock.now()));
    const left = await takeUp(run);

    expect(left.claim).toMatchObject({
      status: "refused",
      resume: "end",
      refusal: "AlreadyClaimed",
      needs_person: true,
    });
    expect((await stored()).spec?.holderIdentity).toBe("run-2");
    expect((await stored()).metadata?.resourceVersion).not.toBe(metadata?.resourceVersion);
    const report = outcomeOf(left, false);
    expect(report).toMatchObject({ outcome: "Unresolved", reason: "AlreadyClaimed", needs_person: true });
    expect(report.summary).toContain("Whether the remedy (rollback) was applied is not known");
    expect(report.summary).toContain("run-2 has had the claim on Deployment shop/web after this execution");
  });

  it.each([
    ["as they have remembered it", { cause: "c", action: "none", outcome: "Unresolved" }, "run-2 has had the claim on"],
    ["as somebody else, where they have remembered nothing", undefined, "Somebody else has had the claim on"],
  ])("names those who have had its claim and given it back: %s", async (_how, ended, said) => {
    const at2020 = { at: "2020-01-01T00:00:00.000Z", cause: "c", action: "none", outcome: "Unresolved" };
    for (const execution of ["run-a", "run-b"]) await pass(execution, { ...at2020, execution });
    const run = await stopped();
    expect(run.claim?.history).toHaveLength(2);
    at.clock.pass(SECONDS + 60);
    const entry = ended === undefined ? undefined : { at: at.clock.now().toISOString(), execution: "run-2", ...ended };
    await pass("run-2", entry);

    expect((await takeUp(run)).claim).toMatchObject({
      resume: "end",
      message: expect.stringContaining(said) as string,
    });
  });

  it("names what it may have done where another execution takes the workload right before it makes its claim anew", async () => {
    const run = await stopped();
    const { metadata } = await stored();
    await at.cluster.delete(PATH, { uid: metadata?.uid ?? "" });
    const { server } = await at.cluster.access();
    const cluster = interruptedCluster(server, async (request) => {
      if (request === 2) await take("run-2");
    });
    const step = claim({ ...environment(), connect: () => Promise.resolve(cluster) });
    const left = (await step({ operation: "take_up", redrive: 1, run })) as WorkloadRun;

    expect(left.claim).toMatchObject({ status: "refused", resume: "end", needs_person: true });
    expect((await stored()).spec?.holderIdentity).toBe("run-2");
    expect(outcomeOf(left, false).summary).toContain("Whether the remedy (rollback) was applied is not known");
  });

  it("names what it may have done where its claim was deleted, and others have claimed it and given it back since", async () => {
    const run = await stopped();
    const { metadata } = await stored();
    await at.cluster.delete(PATH, { uid: metadata?.uid ?? "" });
    at.clock.pass(SECONDS + 60);
    const entry = { cause: "c", action: "none", outcome: "Skipped" };
    await pass("run-2", { ...entry, at: at.clock.now().toISOString(), execution: "run-2" });
    const report = outcomeOf(await takeUp(run), false);

    expect(report).toMatchObject({ outcome: "Unresolved", reason: "AlreadyClaimed", needs_person: true });
    expect(report.summary).toContain("Whether the remedy (rollback) was applied is not known");
    expect(report.summary).toContain("run-2 has had the claim on Deployment shop/web after this execution");
  });

  it("decides anew where its claim was deleted and there was nothing that it could have begun", async () => {
    const remedy = { action: "none", refusal: "NoSafeRemedy", message: "Look." } as const;
    const run = { ...AT.Remedy, diagnosis: diagnosis({ remedy }), claim: await take("run-1") };
    const { metadata } = await stored();
    await at.cluster.delete(PATH, { uid: metadata?.uid ?? "" });
    await take("run-2");

    expect((await takeUp(run)).claim).toMatchObject({ status: "refused", resume: "claim" });
  });

  it("makes a claim anew that was cleared away, which knows of what may have begun", async () => {
    const run = await stopped();
    const { metadata } = await stored();
    await at.cluster.delete(PATH, { uid: metadata?.uid ?? "" });

    expect((await takeUp(run)).claim).toMatchObject({ status: "claimed", resume: "look", lapsed: true });
    const [entry] = historyOf(await stored());
    expect(entry).toMatchObject({ execution: "run-1", action: "rollback", outcome: "Unfinished" });
    // Nobody knows whether it was: the look at the workload comes next.
    expect(entry?.applied).toBeUndefined();
    expect(await beginningOf(at.cluster, run)).toBe("not known");
    // Stopped once more, it does not take that for nothing begun.
    expect((await takeUp(run)).claim?.resume).toBe("look");
  });

  it("remembers in a claim made anew that a remedy was carried out, where it knows that", async () => {
    const run = { ...AT.Verify, claim: (await stopped()).claim };
    const { metadata } = await stored();
    await at.cluster.delete(PATH, { uid: metadata?.uid ?? "" });

    expect((await takeUp(run)).claim).toMatchObject({ resume: "verification", lapsed: true });
    expect(historyOf(await stored())).toMatchObject([{ action: "rollback", outcome: "Unfinished", applied: true }]);
    expect(await beginningOf(at.cluster, run)).toBe("begun");
  });

  it("takes its own claim up again before anything else, and not that of another", async () => {
    await take("run-1");
    at.clock.pass(SECONDS + 60);
    const run = claimedRun();
    const again = await claim(environment())({ operation: "acquire", redrive: 2, run });
    expect(again).toMatchObject({ status: "claimed", redrive: 2 });

    const other = { ...run, execution: { id: "run-2", name: "run-2" } };
    expect(await claim(environment())({ operation: "acquire", redrive: 1, run: other })).toMatchObject({
      status: "refused",
      refusal: "AlreadyClaimed",
    });
  });
});

describe("a dry run writes nothing", () => {
  const at = admittingClusterForEach();
  const holder = "run-1";
  const EXPIRED = SECONDS + 60;

  it.each([
    ["absent", undefined, 0],
    ["its own", "run-1", 60],
    ["its own, expired", "run-1", EXPIRED],
    ["another's", "run-2", 60],
    ["another's, expired", "run-2", EXPIRED],
    ["cooling down", "cooling down", 60],
    ["released, its pause over", "cooling down", 86_400],
  ])("with a claim that is %s", async (_claim, state, seconds) => {
    const request = { workload: WEB, holder, dryRun: false, policy: policy(), now: at.clock.now() };
    if (state !== undefined) await acquire(at.cluster, { ...request, holder: state });
    if (state === "cooling down") {
      const entry = {
        at: at.clock.now().toISOString(),
        execution: "run-0",
        cause: "c",
        action: "none",
        outcome: "Skipped",
      };
      await at.cluster.replace(PATH, released(await at.cluster.get<Lease>(PATH), entry, at.clock.now()));
    }
    at.clock.pass(seconds);
    const before = await at.cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE)).catch(() => []);
    for (const redrive of [0, 1]) {
      await acquire(at.cluster, { ...request, redrive, dryRun: true, now: at.clock.now() });
    }

    expect(await at.cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE)).catch(() => [])).toEqual(before);
  });
});
