import type { Cluster } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { ExecutionRef, HistoryEntry, StormMemory } from "../run/contracts.ts";
import type { Detection } from "../run/detection.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE, type Policy } from "../shared/policy.ts";
import { coolDownEnd } from "../run/cool-down.ts";
import { expiryOf, historyOf, MANAGED_BY, released } from "../run/lease.ts";
import { unseenSeconds } from "../run/pauses.ts";
import { createLease, despiteOthers, readLease } from "../run/stored-lease.ts";

/** Stands for everything where a storm is not of some nodes or namespaces. */
const EVERYTHING = "*";
/** How many marks are remembered: they stand in one entry of a history. */
const MAX_MARKS = 60;

/** Who met which storm. */
export interface StormRequest {
  detection: Pick<Detection, "namespace" | "dry_run" | "storm_node" | "storm_namespace" | "storm_marks">;
  /** The execution that would tell of it: the same one may ask again, and is answered the same. */
  execution: ExecutionRef;
  policy: Policy;
  now: Date;
}

/**
 * Decides whether subscribers are told of a storm, and remembers it in a Lease: they are told when it begins, and while it
 * lasts after the policy's cool-down, which doubles each time. One that takes in a node or namespace of which nobody was told, or
 * the cluster after some of them, is told at once; that others of them come and go is not. Nobody holds the Lease. It expires when no run has seen the
 * storm for as long as the first pause, and as two runs are apart; the next storm is a new one then. A dry run tells always, and writes nothing.
 * @throws RemediationError `ClaimNamespaceMissing` when the namespace for claims is missing and may not be created
 */
export async function rememberStorm(cluster: Cluster, request: StormRequest): Promise<StormMemory> {
  if (request.detection.dry_run) return { status: "tell" };
  return await despiteOthers(() => tryRemember(cluster, request));
}

async function tryRemember(cluster: Cluster, request: StormRequest): Promise<StormMemory> {
  const { detection, execution, policy, now } = request;
  const name = stormLeaseName(detection.namespace);
  const lease = await readLease(cluster, name);
  const isSame = lease !== undefined && expiryOf(lease).getTime() > now.getTime();
  const marks = detection.storm_marks ?? [EVERYTHING];
  const told = (isSame ? historyOf(lease) : []).filter((entry) => entry.marks?.some((mark) => marks.includes(mark)));
  const known = new Set(told.flatMap((entry) => entry.marks ?? []));
  const [latest] = told;
  // Its first answer was lost.
  if (latest?.execution === execution.name) return { status: "tell" };

  const until = latest === undefined ? now : coolDownEnd(latest, told.length, policy);
  const isKnown = until.getTime() > now.getTime() && marks.every((mark) => known.has(mark));
  const entry = isKnown ? undefined : entryOf(request, [...new Set([...marks, ...known])]);
  const seen = seenLease(isSame ? lease : forgotten(name, lease), entry, policy, now);
  if (lease === undefined) await createLease(cluster, seen);
  else await cluster.replace(paths.lease(CLAIM_NAMESPACE, name), seen);
  if (latest === undefined || !isKnown) return { status: "tell" };
  return {
    status: "known",
    message: `Subscribers were told of this storm at ${latest.at}; while it lasts, they are told again from ${until.toISOString()} on.`,
  };
}

/** The name of the Lease that stands for a storm: of the cluster, or of the one namespace that was looked at. */
export function stormLeaseName(namespace: string | undefined): string {
  // The name of a workload's claim has two dots or more, and the name of a namespace none.
  return namespace === undefined ? "storm" : `storm.${namespace}`;
}

/** A Lease without a history; its resourceVersion stays, so that only one of two writers succeeds. */
function forgotten(name: string, { metadata }: Lease = {}): Lease {
  const { resourceVersion } = metadata ?? {};
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name,
      namespace: CLAIM_NAMESPACE,
      labels: MANAGED_BY,
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  };
}

/** The same Lease, seen now, with one more entry in its history when subscribers are told. */
function seenLease(lease: Lease, entry: HistoryEntry | undefined, policy: Policy, now: Date): Lease {
  const seen = released(lease, entry, now);
  const pause = (coolDownEnd({ at: now.toISOString() }, 1, policy).getTime() - now.getTime()) / 1_000;
  return { ...seen, spec: { ...seen.spec, leaseDurationSeconds: Math.max(pause, unseenSeconds(policy)) } };
}

function entryOf({ detection, execution, now }: StormRequest, marks: string[]): HistoryEntry {
  const { storm_node: node, storm_namespace: namespace } = detection;
  return {
    at: now.toISOString(),
    execution: execution.name,
    cause: "FailureStorm",
    action: "none",
    outcome: "Storm",
    ...(node === undefined ? {} : { node }),
    ...(namespace === undefined ? {} : { namespace }),
    marks: marks.slice(0, MAX_MARKS),
  };
}
