import { UNFINISHED } from "../../functions/run/history.ts";
import { begun, newLease } from "../../functions/run/lease.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Change, Diagnosis, RemedyResult, WorkloadRun } from "../../functions/run/contracts.ts";
import { templateHash } from "../../functions/shared/kubernetes/template.ts";
import type { Lease } from "../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../functions/shared/policy.ts";
import { found, page, type ApiServer } from "./api-server.ts";
import { incident, NOW, template } from "./objects.ts";

const REVISION_1 = {
  revision: 1,
  kind: "ReplicaSet",
  name: "web-1",
  template: templateHash(template("shop/web:1")),
} as const;
const REVISION_2 = {
  revision: 2,
  kind: "ReplicaSet",
  name: "web-2",
  template: templateHash(template("shop/web:2")),
} as const;

/** A run that has claimed `shop/web`. */
export function claimedRun(overrides: Partial<WorkloadRun> = {}): WorkloadRun {
  return {
    cluster_name: "prod",
    dry_run: false,
    execution: { id: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1", name: "run-1" },
    incident: incident({
      failures: [{ reason: "CrashLoopBackOff", count: 2 }],
      failing_pods: 2,
      sample_pods: ["web-2-a"],
    }),
    claim: { status: "claimed", lease: "deployment.shop.web", expires_at: "2026-06-01T12:30:00.000Z" },
    ...overrides,
  };
}

/** A diagnosis that rolls revision 2 back to revision 1. */
export function diagnosis(overrides: Partial<Diagnosis> = {}): Diagnosis {
  return {
    cause: "CrashLoopAfterRollout",
    confidence: "high",
    summary: "2 pods crash since revision 2 was rolled out.",
    evidence: ["revision 1 has 2 available replicas"],
    remedy: { action: "rollback", before: REVISION_2, after: REVISION_1, unblocked: [] },
    rejected: [{ action: "restart", reason: "the same template crashes again" }],
    undo: "Put the template of revision 2 back.",
    template: "bbbb",
    progress_deadline_seconds: 600,
    ...overrides,
  };
}

export function remedyResult(overrides: Partial<RemedyResult> = {}): RemedyResult {
  return {
    status: "applied",
    message: "Rolled back from revision 2 to the template of revision 1.",
    change: { kind: "rollback", before: REVISION_2, after: REVISION_1, unblocked: [] },
    wait_seconds: 20,
    deadline: new Date(NOW.getTime() + 660_000).toISOString(),
    ...overrides,
  };
}

/** A run whose remedy was applied. */
export function appliedRun(change?: Change): WorkloadRun {
  return claimedRun({ diagnosis: diagnosis(), remedy: remedyResult(change === undefined ? {} : { change }) });
}

/** The Lease of a run's claim, as it stands until the run releases it. */
export function claimOf({ incident: { workload }, execution }: WorkloadRun): { path: string; lease: Lease } {
  const lease = newLease(workload, execution.name, 1_800, NOW);
  return { path: paths.lease(CLAIM_NAMESPACE, lease.metadata?.name ?? ""), lease };
}

/** Answers with a claim, alone in its namespace, and keeps nothing of what is written to it. */
export function serveClaim(api: ApiServer, { path, lease }: ReturnType<typeof claimOf>): void {
  api.on("GET", path, found(lease));
  api.on("GET", paths.leases(CLAIM_NAMESPACE), page([lease]));
  api.on("PUT", path, (response, { body }) => {
    const { metadata, ...rest } = body as Lease;
    const answer = { ...rest, metadata: { ...metadata, resourceVersion: "8" } };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  });
}

/** The Lease of a run's claim once its remedy has begun. */
export function begunClaimOf(run: WorkloadRun): Lease {
  const { diagnosis, execution } = run;
  const action = diagnosis?.remedy.action ?? "none";
  const entry = { at: NOW.toISOString(), execution: execution.name, cause: "c", action, outcome: UNFINISHED };
  return begun(claimOf(run).lease, { ...entry, applied: true });
}
