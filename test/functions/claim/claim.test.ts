import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquire, release } from "../../../functions/claim/claim.ts";
import { claim } from "../../../functions/claim/handler.ts";
import { BREAKER_LEASE } from "../../../functions/run/breaker.ts";
import type { HistoryEntry, Incident, Report, WorkloadRun } from "../../../functions/run/contracts.ts";
import { historyOf, leaseName, newLease, released } from "../../../functions/run/lease.ts";
import { restRequest } from "../../../functions/run/rest.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../../functions/shared/policy.ts";
import { admittingClusterForEach, environmentAt } from "../../support/admitting-cluster.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import { incident, NOW, policy, template, WEB } from "../../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../../support/runs.ts";

const PATH = paths.lease(CLAIM_NAMESPACE, leaseName(WEB));
const DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";

describe("a claim", () => {
  const at = admittingClusterForEach("shop");
  const request = (holder = "run-1", dryRun = false) => ({
    ...{ workload: WEB, holder, dryRun, policy: policy(), now: at.clock.now() },
  });
  const stored = () => at.cluster.get<Lease>(PATH);
  const entry = (overrides: Partial<HistoryEntry> = {}): HistoryEntry => ({
    ...{ at: at.clock.now().toISOString(), execution: "run-0", cause: "c", action: "none", outcome: "Unresolved" },
    ...overrides,
  });
  const end = (run: WorkloadRun) => claim(environmentAt(at, policy()))({ operation: "release", redrive: 0, run });

  it("that another execution has is refused without a command: nobody is to take it from it", async () => {
    await acquire(at.cluster, request());
    const { message, ...refused } = await acquire(at.cluster, request("run-2"));

    expect(refused).toEqual({
      ...{ status: "refused", lease: "deployment.shop.web", refusal: "AlreadyClaimed", needs_person: false },
    });
    expect(message).toContain("Deployment shop/web is being looked after by run-1, at the latest until ");
    expect(message).not.toContain("kubectl");
  });

  it("is given once to whoever tells that it works again, however it cools down", async () => {
    const tells = (holder: string) => acquire(at.cluster, { ...request(holder), worksAgain: true });
    await acquire(at.cluster, request());
    await release(at.cluster, request(), entry({ calls: true }));

    expect(await tells("run-2")).toMatchObject({ status: "claimed" });
    expect(await tells("run-3")).toMatchObject({ status: "refused", refusal: "AlreadyClaimed" });
    const told = entry({ execution: "run-2", outcome: "Skipped", reason: "NotFailingAnymore" });
    await release(at.cluster, request("run-2"), told);
    expect(await tells("run-3")).toMatchObject({ status: "refused", refusal: "AlreadyClaimed" });
  });

  it("on what cools down is refused with the command that gives the workload back", async () => {
    await acquire(at.cluster, request());
    await release(at.cluster, request(), entry());
    const { refusal, message } = await acquire(at.cluster, request("run-2"));

    expect(refusal).toBe("CoolingDown");
    expect(message).toMatch(
      / To allow it now, with what is remembered of it forgotten: kubectl -n eks-remediation delete lease deployment[.]shop[.]web$/,
    );
  });

  it("on what cools down is refused without that command to whoever approves: what was proposed would go with it", async () => {
    await acquire(at.cluster, request());
    await release(at.cluster, request(), entry({ applied: true, action: "rollback" }));
    const { refusal, message } = await acquire(at.cluster, { ...request("run-2"), approves: "0123456789abcdef" });

    expect(refusal).toBe("CoolingDown");
    expect(message).not.toContain("kubectl");
  });

  it("on what cools down is no obstacle to whoever takes back what it cools down after", async () => {
    await acquire(at.cluster, request());
    await release(at.cluster, request(), entry({ applied: true, action: "scale", execution: "run-1" }));
    const change = { kind: "scale" as const, scale: { target: "replicas" as const, from: 2, to: 3 } };
    const undoing = (execution: string) =>
      acquire(at.cluster, {
        ...restRequest(incident({ requested: { action: "undo", execution, change } }), policy(), at.clock.now(), false),
        ...{ holder: "run-2", dryRun: true },
      });

    expect(await undoing("run-1")).toMatchObject({ status: "claimed" });
    const { refusal, message } = await undoing("run-0");
    expect(refusal).toBe("CoolingDown");
    // What the execution did would be forgotten with the rest.
    expect(message).not.toContain("kubectl");
  });

  it("on what cools down is no obstacle to whoever asks only what would be done", async () => {
    await acquire(at.cluster, request());
    await release(at.cluster, request(), entry({ applied: true, action: "rollback" }));
    const asks = (of: Partial<Incident>) =>
      acquire(at.cluster, { ...request("run-2", true), run: claimedRun({ incident: incident(of) }) });

    expect(await asks({})).toMatchObject({ status: "refused", refusal: "CoolingDown" });
    expect(await asks({ only_diagnosed: true })).toMatchObject({ status: "claimed" });
  });

  it("is the same one when a step is repeated, and ends when it ended", async () => {
    const first = await acquire(at.cluster, request());
    const before = await stored();
    at.clock.pass(60);

    expect(await acquire(at.cluster, request())).toEqual(first);
    expect(first).toMatchObject({ status: "claimed", lease: "deployment.shop.web" });
    expect(first).not.toHaveProperty("redrive");
    expect(await stored()).toEqual(before);
  });

  it("that has expired is another execution's from then on, with what is remembered", async () => {
    await acquire(at.cluster, request());
    await at.cluster.replace(PATH, released(await stored(), entry({ at: "2020-01-01T00:00:00.000Z" }), new Date(0)));
    at.clock.pass(7_200);
    const taken = await acquire(at.cluster, request("run-2"));

    expect(taken).toMatchObject({ status: "claimed", history: [{ execution: "run-0" }] });
    expect((await stored()).spec).toMatchObject({ holderIdentity: "run-2", leaseTransitions: 1 });
  });

  it("is given back by its holder alone", async () => {
    await acquire(at.cluster, request());
    await release(at.cluster, request("run-2"), entry());
    expect((await stored()).spec?.holderIdentity).toBe("run-1");

    await release(at.cluster, request(), entry());
    const free = await stored();
    await release(at.cluster, request(), entry());
    expect(await stored()).toEqual(free);
    expect(historyOf(free)).toHaveLength(1);
  });

  it("is left as it is by the end of a dry run, and by one that it was refused to", async () => {
    await acquire(at.cluster, request());
    const before = await stored();
    const { change: _none, ...held } = remedyResult({ status: "refused", refusal: "BreakerOpen", message: "Held." });
    await end(claimedRun({ dry_run: true, diagnosis: diagnosis(), remedy: held }));
    await end(claimedRun({ claim: { status: "refused", lease: leaseName(WEB), refusal: "CoolingDown" } }));

    expect(await stored()).toEqual(before);
    await expect(at.cluster.get(paths.lease(CLAIM_NAMESPACE, BREAKER_LEASE))).rejects.toMatchObject({
      name: "NotFound",
    });
  });

  it("remembers the template of what could not be diagnosed, so that it cools down with that", async () => {
    await at.cluster.create(DEPLOYMENTS, {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "shop" } },
      spec: { replicas: 1, selector: { matchLabels: { app: "web" } }, template: template() },
    });
    await acquire(at.cluster, request());
    await end(claimedRun({ error: { Error: "EvidenceTooLarge", Cause: "" } }));
    const [remembered] = historyOf(await stored());
    const present = await at.cluster.get<{ spec: { template: object } }>(`${DEPLOYMENTS}/web`);

    expect(remembered?.template).toBe(templateHash(present.spec.template));
    expect(remembered).toMatchObject({ execution: "run-1", told: null });
    expect(remembered).not.toHaveProperty("applied");
    expect(remembered).not.toHaveProperty("marks");
  });

  it("remembers what waits for the workload as people were told of it, now or before", async () => {
    const run = claimedRun({
      claim: { status: "claimed", lease: leaseName(WEB), history: [entry(), entry({ marks: ["old"] })] },
      incident: incident({ dependants: { count: 1, names: ["Service shop/web"], marks: ["new"] } }),
      diagnosis: diagnosis({ remedy: { action: "none", refusal: "NoSafeRemedy", message: "None." } as never }),
    });
    const report = { ...(await reportOf(run)), told_before: undefined };
    const { told_before: _none, ...now } = report;
    const remembered = async (told: Report, { claim: held }: WorkloadRun = run) => {
      await acquire(at.cluster, { ...request(), redrive: 1 });
      await end({ ...run, ...(held === undefined ? {} : { claim: held }), report: told });
      const [latest] = historyOf(await stored());
      await at.cluster.delete(PATH, { uid: (await stored()).metadata?.uid ?? "" });
      return latest;
    };

    expect(await remembered(now)).toMatchObject({ marks: ["new"] });
    const before = "2026-06-01T11:00:00.000Z";
    expect(await remembered({ ...now, told_before: before })).toMatchObject({ marks: ["old"], told: before });
    const unmarked = claimedRun({ claim: { status: "claimed", lease: leaseName(WEB), history: [entry()] } });
    expect(await remembered({ ...now, told_before: before }, unmarked)).not.toHaveProperty("marks");
  });

  it("remembers until when people were told that they may approve what was proposed", async () => {
    const run = claimedRun({ diagnosis: diagnosis({ plan: "0123456789abcdef" }) });
    const until = "2026-06-02T12:00:00.000Z";
    const report = { ...(await reportOf(run)), valid_until: until };
    await acquire(at.cluster, request());
    await end({ ...run, report });

    expect(historyOf(await stored())[0]).toMatchObject({ plan: "0123456789abcdef", valid_until: until });
  });

  /** What is reported of a run, without its claim's end. */
  async function reportOf(run: WorkloadRun): Promise<Report> {
    const { delivered: _delivered, ...report } = (await end(run)) as Report & { delivered: boolean };
    return report;
  }
});

