import { describe, expect, test } from "vitest";
import type { WorkloadResult } from "../../functions/shared/contracts.ts";
import type { Notification } from "../../functions/shared/notification.ts";
import type { ProxiedRequest } from "../../local/faults/proxy.ts";
import { violations, type Observation } from "./invariants.ts";

const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";
const LEASE = "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases/deployment.shop.web";

function request(method: string, path: string, more: Partial<ProxiedRequest> = {}): ProxiedRequest {
  return {
    number: 1,
    method,
    path,
    query: "",
    by: "eks-remediation/rollback",
    fault: undefined,
    upstream: 200,
    ...more,
  };
}

function workload(more: Partial<WorkloadResult>): WorkloadResult {
  const base = { outcome: "Recovered", cause: "ImageNotFound", action: "rollback", summary: "", needs_person: false };
  return { ...base, delivered: true, ...more } as WorkloadResult;
}

/** A notification of that workload. */
function told(report: WorkloadResult, done: string[] = ["Rolled back."]): Notification {
  const about = { ...report, workload: { kind: "Deployment", namespace: "shop", name: "web" } };
  return { subject: "web", report: about, document: { done } } as unknown as Notification;
}

const PATCHED = [request("PATCH", DEPLOYMENT, { query: "dryRun=All" }), request("PATCH", DEPLOYMENT)];
const WEB = { labels: {}, annotations: {}, spec: { replicas: 2, template: { image: "web:1" } } };
const RECOVERED = workload({});

function observed(more: Partial<Observation>): Observation {
  const reported = more.workloads ?? [RECOVERED];
  return {
    situation: {
      name: "bad-rollout",
      outcome: "Recovered",
      writes: { "PATCH deployments": 1 },
      mayChange: { "deployments/web": ["spec.template"] },
    },
    namespace: "shop",
    result: { status: "succeeded", output: {} },
    workloads: reported,
    outcomes: reported.map(({ outcome }) => outcome),
    unseen: [],
    notifications: reported.map((report) => told(report)),
    requests: PATCHED,
    before: { "deployments/web": WEB },
    after: { "deployments/web": { ...WEB, spec: { replicas: 2, template: { image: "web:2" } } } },
    amiss: undefined,
    undoing: false,
    claims: [],
    claimSeconds: 300,
    ...more,
  };
}

const broken = (more: Partial<Observation>) => violations(observed(more)).map(({ invariant }) => invariant);
const unresolved = (summary: string) => workload({ outcome: "Unresolved", summary, needs_person: true });

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
