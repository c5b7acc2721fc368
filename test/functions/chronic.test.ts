import { beforeEach, describe, expect, it } from "vitest";
import { claim as claimStep } from "../../functions/claim/handler.ts";
import { notify } from "../../functions/notify/handler.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { Claim, Incident, WorkloadRun } from "../../functions/run/contracts.ts";
import { triedTooOften } from "../../functions/run/cool-down.ts";
import { atRest } from "../../functions/scan/resting.ts";
import { View } from "../../functions/scan/view.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import { presentTemplate } from "../../functions/shared/kubernetes/template.ts";
import type { Deployment } from "../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../functions/shared/policy.ts";
import { admittingClusterForEach, environmentAt } from "../support/admitting-cluster.ts";
import { incident, policy } from "../support/objects.ts";
import { claimedRun, diagnosis, remedyResult } from "../support/runs.ts";

const RULES = policy();
const DAY_MINUTES = 1_440;

const at = admittingClusterForEach(CLAIM_NAMESPACE, "shop");
beforeEach(async () => {
  await at.cluster.create("/apis/apps/v1/namespaces/shop/deployments", {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "app", image: "shop/web:1" }] } },
    },
  });
});

type End = Pick<WorkloadRun, "diagnosis" | "remedy" | "verification" | "undo_verification" | "error">;
/** What comes of a workload that was claimed, before people are told. */
type Course = (claim: Claim, template: string | undefined) => End;

const without = (refusal: "NoSafeRemedy" | "TriedTooOften", template: string | undefined): End => ({
  diagnosis: diagnosis({
    ...(template === undefined ? {} : { template }),
    remedy: { action: "none", refusal, message: "A person has to look." },
  }),
});

/** A rollback that does not help, and is undone, until so many did not. */
const inVain: Course = ({ history = [] }, template) => {
  if (triedTooOften(history, template, RULES) !== undefined) return without("TriedTooOften", template);
  const observation = { digest: "d", well_since: null };
  return {
    diagnosis: diagnosis(template === undefined ? {} : { template }),
    remedy: remedyResult({ undo: "can be undone" }),
    verification: { verdict: "not_recovered", reasons: ["0 of 1 replicas ready"], wait_seconds: 1, observation },
    undo_verification: { verdict: "undone", reasons: [] },
  };
};

/** Nothing can be done about it. */
const noRemedy: Course = (_claim, template) => without("NoSafeRemedy", template);
/** Whatever is odd about it makes its diagnosis end with an error. */
const odd: Course = () => ({ error: { Error: "StepFailed", Cause: "" } });

/** It waits for no other workload. */
const ALONE = { bonds: new Map(), isTold: () => false, dryRun: false };

/**
 * Runs of the schedule, one a minute: the scan's look at the claims, and for what does not rest the steps from claim to release.
 * @param well the minutes in which it does not fail
 * @returns when people were told, and when it was looked at, in minutes
 */
async function play(course: Course, minutes: number, well: (minute: number) => boolean = () => false) {
  const told: { minute: number; notification: Notification }[] = [];
  const looks: number[] = [];
  const rests = new Set<string>();
  const web: Incident = incident({ failures: [{ reason: "CrashLoopBackOff", count: 2 }], failing_pods: 2 });
  const template = presentTemplate(await at.cluster.get<Deployment>("/apis/apps/v1/namespaces/shop/deployments/web"));
  for (let minute = 0; minute < minutes; minute++) {
    if (minute > 0) at.clock.pass(60);
    if (well(minute)) continue;
    const { awake, resting } = await atRest(new View(at.cluster), [web], ALONE, RULES, at.clock.now());
    for (const { why } of resting.workloads) rests.add(why);
    if (awake.length === 0) continue;
    looks.push(minute);
    const sent: Notification[] = [];
    const environment = environmentAt(at, RULES, sent);
    const { claim: _none, ...unclaimed } = claimedRun({ incident: web, execution: { id: "x", name: `run-${minute}` } });
    const claim = (await claimStep(environment)({ operation: "acquire", redrive: 0, run: unclaimed })) as Claim;
    expect(claim.status).toBe("claimed");
    const run: WorkloadRun = { ...unclaimed, claim, ...course(claim, template) };
    const report = (await notify(environment)({ about: "workload", run })) ?? undefined;
    await claimStep(environment)({ operation: "release", redrive: 0, run: { ...run, ...(report && { report }) } });
    told.push(...sent.map((notification) => ({ minute, notification })));
  }
  return { told, looks, rests: [...rests] };
}

const minutesOf = (told: readonly { minute: number }[]) => told.map(({ minute }) => minute);

describe("a workload that nobody fixes, over a day of runs that come each minute", () => {
  it("is told each time that a remedy is in vain, that it is left to a person then, and once a day from then on", async () => {
    const { told, looks, rests } = await play(inVain, DAY_MINUTES + 60);
    const reasons = told.map(({ notification: { report } }) => report.reason ?? report.outcome);

    expect(reasons).toEqual(["RolledBack", "RolledBack", "RolledBack", "TriedTooOften"]);
    expect(minutesOf(told)).toEqual([0, 10, 30, 30 + DAY_MINUTES]);
    expect(looks).toEqual(minutesOf(told));
    expect(rests).toEqual(["cooling_down", "left_to_person"]);
    const steps = told.map(({ notification: { document } }) => document.next_steps.join(" "));
    expect(steps[1]).not.toContain("left to a person");
    expect(steps[2]).toContain("3 remedies in a row did not help. From now on it is left to a person");
    expect(steps[2]).toContain("kubectl -n eks-remediation delete lease deployment.shop.web");
  });

  it("is told once a day that nothing can be done, and looked at in between after pauses that double", async () => {
    const { told, looks, rests } = await play(noRemedy, DAY_MINUTES + 60);

    expect(minutesOf(told)).toEqual([0, DAY_MINUTES]);
    expect(looks.slice(0, 7)).toEqual([0, 10, 30, 70, 150, 310, 630]);
    expect(looks.length).toBeLessThan(15);
    expect(rests).toEqual(["left_to_person"]);
  });

  it("is told once a day that its diagnosis ends with an error, and not once a minute", async () => {
    const { told, looks } = await play(odd, DAY_MINUTES + 60);

    expect(minutesOf(told)).toEqual([0, DAY_MINUTES]);
    expect(told[0]?.notification.report).toMatchObject({ outcome: "Unresolved", reason: "StepFailed" });
    expect(looks.length).toBeLessThan(15);
  });

  it("is told at once when something else is wrong, or the same after it was well when its pause ended", async () => {
    let looked = 0;
    const changing: Course = (claim, template) => (++looked === 2 ? odd(claim, template) : noRemedy(claim, template));
    const other = await play(changing, 100);
    expect(minutesOf(other.told)).toEqual([0, 10]);

    await at.cluster.delete(paths.lease(CLAIM_NAMESPACE, "deployment.shop.web"), {} as never);
    const again = await play(noRemedy, 200, (minute) => minute > 5 && minute < 60);
    expect(minutesOf(again.told)).toEqual([0, 60]);
  });
});
