import type { WorkloadResult } from "../../functions/run/contracts.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { ProxiedRequest } from "./proxy/proxy.ts";
import type { Observation } from "./invariants.ts";

export const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";
export const LEASE = "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases/deployment.shop.web";

export function request(method: string, path: string, more: Partial<ProxiedRequest> = {}): ProxiedRequest {
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

export function workload(more: Partial<WorkloadResult>): WorkloadResult {
  const base = { outcome: "Recovered", cause: "ImageNotFound", action: "rollback", summary: "", needs_person: false };
  return { ...base, delivered: true, ...more } as WorkloadResult;
}

/** A notification of that workload. */
export function told(report: WorkloadResult, done: string[] = ["Rolled back."]): Notification {
  const about = { ...report, workload: { kind: "Deployment", namespace: "shop", name: "web" } };
  return { subject: "web", text: report.outcome, report: about, document: { done } } as unknown as Notification;
}

export const PATCHED = [request("PATCH", DEPLOYMENT, { query: "dryRun=All" }), request("PATCH", DEPLOYMENT)];
export const WEB = { labels: {}, annotations: {}, spec: { replicas: 2, template: { image: "web:1" } } };
export const RECOVERED = workload({});

export function observed(more: Partial<Observation>): Observation {
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
