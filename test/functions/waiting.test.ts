import { describe, expect, it } from "vitest";
import { claim as claimStep } from "../../functions/claim/handler.ts";
import { refuseWaiting } from "../../functions/classify/waiting.ts";
import { notify } from "../../functions/notify/handler.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { Claim, Incident, Remedy } from "../../functions/run/contracts.ts";
import type { Counted } from "../../functions/scan/extent.ts";
import { workloadKey } from "../../functions/scan/incidents.ts";
import { atRest } from "../../functions/scan/resting.ts";
import { together } from "../../functions/scan/together.ts";
import { View } from "../../functions/scan/view.ts";
import { CLAIM_NAMESPACE } from "../../functions/shared/policy.ts";
import { admittingClusterForEach, environmentAt } from "../support/admitting-cluster.ts";
import { policy } from "../support/objects.ts";
import { claimedRun, diagnosis } from "../support/runs.ts";

const RULES = policy();
const DAY_MINUTES = 1_440;

const at = admittingClusterForEach(CLAIM_NAMESPACE, "shop");

/** A workload of which a pod has failed since then, with the host that its environment names. */
function failing(name: string, since: Date, host?: string): Counted {
  const workload = { kind: "Deployment", namespace: "shop", name };
  const failure = { reason: "CrashLoopBackOff", since: since.toISOString() };
  const hosts = host === undefined ? [] : [{ host, where: "environment" as const }];
  const facts = { leftover: false, revision: `${name}-1`, ran: true, hosts, aliases: [name], labels: {} };
  return {
    incident: { workload, failures: [{ ...failure, count: 1 }], failing_pods: 1, sample_pods: [] },
    pods: [{ name: `${name}-x`, node: "node-0", workload, failures: [failure], facts }],
  };
}

const NO_REMEDY: Remedy = { action: "none", refusal: "NoSafeRemedy", message: "A person has to look." };

/** What was found of a workload that cannot be read, so that it has no template. */
function diagnosed(remedy: Remedy) {
  const { template: _none, ...rest } = diagnosis({ remedy });
  return rest;
}

/** One run: the scan's look at the claims, and for what does not rest the steps from claim to release. */
async function run(minute: number, found: readonly Counted[]) {
  const serving = { serving: new Set<string>(), failedRollouts: new Set<string>() };
  const bonds = together(found, new Set(found.map(({ incident }) => workloadKey(incident.workload))), serving);
  const incidents = found.map(({ incident }) => incident);
  const seen = await atRest(
    new View(at.cluster),
    incidents,
    { bonds, isTold: () => false, dryRun: false },
    RULES,
    at.clock.now(),
  );
  const sent: Notification[] = [];
  const environment = environmentAt(at, RULES, sent);
  for (const [index, incident] of seen.awake.entries()) {
    const execution = { id: "x", name: `run-${minute}-${index}` };
    const { claim: _none, ...unclaimed } = claimedRun({ incident, execution });
    const claim = (await claimStep(environment)({ operation: "acquire", redrive: 0, run: unclaimed })) as Claim;
    const refused = refuseWaiting(incident, NO_REMEDY);
    const remedy = refused === undefined ? NO_REMEDY : { ...NO_REMEDY, ...refused };
    const ended = { ...unclaimed, claim, diagnosis: diagnosed(remedy) };
    const report = (await notify(environment)({ about: "workload", run: ended })) ?? undefined;
    await claimStep(environment)({ operation: "release", redrive: 0, run: { ...ended, ...(report && { report }) } });
  }
  return { ...seen, sent };
}

/** The workloads by which people were told in each minute, each with how many that fail with it. */
async function play(minutes: number, foundIn: (minute: number) => readonly Counted[]) {
  const told: string[] = [];
  const looks = new Map<string, number>();
  for (let minute = 0; minute < minutes; minute++) {
    if (minute > 0) at.clock.pass(60);
    const { awake, sent } = await run(minute, foundIn(minute));
    for (const { workload } of awake) looks.set(workload.name, (looks.get(workload.name) ?? 0) + 1);
    for (const { report, document } of sent) {
      const with_ = /^(\d+) other/.exec(document.found.find((line) => line.includes("with it")) ?? "")?.[1] ?? "0";
      told.push(`${minute}: ${report.workload?.name ?? ""} +${with_}`);
    }
  }
  return { told, looks };
}

const clientsOf = (names: readonly string[], since: Date) => names.map((name) => failing(name, since, "ledger-db"));

describe("what waits for a workload that nobody fixes, over runs that come each minute", () => {
  it("is told with it, once a day, and is looked at no more often than that", async () => {
    const start = at.clock.now();
    const found = [failing("ledger-db", start), ...clientsOf(["api", "web"], start)];
    const { told, looks } = await play(DAY_MINUTES + 20, () => found);

    expect(told).toEqual(["0: ledger-db +2", `${DAY_MINUTES}: ledger-db +2`]);
    expect(looks.get("api")).toBe(looks.get("ledger-db"));
    expect(looks.get("web")).toBeLessThan(15);
  });

  it("is told where it has newly failed while that one rests, once, the first for all of them", async () => {
    const start = at.clock.now();
    const old = [failing("ledger-db", start), ...clientsOf(["api", "web"], start)];
    const later = clientsOf(["cart", "mail", "pay"], new Date(start.getTime() + 290_000));
    const { told } = await play(60, (minute) => [...old, ...(minute < 5 ? [] : later)]);

    expect(told).toEqual(["0: ledger-db +2", "5: cart +2"]);
  });

  it("is told also when it began to fail before many others were told, and was left its time until then", async () => {
    const start = at.clock.now();
    const names = Array.from({ length: 40 }, (_, index) => `api-${index}`);
    const old = [failing("ledger-db", start), ...clientsOf(names, start)];
    const late = clientsOf(["slow"], start);
    const { told } = await play(20, (minute) => [...old, ...(minute < 5 ? [] : late)]);

    expect(told).toEqual(["0: ledger-db +40", "5: slow +0"]);
  });

  it("is told in few messages however many they are", async () => {
    const start = at.clock.now();
    const names = Array.from({ length: 180 }, (_, index) => `api-${index}`);
    const found = [failing("ledger-db", start), ...clientsOf(names, start)];
    const { told } = await play(3, () => found);

    expect(told).toEqual(["0: ledger-db +180"]);
  });

  it("says nothing while another execution looks after that one, and is told after it", async () => {
    const start = at.clock.now();
    const root = failing("ledger-db", start);
    const environment = environmentAt(at, RULES);
    const { claim: _none, ...holder } = claimedRun({ incident: root.incident, execution: { id: "y", name: "holder" } });
    const claim = (await claimStep(environment)({ operation: "acquire", redrive: 0, run: holder })) as Claim;
    const found = [root, ...clientsOf(["api", "web"], start)];

    expect(await run(1, found)).toMatchObject({ awake: [], resting: { count: 3, claimed: 1, waiting: 2 }, sent: [] });

    const ended = { ...holder, claim, diagnosis: diagnosed(NO_REMEDY) };
    const report = (await notify(environment)({ about: "workload", run: ended })) ?? undefined;
    await claimStep(environment)({ operation: "release", redrive: 0, run: { ...ended, ...(report && { report }) } });
    const { awake, sent } = await run(2, found);
    expect(awake.map(({ workload }: Incident) => workload.name)).toEqual(["api", "web"]);
    expect(sent.map(({ report: { workload, summary } }) => [workload?.name, summary])).toEqual([
      ["api", expect.stringContaining("It waits for Deployment shop/ledger-db, which fails, too")],
    ]);
  });
});
