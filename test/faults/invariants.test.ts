import { describe, expect, test } from "vitest";
import type { Notification } from "../../functions/notify/notification.ts";
import { violations, type Observation } from "./invariants.ts";
import { DEPLOYMENT, LEASE, observed, PATCHED, RECOVERED, request, told, WEB, workload } from "./observed.ts";

const broken = (more: Partial<Observation>) => violations(observed(more)).map(({ invariant }) => invariant);
const unresolved = (summary: string) => workload({ outcome: "Unresolved", summary, needs_person: true });

/** As EventBridge has it told. */
const FAILED_RUN = {
  text: "failed",
  report: { outcome: "Unresolved", cause: "RunFailed", summary: "A remedy may still be in place." },
} as unknown as Notification;

describe("a run keeps its promises when", () => {
  test.each<[string, Partial<Observation>]>([
    ["the workload recovered by one patch, and subscribers were told so", {}],
    [
      "it changed nothing and says that the remedy was not applied",
      {
        workloads: [unresolved("The remedy was not applied.")],
        requests: [request("PATCH", DEPLOYMENT, { upstream: undefined })],
      },
    ],
    ["it names a change that it could not verify, and asks a person", { workloads: [unresolved("Rolled back.")] }],
    [
      "it failed as a whole, and told so once",
      {
        result: { status: "failed", error: { name: "Forbidden", cause: "" } },
        workloads: [],
        requests: [],
        notifications: [{ subject: "failed", report: { outcome: "Unresolved" } } as unknown as Notification],
      },
    ],
    [
      "a failing workload could not be seen, and it says so",
      {
        workloads: [],
        requests: [],
        unseen: [{ what: "pods", error: "Forbidden", message: "" }],
      },
    ],
    [
      "a claim whose release was spoiled is left to expire",
      {
        claims: [{ spec: { holderIdentity: "run", leaseDurationSeconds: 300 } }],
        requests: [...PATCHED, request("PUT", LEASE, { by: "eks-remediation/claim", fault: "503" })],
      },
    ],
    [
      "a claim whose release was lost is left to expire",
      { claims: [{ spec: { holderIdentity: "run", leaseDurationSeconds: 300 } }], claimSpoiled: true },
    ],
    [
      "the function that told them was lost afterwards, and they are told the same again",
      { notifications: [told(RECOVERED), told(RECOVERED)], retold: true },
    ],
    [
      "its step took back itself what it had changed, and it says that nothing was done",
      {
        workloads: [workload({ outcome: "Skipped", reason: "ObjectChanged" })],
        notifications: [],
        requests: [...PATCHED, request("PATCH", DEPLOYMENT)],
        after: { "deployments/web": WEB },
      },
    ],
    [
      "it was lost each time, and they are told of a failed run as well",
      {
        notifications: [told(RECOVERED), told(RECOVERED), FAILED_RUN],
        result: { status: "failed", error: { name: "NotificationFailed", cause: "" } },
        workloads: [],
        retold: true,
      },
    ],
    [
      "it could not tell its outcome, and says that changes may stand",
      {
        notifications: [FAILED_RUN],
        result: { status: "failed", error: { name: "NotificationFailed", cause: "" } },
        workloads: [],
      },
    ],
  ])("%s", (_name, more) => {
    expect(violations(observed(more))).toEqual([]);
  });
});

describe("a run breaks a promise when", () => {
  test.each<[string, string, Partial<Observation>]>([
    ["it does not end", "ends", { result: undefined }],
    ["it overlooks the workload in silence", "one-outcome", { workloads: [], requests: [] }],
    [
      "it reports the workload and fails all the same",
      "one-outcome",
      {
        result: { status: "failed", error: { name: "NotificationFailed", cause: "" } },
      },
    ],
    ["nobody is told", "told", { notifications: [] }],
    ["subscribers are told twice", "told", { notifications: [told(RECOVERED), told(RECOVERED)] }],
    [
      "subscribers are told something else again",
      "told",
      { notifications: [told(RECOVERED), told(unresolved(""))], retold: true },
    ],
    [
      "subscribers are told another time for the same proposal again",
      "told",
      {
        notifications: ["2026-03-02T10:00:00.000Z", "2026-03-02T10:00:07.000Z"].map((until) => ({
          ...told(RECOVERED),
          text: `Approve it until ${until}`,
        })),
        retold: true,
      },
    ],
    ["subscribers are told another outcome", "told", { notifications: [told(unresolved(""))] }],
    [
      "it holds its claim though nothing was spoiled",
      "claim",
      {
        claims: [{ spec: { holderIdentity: "run", leaseDurationSeconds: 300 } }],
      },
    ],
    [
      "its claim outlives the longest plan",
      "claim",
      {
        claims: [{ spec: { holderIdentity: "run", leaseDurationSeconds: 301 } }],
        requests: [...PATCHED, request("PUT", LEASE, { by: "eks-remediation/claim", fault: "503" })],
      },
    ],
    [
      "it says that nothing was done, and what it changed stands",
      "accounted",
      { workloads: [workload({ outcome: "Skipped", reason: "ObjectChanged" })], notifications: [] },
    ],
    [
      "it says that a remedy was not applied that was",
      "accounted",
      {
        workloads: [unresolved("The remedy (rollback) was not applied.")],
      },
    ],
    ["it says Recovered and changed nothing", "accounted", { requests: [] }],
    ["it says Recovered of a workload that is not well", "accounted", { amiss: "it crashes" }],
    ["it says RolledBack and left its change", "accounted", { workloads: [workload({ outcome: "RolledBack" })] }],
    ["it skips a workload that it changed", "accounted", { workloads: [workload({ outcome: "Skipped" })] }],
    [
      "its report names no change that it made",
      "accounted",
      {
        workloads: [unresolved("")],
        notifications: [told(unresolved(""), [])],
      },
    ],
    ["the remedy took effect twice", "no-repeat", { requests: [...PATCHED, request("PATCH", DEPLOYMENT)] }],
    [
      "another field of the target changed",
      "untouched",
      {
        after: { "deployments/web": { ...WEB, spec: { replicas: 3, template: { image: "web:2" } } } },
      },
    ],
    [
      "another object changed",
      "untouched",
      {
        before: { "deployments/web": WEB, "configmaps/settings": { data: { colour: "blue" } } },
        after: { "deployments/web": WEB, "configmaps/settings": { data: { colour: "red" } } },
      },
    ],
    ["another object is gone", "untouched", { after: {} }],
    [
      "it wrote to another namespace",
      "untouched",
      {
        requests: [request("PATCH", DEPLOYMENT.replace("shop", "prod"))],
      },
    ],
  ])("%s: %s", (_name, invariant, more) => {
    expect(broken(more)).toContain(invariant);
  });
});
