import { describe, expect, it } from "vitest";
import { acquire, release } from "../../../functions/claim/claim.ts";
import { claim } from "../../../functions/claim/handler.ts";
import { resumption } from "../../../functions/claim/take-up.ts";
import { diagnose } from "../../../functions/classify/handler.ts";
import { beginRemedy } from "../../../functions/run/begin-remedy.ts";
import type { Claim, HistoryEntry, Incident, WorkloadRun } from "../../../functions/run/contracts.ts";
import { leaseName, released } from "../../../functions/run/lease.ts";
import { isWorthTelling, outcomeOf } from "../../../functions/run/outcome.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { claimSeconds } from "../../../functions/run/pauses.ts";
import { admittingClusterForEach, environmentAt } from "../../support/admitting-cluster.ts";
import { incident, policy, WEB } from "../../support/objects.ts";
import { claimedRun, claimOf, diagnosis, remedyResult } from "../../support/runs.ts";

const PATH = paths.lease(CLAIM_NAMESPACE, leaseName(WEB));
const SECONDS = claimSeconds(policy());
const DAY = 86_400;

const at = admittingClusterForEach();
const now = () => at.clock.now();
const stored = () => at.cluster.get<Lease>(PATH);
const act = async (operation: string, redrive: number, run: WorkloadRun) =>
  await claim(environmentAt(at, policy()))({ operation, redrive, run });

/** An execution that has found `shop/web` now, and has no claim on it yet. */
function found(name = "run-1", overrides: Partial<WorkloadRun> = {}): WorkloadRun {
  const { claim: _none, ...run } = claimedRun({ execution: { id: name, name }, found_at: now().toISOString() });
  return { ...run, ...overrides };
}

async function claimedBy(run: WorkloadRun, redrive = 0): Promise<WorkloadRun> {
  return { ...run, claim: (await act("acquire", redrive, run)) as Claim };
}

/** What run-2 does while the first execution is stopped: it rolls the workload back, and that helps. */
async function another(outcome = "Recovered"): Promise<void> {
  const holder = "run-2";
  const request = { workload: WEB, holder, dryRun: false, policy: policy(), now: now() };
  expect((await acquire(at.cluster, request)).status).toBe("claimed");
  at.clock.pass(60);
  const entry: HistoryEntry = {
    ...{ at: now().toISOString(), execution: holder, cause: "CrashLoopAfterRollout", action: "rollback", outcome },
    applied: true,
    template: "bbbb",
  };
  await release(at.cluster, { workload: WEB, holder, now: now() }, entry);
}

