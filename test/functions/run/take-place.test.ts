import { describe, expect, it } from "vitest";
import { acquire, release } from "../../../functions/claim/claim.ts";
import { remedyFor } from "../../../functions/remedies/remedies.ts";
import { remedyStep } from "../../../functions/remedies/step.ts";
import { beginRemedy } from "../../../functions/run/begin-remedy.ts";
import type { RemedyResult, WorkloadRun } from "../../../functions/run/contracts.ts";
import { historyOf, leaseName } from "../../../functions/run/lease.ts";
import { isRemembered, isWorthTelling, outcomeOf } from "../../../functions/run/outcome.ts";
import { asksOf } from "../../../functions/run/places.ts";
import { HeldBack } from "../../../functions/run/take-place.ts";
import { entryOf } from "../../../functions/run/history.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { admittingClusterForEach, environmentAt } from "../../support/admitting-cluster.ts";
import { deployment, incident, policy, template } from "../../support/objects.ts";
import { claimedRun, diagnosis } from "../../support/runs.ts";
import { workload } from "../../support/claims.ts";

const ONE = policy({ limits: { concurrent: 1 } });
const BREAKER = policy({ limits: { canary: false, breaker: { failures: 1, of: 1 } } });

const at = admittingClusterForEach();

/** A run of an execution that has claimed a workload of `shop`, and is to roll it back. */
async function claimed(name: string, execution = "run-1"): Promise<WorkloadRun> {
  const of = workload(name);
  const request = { workload: of, holder: execution, dryRun: false, policy: policy(), now: at.clock.now() };
  const claim = await acquire(at.cluster, request);
  const found = incident({ workload: of });
  return claimedRun({ claim, diagnosis: diagnosis(), execution: { id: execution, name: execution }, incident: found });
}

const pathOf = (name: string) => paths.lease(CLAIM_NAMESPACE, leaseName(workload(name)));
const leaseOf = async (name: string) => await at.cluster.get<Lease>(pathOf(name));
const begin = async (run: WorkloadRun, rules = ONE) => {
  try {
    await beginRemedy(at.cluster, run, at.clock.now(), rules);
    return undefined;
  } catch (error) {
    if (error instanceof HeldBack) return error.answer;
    throw error;
  }
};
/** Ends a run as its outcome says, and lets it be remembered where that is. */
async function end(run: WorkloadRun, remedy: Partial<RemedyResult>): Promise<WorkloadRun> {
  const times = { wait_seconds: 1, deadline: at.clock.now().toISOString() };
  const ended = { ...run, remedy: { status: "refused" as const, message: "", ...times, ...remedy } };
  const report = outcomeOf(ended, false);
  const { cause, action, outcome, reason } = report;
  const entry = entryOf(ended, {
    at: at.clock.now().toISOString(),
    cause,
    action,
    outcome,
    reason,
    applied: undefined,
  });
  const of = { workload: run.incident.workload, holder: run.execution.name, now: at.clock.now() };
  await release(at.cluster, of, isRemembered(ended, report) ? entry : undefined);
  return ended;
}
/** A remedy that has ended in vain, so that the breaker opens. */
async function inVain(name: string): Promise<void> {
  const run = await claimed(name, "earlier");
  await begin(run, policy());
  const entry = entryOf(run, {
    ...{ at: at.clock.now().toISOString(), cause: "c", action: "rollback", outcome: "RolledBack" },
    applied: true,
  });
  await release(at.cluster, { workload: workload(name), holder: "earlier", now: at.clock.now() }, entry);
}

describe("a remedy that a limit holds back", () => {
  it("leaves nothing in its claim, which stays the execution's", async () => {
    await begin(await claimed("api"));
    const web = await claimed("web", "run-2");

    expect(await begin(web)).toMatchObject({ refusal: "TooManyAtOnce" });
    const lease = await leaseOf("web");
    expect([historyOf(lease), asksOf(lease), lease.spec?.holderIdentity]).toEqual([[], undefined, "run-2"]);
  });

  it("is no try, starts no cool-down and calls nobody", async () => {
    await begin(await claimed("api"));
    const web = await claimed("web", "run-2");
    const ended = await end(web, (await begin(web)) ?? {});

    expect(outcomeOf(ended, false)).toMatchObject({ outcome: "Skipped", reason: "TooManyAtOnce", needs_person: false });
    expect(isWorthTelling(ended, outcomeOf(ended, false))).toBe(false);
    expect(historyOf(await leaseOf("web"))).toEqual([]);
    expect((await claimed("web", "run-3")).claim?.status).toBe("claimed");
  });

  it("is told to people where it lasts, and to whoever asked for it", async () => {
    await begin(await claimed("api"));
    const web = await claimed("web", "run-2");
    const ended = await end(web, (await begin(web)) ?? {});
    const asked = { ...ended, incident: { ...ended.incident, requested: { action: "rollback" as const } } };

    expect(outcomeOf(ended, true)).toMatchObject({ needs_person: true });
    expect(outcomeOf(asked, false)).toMatchObject({ needs_person: true });
  });

  it("begins when the other has given its claim back", async () => {
    const api = await claimed("api");
    const web = await claimed("web", "run-2");
    await begin(api);
    await begin(web);
    await release(at.cluster, { workload: workload("api"), holder: "run-1", now: at.clock.now() }, undefined);

    expect(await begin(web)).toBeUndefined();
  });

  it("asks nothing that others would have to wait for", async () => {
    await begin(await claimed("api"));
    await begin(await claimed("web", "run-2"));

    expect(historyOf(await leaseOf("web"))).toEqual([]);
    expect((await leaseOf("web")).metadata?.annotations).not.toHaveProperty("eks-remediation/asks");
  });
});

