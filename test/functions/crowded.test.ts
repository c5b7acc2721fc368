import { describe, expect, it } from "vitest";
import { claim as claimStep } from "../../functions/claim/handler.ts";
import { notify } from "../../functions/notify/handler.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { Claim, Incident } from "../../functions/run/contracts.ts";
import { atRest } from "../../functions/scan/resting.ts";
import { View } from "../../functions/scan/view.ts";
import { CLAIM_NAMESPACE } from "../../functions/shared/policy.ts";
import { admittingClusterForEach, environmentAt } from "../support/admitting-cluster.ts";
import { incident, policy } from "../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../support/runs.ts";

const RULES = policy();
const at = admittingClusterForEach(CLAIM_NAMESPACE, "shop", "pay");

/** It waits for no other workload. */
const ALONE = { bonds: new Map(), isTold: () => false, dryRun: false };

const failing = (kind: string, name: string, namespace = "shop"): Incident =>
  incident({ workload: { kind, namespace, name }, failures: [{ reason: "Error", count: 1 }], failing_pods: 1 });

/** One run: the scan's look at the claims, and for what does not rest the steps from claim to release. */
async function run(minute: number, found: readonly Incident[], isRemedied: (name: string) => boolean) {
  const { awake } = await atRest(new View(at.cluster), found, ALONE, RULES, at.clock.now());
  const sent: Notification[] = [];
  const environment = environmentAt(at, RULES, sent);
  for (const one of awake) {
    const execution = { id: "x", name: `run-${minute}` };
    const { claim: _none, ...unclaimed } = claimedRun({ incident: one, execution });
    const claim = (await claimStep(environment)({ operation: "acquire", redrive: 0, run: unclaimed })) as Claim;
    const { template: _template, ...found } = diagnosis();
    const none = { action: "none" as const, refusal: "NothingRecreatesIt" as const, message: "Nobody recreates it." };
    const observation = { digest: "d", well_since: null };
    const verdict = { verdict: "recovered" as const, reasons: [], wait_seconds: 1, observation };
    const end = isRemedied(one.workload.name)
      ? { diagnosis: found, remedy: remedyResult(), verification: verdict }
      : { diagnosis: { ...found, remedy: none } };
    const ended = { ...unclaimed, claim, ...end };
    const report = (await notify(environment)({ about: "workload", redrive: 0, run: ended })) ?? undefined;
    await claimStep(environment)({ operation: "release", redrive: 0, run: { ...ended, ...(report && { report }) } });
  }
  return sent;
}

/** What people are told in each minute. */
async function play(
  minutes: number,
  foundIn: (minute: number) => readonly Incident[],
  isRemedied: (name: string) => boolean = () => false,
) {
  const told: { minute: number; name: string; found: string }[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    if (minute > 0) at.clock.pass(60);
    for (const { report, document } of await run(minute, foundIn(minute), isRemedied)) {
      told.push({ minute, name: report.workload?.name ?? "", found: document.found.join("\n") });
    }
  }
  return told;
}

const minutesOf = (told: readonly { minute: number }[]) => told.map(({ minute }) => minute);

describe("a tenant that makes failing objects anew all the time", () => {
  it("has people called a few times, then after pauses that double up to an hour", async () => {
    const told = await play(140, (minute) => [
      failing("Pod", `job-${2 * minute}`),
      failing("Pod", `job-${2 * minute + 1}`),
    ]);

    expect(minutesOf(told)).toEqual([0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 14, 34, 74, 134]);
    expect(told.at(-1)?.found).toContain("more failures in namespace shop of which nobody is told one by one");
  });

  it("keeps nobody from hearing of another namespace, of a workload of its own, or of a remedy", async () => {
    const flood = (minute: number) => [failing("Pod", `job-${2 * minute}`), failing("Pod", `job-${2 * minute + 1}`)];
    const others = [failing("Pod", "till", "pay"), failing("Deployment", "web"), failing("Deployment", "mended")];
    const told = await play(
      40,
      (minute) => (minute === 30 ? [...flood(minute), ...others] : flood(minute)),
      (name) => name === "mended",
    );

    expect(told.filter(({ minute }) => minute === 30).map(({ name }) => name)).toEqual(["till", "web", "mended"]);
  });

  it("has people called ten times by a hundred at once, and once more an hour at the most while they stay", async () => {
    const found = Array.from({ length: 100 }, (_, index) => failing("Pod", `job-${index}`));
    const told = await play(130, () => found);

    expect(told.filter(({ minute }) => minute === 0)).toHaveLength(10);
    expect(told[9]?.found).toContain("90 more failures in namespace shop");
    expect(told.filter(({ minute }) => minute > 0).length).toBeLessThanOrEqual(5);
    expect(new Set(told.map(({ name }) => name)).size).toBe(told.length);
  });
});
