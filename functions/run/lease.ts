import { createHash } from "node:crypto";
import * as z from "zod";
import { HistoryEntry } from "./contracts.ts";
import { type WorkloadRef } from "../shared/refs.ts";
import { UNFINISHED } from "./history.ts";
import { fitted, newest } from "./kept-entries.ts";
import { isKubernetesOwn, isOfCluster } from "../kinds/kinds.ts";
import { describeWorkload } from "../kinds/workloads.ts";
import { qualifiedKind } from "../shared/kubernetes/groups.ts";
import { canExist } from "../shared/kubernetes/names.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../shared/policy.ts";

/** Where the Lease keeps how earlier remediations ended, newest first, as JSON. */
export const HISTORY_ANNOTATION = "eks-remediation/history";
/** The workload that the Lease stands for, as `Deployment shop/web`. */
const WORKLOAD_ANNOTATION = "eks-remediation/workload";
/** Marks the Leases that are the workflow's. */
export const MANAGED_BY = { "app.kubernetes.io/managed-by": "eks-remediation" };
/** The day, in UTC, on which the Lease was last taken or released: what is no longer used is found by it. */
const USED_LABEL = "eks-remediation/used";
/** The API server's limit for object names. */
const MAX_NAME = 253;

/**
 * The name of the Lease that is the claim on a workload: readable, and unique also when it has to be cut. That of a kind
 * which is not Kubernetes' own, or of what cannot exist, has no dot, so that it is never that of another workload.
 */
export function leaseName(workload: WorkloadRef): string {
  const { kind, namespace, name } = workload;
  const full = [kind.toLowerCase(), namespace, name].filter((part) => part !== "").join(".");
  if (!isKubernetesOwn(workload) || !canExist(workload)) {
    const words = `${qualifiedKind(workload)}-${namespace}-${name}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
    return cut(words.replace(/^-/, ""), JSON.stringify([qualifiedKind(workload), namespace, name]));
  }
  return full.length <= MAX_NAME ? full : cut(full, full);
}

/** The command that gives a workload back that is left alone for its history: it is looked after anew. */
export function handBackCommand(workload: WorkloadRef): string {
  return `kubectl -n ${CLAIM_NAMESPACE} delete lease ${leaseName(workload)}`;
}

/** The beginning of a name, and a digest of what makes it unique. */
function cut(name: string, identity: string): string {
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 16);
  return `${name.slice(0, MAX_NAME - 17).replace(/[^a-z0-9]+$/, "")}-${hash}`;
}

/** A Lease that nobody held before. */
export function newLease(workload: WorkloadRef, holder: string, seconds: number, now: Date): Lease {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: leaseName(workload),
      namespace: CLAIM_NAMESPACE,
      labels: { ...MANAGED_BY, [USED_LABEL]: dayOf(now) },
      annotations: {
        [WORKLOAD_ANNOTATION]: describeWorkload(workload),
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
    metadata: { ...lease.metadata, labels: { ...lease.metadata?.labels, [USED_LABEL]: dayOf(now) } },
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

/** The same Lease, still held, from now on. Its resourceVersion stays, so that nobody has taken it over meanwhile. */
export function renewed(lease: Lease, seconds: number, now: Date): Lease {
  return {
    ...lease,
    metadata: { ...lease.metadata, labels: { ...lease.metadata?.labels, [USED_LABEL]: dayOf(now) } },
    spec: { ...lease.spec, leaseDurationSeconds: seconds, renewTime: microTime(now) },
  };
}

/** The same Lease, still held, with an entry for a remedy that its holder begins. */
export function begun(lease: Lease, entry: HistoryEntry): Lease {
  return { ...lease, metadata: { ...lease.metadata, annotations: annotationsWith(lease, entry) } };
}

/** The same Lease, held by nobody, with one more entry in its history. */
export function released(lease: Lease, entry: HistoryEntry | undefined, now: Date): Lease {
  const { holderIdentity: _released, ...spec } = lease.spec ?? {};
  return {
    ...lease,
    metadata: {
      ...lease.metadata,
      labels: { ...lease.metadata?.labels, [USED_LABEL]: dayOf(now) },
      annotations: annotationsWith(lease, entry),
    },
    spec: { ...spec, renewTime: microTime(now) },
  };
}

/** The annotations with an entry more; what the holder had begun by then gives way to it. */
function annotationsWith(lease: Lease, entry: HistoryEntry | undefined): Record<string, string> {
  const holder = lease.spec?.holderIdentity;
  const earlier = historyOf(lease).filter(({ execution, outcome }) => outcome !== UNFINISHED || execution !== holder);
  const history = newest([...(entry === undefined ? [] : [fitted(entry)]), ...earlier]);
  return { ...lease.metadata?.annotations, [HISTORY_ANNOTATION]: JSON.stringify(history) };
}

/** Who holds the Lease at `now`; undefined when nobody does or the holder's time is over. */
export function holderOf(lease: Lease, now: Date): string | undefined {
  const holder = lease.spec?.holderIdentity;
  if (holder === undefined || holder === "") return undefined;
  return expiryOf(lease).getTime() > now.getTime() ? holder : undefined;
}

/** When the present claim ends by itself. */
export function expiryOf(lease: Lease): Date {
  return new Date(lastUseOf(lease).getTime() + (lease.spec?.leaseDurationSeconds ?? 0) * 1_000);
}

/** When the Lease was last taken or released; long ago when it does not say so. */
export function lastUseOf({ spec }: Lease): Date {
  const renewed = Date.parse(spec?.renewTime ?? spec?.acquireTime ?? "");
  return new Date(Number.isNaN(renewed) ? 0 : renewed);
}

/** Selects the Leases that were used neither today nor yesterday. */
export function unusedSelector(now: Date): string {
  const yesterday = new Date(now.getTime() - 86_400_000);
  const managed = Object.entries(MANAGED_BY).map(([label, value]) => `${label}=${value}`);
  return [...managed, `${USED_LABEL} notin (${dayOf(now)}, ${dayOf(yesterday)})`].join(",");
}

/** The workload that a Lease stands for; undefined when somebody broke the annotation that names it. */
export function workloadOf({ metadata }: Lease): WorkloadRef | undefined {
  const [, kind, group, namespace, name] =
    /^([^. ]+)(?:\.([^ ]+))? (?:([^/ ]+)\/)?(.+)$/.exec(metadata?.annotations?.[WORKLOAD_ANNOTATION] ?? "") ?? [];
  if (kind === undefined || name === undefined || (namespace === undefined && !isOfCluster(kind))) return undefined;
  return { kind, ...(group === undefined ? {} : { group }), namespace: namespace ?? "", name };
}

/** An entry as another version of the workflow may have written it, with more fields. */
const StoredEntry = z.object(HistoryEntry.shape);

/** How earlier remediations ended, newest first. An entry that a person broke while editing counts as none. */
export function historyOf(lease: Lease): HistoryEntry[] {
  const entries = storedEntries(lease).flatMap((entry) => StoredEntry.safeParse(entry).data ?? []);
  return newest(entries).map(fitted);
}

function storedEntries({ metadata }: Lease): unknown[] {
  try {
    const stored: unknown = JSON.parse(metadata?.annotations?.[HISTORY_ANNOTATION] ?? "[]");
    return Array.isArray(stored) ? stored : [];
  } catch {
    return [];
  }
}

/** `2026-06-01`. */
function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** The API's MicroTime has six digits after the second. */
function microTime(date: Date): string {
  return date.toISOString().replace("Z", "000Z");
}
