import { describe, expect, it } from "vitest";
import { acquire } from "../../../functions/claim/claim.ts";
import { claim } from "../../../functions/claim/handler.ts";
import { resumption } from "../../../functions/claim/take-up.ts";
import { beginningOf, beginRemedy } from "../../../functions/run/begin-remedy.ts";
import type { Verification, WorkloadRun } from "../../../functions/run/contracts.ts";
import { historyOf, leaseName, released, takenOver } from "../../../functions/run/lease.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { claimSeconds } from "../../../functions/run/pauses.ts";
import { admittingClusterForEach, environmentAt } from "../../support/admitting-cluster.ts";
import { policy, WEB } from "../../support/objects.ts";
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
  Verify: claimedRun({ diagnosis: diagnosis(), remedy: remedyResult(), redriven }),
  "Remedy's next part": claimedRun({
    ...{ diagnosis: diagnosis(), remedy: remedyResult(), verification: verified("go_on"), redriven },
  }),
  Undo: claimedRun({
    ...{ diagnosis: diagnosis(), remedy: remedyResult(), verification: verified("not_recovered"), redriven },
  }),
  "Remedy after a try in vain": claimedRun({
    diagnosis: diagnosis(),
    tries: [{ diagnosis: diagnosis(), remedy: remedyResult(), verification: verified("not_recovered") }],
    redriven,
  }),
};

describe("where a redriven execution goes on", () => {
  const now = new Date("2026-06-01T12:00:00Z");
  const ours = claimOf(AT.Remedy).lease;
  const begun = begunClaimOf(AT.Remedy);
  const theirs = (lease: Lease) => takenOver(lease, "run-2", SECONDS, now);
  const givenBack = (lease: Lease) => released(theirs(lease), undefined, now);

  it.each([
    ["Remedy", "ours, nothing begun", ours, "diagnosis"],
    ["Remedy", "ours, begun", begun, "look"],
    ["Remedy", "gone", undefined, "look"],
    ["Remedy", "another's, nothing begun", theirs(ours), "claim"],
    ["Remedy", "given back by another, nothing begun", givenBack(ours), "claim"],
    ["Remedy", "another's, begun", theirs(begun), "end"],
    ["Remedy", "given back by another, begun", givenBack(begun), "end"],
    ["Verify", "ours", begun, "verification"],
    ["Verify", "gone", undefined, "verification"],
    ["Verify", "another's", theirs(begun), "end"],
    ["Verify", "given back by another", givenBack(begun), "end"],
    ["Remedy's next part", "ours", begun, "look"],
    ["Remedy's next part", "another's", theirs(begun), "end"],
    ["Undo", "ours", begun, "undo"],
    ["Undo", "gone", undefined, "undo"],
    ["Undo", "another's", theirs(begun), "end"],
    ["Remedy after a try in vain", "ours, nothing begun", ours, "diagnosis"],
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
    at.clock.pass(60);

    expect((await takeUp(run)).claim?.lapsed).toBeUndefined();
  });

  it("diagnoses anew where nothing was begun, however well it was known before", async () => {
    const run = { ...AT.Remedy, claim: await take("run-1") };
    at.clock.pass(SECONDS + 60);
    const anew = await takeUp(run);

    expect(anew).toMatchObject({ claim: { status: "claimed", resume: "diagnosis" } });
    expect(anew).not.toHaveProperty("diagnosis");
    expect(anew).not.toHaveProperty("redriven");
  });

  it("leaves a claim alone that another execution has, and names what it had begun", async () => {
    const run = await stopped();
    at.clock.pass(SECONDS + 3_600);
    const { metadata } = await stored();
    await at.cluster.replace(PATH, takenOver(await stored(), "run-2", SECONDS, at.clock.now()));
    const left = await takeUp(run);

    expect(left.claim).toMatchObject({ status: "refused", resume: "end", refusal: "AlreadyClaimed" });
    expect((await stored()).spec?.holderIdentity).toBe("run-2");
    expect((await stored()).metadata?.resourceVersion).not.toBe(metadata?.resourceVersion);
    const report = outcomeOf(left, false);
    expect(report).toMatchObject({ outcome: "Unresolved", reason: "AlreadyClaimed", needs_person: true });
    expect(report.summary).toContain("Whether the remedy (rollback) was applied is not known");
    expect(report.summary).toContain("run-2 has had the claim on Deployment shop/web after this execution");
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
