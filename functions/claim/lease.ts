import { createHash } from "node:crypto";
import * as z from "zod";
import { HistoryEntry, type WorkloadRef } from "../shared/contracts.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../shared/policy.ts";
import { bounded } from "../shared/text.ts";

/** Where the Lease keeps how earlier remediations ended, newest first, as JSON. */
export const HISTORY_ANNOTATION = "eks-remediation/history";
/** For people who look at the Lease: the workload that it stands for. */
const WORKLOAD_ANNOTATION = "eks-remediation/workload";
/** Entries kept in a claim, and how long each may be as JSON: they go into every payload. */
const MAX_HISTORY = 10;
const MAX_ENTRY = 1_000;
/** The API server's limit for object names. */
const MAX_NAME = 253;

/** The name of the Lease that is the claim on a workload: readable, and unique also when it has to be cut. */
export function leaseName({ kind, namespace, name }: WorkloadRef): string {
  const full = `${kind.toLowerCase()}.${namespace}.${name}`;
  if (full.length <= MAX_NAME) return full;
  const hash = createHash("sha256").update(full).digest("hex").slice(0, 16);
  return `${full.slice(0, MAX_NAME - 17).replace(/[^a-z0-9]+$/, "")}-${hash}`;
}

/** A Lease that nobody held before. */
export function newLease(workload: WorkloadRef, holder: string, seconds: number, now: Date): Lease {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: leaseName(workload),
      namespace: CLAIM_NAMESPACE,
      labels: { "app.kubernetes.io/managed-by": "eks-remediation" },
      annotations: {
        [WORKLOAD_ANNOTATION]: `${workload.kind} ${workload.namespace}/${workload.name}`,
        [HISTORY_ANNOTATION]: "[]",
      },
    },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: seconds,
      acquireTime: microTime(now),
      renewTime: microTime(now),
      leaseTransitions: 0,
    },
  };
}

/** The same Lease, held by somebody new. Its resourceVersion stays, so that only one of two takers succeeds. */
export function takenOver(lease: Lease, holder: string, seconds: number, now: Date): Lease {
  return {
    ...lease,
    spec: {
      ...lease.spec,
      holderIdentity: holder,
      leaseDurationSeconds: seconds,
      acquireTime: microTime(now),
      renewTime: microTime(now),
      leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + 1,
    },
  };
}

/** The same Lease, held by nobody, with one more entry in its history. */
export function released(lease: Lease, entry: HistoryEntry | undefined, now: Date): Lease {
  const history = [...(entry === undefined ? [] : [entry]), ...historyOf(lease)].slice(0, MAX_HISTORY);
  const { holderIdentity: _released, ...spec } = lease.spec ?? {};
  return {
    ...lease,
    metadata: {
      ...lease.metadata,
      annotations: { ...lease.metadata?.annotations, [HISTORY_ANNOTATION]: JSON.stringify(history) },
    },
    spec: { ...spec, renewTime: microTime(now) },
  };
}

/** Who holds the Lease at `now`; undefined when nobody does or the holder's time is over. */
export function holderOf(lease: Lease, now: Date): string | undefined {
  const holder = lease.spec?.holderIdentity;
  if (holder === undefined || holder === "") return undefined;
  return expiryOf(lease).getTime() > now.getTime() ? holder : undefined;
}

/** When the present claim ends by itself. */
export function expiryOf(lease: Lease): Date {
  const renewed = Date.parse(lease.spec?.renewTime ?? lease.spec?.acquireTime ?? "");
  return new Date((Number.isNaN(renewed) ? 0 : renewed) + (lease.spec?.leaseDurationSeconds ?? 0) * 1_000);
}

function isShort(entry: HistoryEntry): boolean {
  return JSON.stringify(entry).length <= MAX_ENTRY;
}

/** The entry with texts that fit into a message. */
function asLines({ execution, cause, action, outcome, ...entry }: HistoryEntry): HistoryEntry {
  return {
    ...entry,
    execution: bounded(execution),
    cause: bounded(cause),
    action: bounded(action),
    outcome: bounded(outcome),
  };
}

/** How earlier remediations ended, newest first. What a person broke while editing counts as no history. */
export function historyOf(lease: Lease): HistoryEntry[] {
  try {
    const parsed = z
      .array(HistoryEntry)
      .safeParse(JSON.parse(lease.metadata?.annotations?.[HISTORY_ANNOTATION] ?? "[]"));
    return parsed.success ? parsed.data.filter(isShort).slice(0, MAX_HISTORY).map(asLines) : [];
  } catch {
    return [];
  }
}

/** The API's MicroTime has six digits after the second. */
function microTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