describe("a remedy that was let begin", () => {
  it("keeps its place when its claim is edited, and when its step is tried again", async () => {
    const api = await claimed("api");
    await begin(api);
    const lease = await leaseOf("api");
    const labels = { ...lease.metadata?.labels, edited: "yes" };
    await at.cluster.replace(pathOf("api"), { ...lease, metadata: { ...lease.metadata, labels } });

    expect(await begin(await claimed("web", "run-2"))).toMatchObject({ refusal: "TooManyAtOnce" });
    expect(await begin(api)).toBeUndefined();
  });

  it("keeps it for another remedy of the same execution", async () => {
    const api = await claimed("api");
    await begin(api);
    await begin(await claimed("web", "run-2"), policy({ limits: { canary: false } }));
    const restart = diagnosis({ remedy: { action: "restart", mode: "evict", pods: [{ name: "a", uid: "u" }] } });

    expect(await begin({ ...api, diagnosis: restart })).toBeUndefined();
    expect(historyOf(await leaseOf("api"))).toMatchObject([{ action: "restart", outcome: "Unfinished" }]);
  });
});

describe("a breaker that is open", () => {
  it("is told by the first that it holds back, with the command that closes it, and by nobody else for a day", async () => {
    await inVain("old");
    const [web, api] = [await claimed("web", "run-2"), await claimed("api", "run-2")];
    const first = await begin(web, BREAKER);
    const second = await begin(api, BREAKER);

    expect(first).toMatchObject({
      refusal: "BreakerOpen",
      needs_person: true,
      message: expect.stringContaining(
        `kubectl -n eks-remediation annotate lease breaker eks-remediation/breaker-closed=${at.clock.now().toISOString()} --overwrite`,
      ) as string,
    });
    expect(second).toMatchObject({ refusal: "BreakerOpen" });
    expect(second).not.toHaveProperty("needs_person");

    const told = await end(web, first ?? {});
    await end(api, second ?? {});
    expect(isWorthTelling(told, outcomeOf(told, false))).toBe(true);
    at.clock.pass(1_200);
    const again = await claimed("api", "run-3");
    expect(await begin(again, BREAKER)).not.toHaveProperty("needs_person");
  });

  it("is told once by several that are held back at the same time", async () => {
    await inVain("old");
    const runs = await Promise.all(["a", "b", "c", "d"].map((name) => claimed(name, "run-2")));
    const answers = await Promise.all(runs.map((run) => begin(run, BREAKER)));

    expect(answers.map((answer) => answer?.refusal)).toEqual(Array.from(runs, () => "BreakerOpen"));
    expect(answers.filter((answer) => answer?.needs_person)).toHaveLength(1);
  });

  it("is told again a day later while it lasts", async () => {
    const forDays = policy({
      limits: { canary: false, breaker: { failures: 1, of: 1, within_seconds: 86_400, pause_seconds: 86_400 } },
    });
    await inVain("old");
    at.clock.pass(60);
    const web = await claimed("web", "run-2");
    await end(web, (await begin(web, forDays)) ?? {});
    at.clock.pass(60);
    await inVain("another");
    expect(await begin(await claimed("api", "run-2"), forDays)).not.toHaveProperty("needs_person");
    at.clock.pass(86_370);

    expect(await begin(await claimed("api", "run-3"), forDays)).toMatchObject({ needs_person: true });
  });
});

describe("a dry run", () => {
  it("says what would hold the remedy back, and writes nothing", async () => {
    await begin(await claimed("api"));
    await at.cluster.create(paths.namespaces(), { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
    const made = await at.cluster.create<{ metadata: { uid: string } }>(paths.deployments("shop"), {
      ...deployment({ template: template("shop/web:1") }),
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "shop" } },
    });
    const scaling = diagnosis({
      remedy: { action: "scale", scale: { target: "replicas", from: 2, to: 3 } },
      workload_uid: made.metadata.uid,
    });
    const environment = environmentAt(at, ONE);
    const run = claimedRun({ dry_run: true, diagnosis: scaling, incident: incident({ workload: workload("web") }) });

    expect(await remedyStep(remedyFor("scale"))(environment)({ run })).toMatchObject({
      ...{ status: "planned", refusal: "TooManyAtOnce" },
      message: expect.stringContaining(
        "Without dry_run it would have to wait. The scale was not begun: 1 remedy is under way",
      ) as string,
    });
    expect(await at.cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE))).toHaveLength(1);
  });
});
