import { describe, expect, it } from "vitest";
import { dedupKeyOf, pagerEventOf } from "../../../../functions/notify/deliver/pager-duty.ts";
import type { NotificationDocument } from "../../../../functions/notify/notification.ts";
import { document } from "./documents.ts";

type Overrides = Partial<NotificationDocument>;

const WELL: Overrides = {
  outcome: "Recovered",
  needs_person: false,
  reason: undefined,
  standing: "up",
  headline: "Fixed",
};
/** What is told of a whole run. */
const WHOLE: Overrides = { workload: undefined, asked_by: undefined, standing: undefined };
const STORM: Overrides = { ...WHOLE, outcome: "Storm", cause: "FailureStorm", reason: undefined };
const FAILED: Overrides = { ...WHOLE, outcome: "Unresolved", cause: "RunFailed", reason: "Forbidden" };

const action = (overrides: Overrides) => pagerEventOf(document(overrides))?.event_action;

describe("an outcome", () => {
  it.each<[string, Overrides]>([
    ["was left to people", {}],
    ["waits for a yes", { reason: "ApprovalNeeded", headline: "Approve or decline" }],
    ["was only observed", { reason: "DiagnoseOnly", headline: "Would roll back" }],
    ["was undone in vain", { outcome: "RolledBack", reason: undefined, done: ["Rolled back."] }],
    ["was not verified", { outcome: "Unresolved", reason: "ClusterUnreachable", changed: ["the template"] }],
    [
      "was asked for, changed something and did not help",
      { outcome: "Unresolved", asked_by: "agent", changed: ["it"] },
    ],
    ["is a storm", STORM],
    ["is a failed run of the schedule", { ...FAILED, scheduled: true }],
    [
      "is an execution for one workload that was stopped",
      { outcome: "Unresolved", cause: "RunFailed", asked_by: undefined },
    ],
  ])("pages when it %s", (_what, overrides) => {
    expect(action(overrides)).toBe("trigger");
  });

  it.each<[string, Overrides]>([
    ["waits for what passes by itself", { needs_person: false, reason: "RolloutInProgress", headline: "Waiting" }],
    ["waits for another workload", { needs_person: false, reason: "WaitsForAnother" }],
    ["was a dry run", { dry_run: true, outcome: "DryRun" }],
    ["was a dry run of a storm", { ...STORM, dry_run: true }],
    ["was a dry run that finds it well", { ...WELL, dry_run: true }],
    ["was asked for and refused", { asked_by: "person", headline: "Not done" }],
    ["was taken back as asked", { outcome: "Undone", needs_person: false, asked_by: "person" }],
    ["is a request that was refused", { ...FAILED, reason: "InvalidRequest" }],
    ["was declined", { needs_person: false, reason: "Declined" }],
    ["helped in part, and is looked at again", { outcome: "Unresolved", needs_person: false, reason: "PartlyDone" }],
  ])("calls nobody when it %s", (_what, overrides) => {
    expect(action(overrides)).toBeUndefined();
  });

  it.each<[string, Overrides]>([
    ["was fixed", WELL],
    ["was done as asked, and is well", { ...WELL, asked_by: "person" }],
    ["does not fail any more", { needs_person: false, reason: "NotFailingAnymore" }],
    ["is gone", { needs_person: false, reason: "WorkloadNotFound", headline: "Gone" }],
    ["is a pod that is gone", { needs_person: false, reason: "PodNotFound", headline: "Gone" }],
    ["was scaled to 0", { needs_person: false, reason: "NotFailingAnymore", headline: "Scaled to 0" }],
    ["is the end of a storm", { ...STORM, ...WHOLE, outcome: "Recovered", needs_person: false }],
    ["is that runs work again", { ...FAILED, outcome: "Recovered", needs_person: false }],
  ])("ends the page when it %s", (_what, overrides) => {
    expect(pagerEventOf(document(overrides))).toEqual({
      event_action: "resolve",
      dedup_key: dedupKeyOf(document(overrides)),
    });
  });
});

describe("a page", () => {
  it("is one for all that is told of a workload, whatever its cause, and another one for each other", () => {
    const keys = [
      document(),
      document({ cluster_name: "arn:aws:eks:eu-west-1:123456789012:cluster/prod" }),
      document({ workload: { kind: "Deployment", namespace: "shop", name: "api" } }),
      document({ workload: { kind: "Rollout", group: "argoproj.io", namespace: "shop", name: "web" } }),
      document(STORM),
      document({ ...STORM, looked_at: "shop" }),
      document(FAILED),
      document({ workload: { kind: "Deployment", namespace: "shop", name: "w".repeat(253) } }),
      document({ workload: { kind: "Deployment", namespace: "shop", name: `${"w".repeat(252)}x` } }),
    ].map(dedupKeyOf);

    expect(new Set(keys).size).toBe(keys.length);
    expect(Math.max(...keys.map((key) => key.length))).toBeLessThanOrEqual(255);
    expect(dedupKeyOf(document({ ...WELL, cause: "NodeLost" }))).toBe(dedupKeyOf(document()));
    expect(dedupKeyOf(document())).toBe("eks-remediation/prod/Deployment/shop/web");
  });

  it.each<[Overrides, string]>([
    [{}, "critical"],
    [{ standing: "up_in_part" }, "error"],
    [{ standing: "up" }, "warning"],
    [{ standing: undefined }, "warning"],
    [STORM, "critical"],
    [{ ...FAILED, scheduled: true }, "error"],
  ])("of %j is %s", (overrides, severity) => {
    expect(pagerEventOf(document(overrides))).toMatchObject({ payload: { severity } });
  });

  it("says what is broken, where, and what to do, and leads to the execution", () => {
    const url = "https://abc.lambda-url.eu-west-1.on.aws/?p=1";
    const proposal = {
      plan: "p",
      valid_until: "2026-06-01T13:00:00.000Z",
      url,
      decide: [`Open ${url}`, "Or send it."],
    };
    const waits = document({ proposal });

    expect(pagerEventOf(waits)).toMatchObject({
      client_url: waits.execution.console_url,
      links: [{ href: url, text: "Approve or decline it" }],
      payload: {
        summary: "[prod] Needs you: Deployment shop/web. 2 pods crash.",
        source: "prod",
        component: "Deployment shop/web",
        group: "shop",
        class: "CrashLoop",
        custom_details: { Decide: ["Or send it."], "To do": ["Look at it."], Evidence: ["it never ran well"] },
      },
    });
  });
});