describe("an execution that had begun nothing, and is redriven when others have looked after the workload since", () => {
  it.each(["Recovered", "Unresolved"])("does nothing, and says who did what: %s", async (outcome) => {
    const run = { ...(await claimedBy(found())), diagnosis: diagnosis() };
    at.clock.pass(SECONDS + 1);
    await another(outcome);
    at.clock.pass(3 * DAY);
    const resumed = (await act("take_up", 1, run)) as WorkloadRun;
    expect(resumed.claim?.resume).toBe("claim");
    const skipped = await claimedBy(resumed, 1);

    expect(skipped.claim).toMatchObject({ status: "refused", refusal: "AlreadyClaimed" });
    const report = outcomeOf(skipped, true);
    expect(report).toMatchObject({ outcome: "Skipped", reason: "AlreadyClaimed", needs_person: false });
    expect(report.summary).toContain(
      `run-2 has looked after Deployment shop/web (CrashLoopAfterRollout: ${outcome}, at `,
    );
    expect(report.summary).toContain(`since this execution found it at ${run.found_at ?? ""}, so nothing is done`);
    expect(isWorthTelling(skipped, report)).toBe(false);
    expect((await stored()).spec?.holderIdentity).toBeUndefined();
  });

  it("does the same where it was stopped before it had claimed anything", async () => {
    const run = found();
    await another();
    at.clock.pass(DAY);

    expect((await claimedBy(run, 1)).claim).toMatchObject({ status: "refused", refusal: "AlreadyClaimed" });
  });

  it("does the same where it begins only then: the run was redriven before it got to this workload", async () => {
    const run = found();
    await another();
    at.clock.pass(DAY);

    expect((await claimedBy(run)).claim).toMatchObject({ status: "refused", refusal: "AlreadyClaimed" });
    // A run that finds it now takes it.
    expect((await claimedBy(found("run-3"))).claim).toMatchObject({ status: "claimed" });
  });

  it("gives its own claim back where that knows of others", async () => {
    const run = { ...(await claimedBy(found())), diagnosis: diagnosis() };
    at.clock.pass(60);
    const entry = { execution: "run-2", cause: "c", action: "restart", outcome: "Unresolved" };
    const lease = await stored();
    const theirs = released(lease, { ...entry, at: now().toISOString(), applied: true }, now());
    await at.cluster.replace(PATH, { ...theirs, spec: lease.spec });
    const resumed = (await act("take_up", 1, run)) as WorkloadRun;
    expect(resumed.claim?.resume).toBe("claim");

    expect((await claimedBy(resumed, 1)).claim).toMatchObject({ status: "refused", refusal: "AlreadyClaimed" });
    expect((await stored()).spec?.holderIdentity).toBeUndefined();
    // Redriven once more, it says the same.
    expect((await claimedBy(resumed, 2)).claim).toMatchObject({ status: "refused" });
  });

  it("goes on with what it finds now where nobody came", async () => {
    const run = { ...(await claimedBy(found())), diagnosis: diagnosis() };
    at.clock.pass(DAY);
    const resumed = (await act("take_up", 1, run)) as WorkloadRun;

    expect(resumed.claim).toMatchObject({ status: "claimed", resume: "diagnosis" });
    expect(resumed.diagnosis).toBeUndefined();
  });

  it("is told that it may be asked for again, where somebody has asked for it", async () => {
    const run = found("run-1", { incident: incident({ requested: { action: "scale", replicas: 4 } }) });
    await another();
    at.clock.pass(DAY);
    const skipped = await claimedBy(run, 1);
    const report = outcomeOf(skipped, false);

    expect(report.summary).toContain("Ask for it again if it is still wanted.");
    expect(isWorthTelling(skipped, report)).toBe(true);
  });

  it.each<[string, Partial<Incident>, string]>([
    [
      "an approval",
      { approval: { decision: "approve", plan: "0123456789abcdef", origin: "person" } },
      "Approve it again",
    ],
    [
      "a decline",
      { approval: { decision: "decline", plan: "0123456789abcdef", origin: "person" } },
      "Decline it again",
    ],
    ["an agent's remediate", { origin: "agent" }, "Ask for it again"],
    ["a scan", {}, "The next scan looks at it anew."],
  ])("says who comes back to it: %s", async (_whose, asks, sentence) => {
    const run = found("run-1", { incident: incident(asks) });
    await another();
    at.clock.pass(DAY);

    expect((await claimedBy(run, 1)).claim?.message).toContain(sentence);
  });

  it("leaves what others hold to them", async () => {
    const run = found();
    at.clock.pass(60);
    await act("acquire", 0, found("run-2"));

    expect((await claimedBy(run, 1)).claim?.message).toContain("is being looked after by run-2");
  });

  it("takes what a clock far ahead has written for no word of what came later", async () => {
    const run = found();
    const entry = { execution: "run-2", cause: "c", action: "restart", outcome: "Unresolved", template: "of before" };
    const ahead = new Date(now().getTime() + DAY * 1_000).toISOString();
    await act("acquire", 0, found("run-2"));
    await at.cluster.replace(PATH, released(await stored(), { ...entry, at: ahead, applied: true }, now()));

    expect((await claimedBy(run)).claim).toMatchObject({ status: "claimed" });
  });

  it("writes nothing in a dry run, and says the same", async () => {
    const run = found("run-1", { dry_run: true });
    await another();
    at.clock.pass(DAY);
    const before = await stored();

    expect((await claimedBy(run, 1)).claim).toMatchObject({ status: "refused" });
    expect(await stored()).toEqual(before);
  });
});

describe("an execution that was stopped at its diagnosis", () => {
  const environment = () => environmentAt(at, policy());

  it.each(["first", "again"])("asks where to go on before it reads anything: %s", async (operation) => {
    await expect(diagnose(environment())({ operation, redrive: 1, run: claimedRun() })).rejects.toMatchObject({
      name: "ExecutionRedriven",
    });
  });

  it("claims anew where its claim is gone: nothing can have been begun", () => {
    expect(resumption(claimedRun(), undefined, now())).toBe("claim");
    expect(resumption(claimedRun(), claimOf(claimedRun()).lease, now())).toBe("diagnosis");
  });

  it("looks anew at a remedy that cannot be undone, and was in vain when it was stopped", () => {
    const run = claimedRun({
      diagnosis: diagnosis(),
      remedy: remedyResult({ undo: "cannot be undone" }),
      verification: {
        ...{ verdict: "not_recovered", reasons: ["1 pod crashes"], wait_seconds: 1 },
        observation: { digest: "d", well_since: null },
      },
    });

    expect(resumption(run, claimOf(run).lease, now())).toBe("verification");
    expect(resumption(run, undefined, now())).toBe("verification");
  });
});

it("an execution that had begun a remedy names it, whatever others did since", async () => {
  const run = { ...(await claimedBy(found())), diagnosis: diagnosis() };
  await beginRemedy(at.cluster, run, now(), policy());
  at.clock.pass(SECONDS + 2 * DAY);
  await another("Unresolved");
  at.clock.pass(DAY);
  const left = (await act("take_up", 1, {
    ...run,
    redriven: { Error: "ExecutionRedriven", Cause: "" },
  })) as WorkloadRun;

  expect(left.claim).toMatchObject({ resume: "end", refusal: "AlreadyClaimed" });
  expect(outcomeOf(left, false)).toMatchObject({ outcome: "Unresolved", needs_person: true });
});