describe("a claim that others write to at the moment of its release", () => {
  let api: ApiServer;
  const lease = newLease(WEB, "run-1", 1_800, NOW);
  const giveBack = () => release(api.cluster(), { workload: WEB, holder: "run-1", now: NOW }, undefined);
  beforeEach(async () => {
    api = await ApiServer.start();
    api.on("GET", PATH, found(lease));
  });
  afterEach(() => api.stop());

  it("is given back at the third try", async () => {
    api.on("PUT", PATH, refusal(409, ""), refusal(409, ""), found({}));

    await expect(giveBack()).resolves.toBeUndefined();
    expect(api.writes).toHaveLength(3);
  });

  it("is not tried for a fourth time", async () => {
    api.on("PUT", PATH, refusal(409, ""));

    await expect(giveBack()).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(api.writes).toHaveLength(3);
  });

  it("is not tried again where the release is forbidden", async () => {
    api.on("PUT", PATH, refusal(403, ""));

    await expect(giveBack()).rejects.toMatchObject({ name: "Forbidden" });
    expect(api.writes).toHaveLength(1);
  });

  it("is nobody's any more when it is gone", async () => {
    api.on("GET", PATH, refusal(404, ""));

    await expect(giveBack()).resolves.toBeUndefined();
    expect(api.writes).toEqual([]);
  });
});
