import type { Cluster } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import type { ExecutionRef, HistoryEntry } from "../run/contracts.ts";
import type { Detection, StormMemory } from "../run/detection.ts";
import type { Lease } from "../shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE, type Policy } from "../shared/policy.ts";
import { coolDownMs, TOLD_MS } from "../run/cool-down.ts";
import { expiryOf, HISTORY_ANNOTATION, historyOf, MANAGED_BY, released } from "../run/lease.ts";
import { unseenSeconds } from "../run/pauses.ts";
import { isTold, pastStorm, STORM_OVER, stormLeaseName } from "../run/storm-lease.ts";
import { createLease, despiteOthers, readLease } from "../run/stored-lease.ts";

/** Stands for everything where a storm is not of some nodes or namespaces. */
const EVERYTHING = "*";
/** How long telling of it may take before another run does, in milliseconds: no two runs of a schedule are nearer. */
const TELLING_MS = 50_000;

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
 * lasts after pauses that begin with the policy's cool-down and double, up to a day. One that takes in a node or namespace of which nobody was told, or
 * the cluster after some of them, is told at once; that others of them come and go is not. Nobody holds the Lease. It expires when no run has seen the
 * storm for as long as the first pause, and as two runs are apart; it is over then, and the next storm is a new one. Only what `stormTold` says of counts as told, so that the next run
 * tells what this one could not. A dry run tells always, and writes nothing.
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
  const history = historyOf(lease ?? {});
  const all = isSame ? history : endsAmong(history, now);
  const ofThis = all.filter((entry) => entry.marks?.some((mark) => marks.includes(mark)));
  const told = ofThis.filter(isTold);
  const asked = ofThis.find((entry) => !isTold(entry));
  // Its first answer was lost.
  if (asked?.execution === execution.name) return { status: "tell" };
  const message = whyNotTold(marks, asked, told, policy, now);
  const isKnown = message !== undefined;
  const known = told.flatMap((entry) => entry.marks ?? []);
  const entry = isKnown ? undefined : entryOf(request, [...new Set([...marks, ...known])]);
  const before = withHistory(
    isSame ? lease : forgotten(name, lease),
    isKnown ? all : all.filter((one) => one !== asked),
  );
  const seen = seenLease(before, entry, policy, now);
  if (lease === undefined) await createLease(cluster, seen);
  else await cluster.replace(paths.lease(CLAIM_NAMESPACE, name), seen);
  return isKnown ? { status: "known", message } : { status: "tell" };
}

/**
 * Why subscribers are not told now of a storm of all these marks, in words; undefined where they are.
 * @param asked what another run is to tell, or could not
 * @param told what they were told of it, newest first
 */
function whyNotTold(
  marks: readonly string[],
  asked: HistoryEntry | undefined,
  told: readonly HistoryEntry[],
  policy: Policy,
  now: Date,
): string | undefined {
  const isAllIn = (entries: readonly HistoryEntry[]) =>
    marks.every((mark) => entries.some((entry) => entry.marks?.includes(mark)));
  const isBeingTold = asked !== undefined && now.getTime() - Date.parse(asked.at) < TELLING_MS;
  if (isBeingTold && isAllIn([asked, ...told])) {
    return `Subscribers are being told of this storm by ${asked.execution}.`;
  }
  const latest = isAllIn(told) ? told[0] : undefined;
  if (latest === undefined) return undefined;
  const until = toldAgain(latest, told.length, policy);
  if (until.getTime() <= now.getTime()) return undefined;
  return `Subscribers were told of this storm at ${latest.at}; while it lasts, they are told again from ${until.toISOString()} on.`;
}

/** When people are told again of what they were told so often. */
function toldAgain({ at }: HistoryEntry, times: number, { cool_down: { base_seconds } }: Policy): Date {
  return new Date(Date.parse(at) + Math.min(TOLD_MS, base_seconds * 2 ** times * 1_000));
}

/**
 * Decides whether subscribers are told that a storm is over: by the first execution that notes it, or by that one again where
 * its answer was lost.
 */
export async function endStorm(
  cluster: Cluster,
  { detection, execution, now }: Omit<StormRequest, "policy">,
): Promise<StormMemory> {
  return await despiteOthers(async () => {
    const name = stormLeaseName(detection.namespace);
    const lease = await readLease(cluster, name);
    const [latest] = historyOf(lease ?? {});
    if (latest?.outcome === STORM_OVER && latest.execution === execution.name) return { status: "tell" };
    if (lease === undefined || pastStorm(lease, now) === undefined) return { status: "known" };
    const entry = { at: now.toISOString(), execution: execution.name, cause: "FailureStorm", action: "none" };
    const earlier = withHistory(forgotten(name, lease), endsAmong(historyOf(lease), now));
    const ended = released(earlier, { ...entry, outcome: STORM_OVER }, now);
    // It stands for no storm from now on.
    await cluster.replace(paths.lease(CLAIM_NAMESPACE, name), {
      ...ended,
      spec: { ...ended.spec, leaseDurationSeconds: 1 },
    });
    return { status: "tell" };
  });
}

/** Notes that subscribers were told of a storm by this execution. What another run has taken over is left as it is. */
export async function stormTold(
  cluster: Cluster,
  { detection, execution }: Pick<StormRequest, "detection" | "execution">,
): Promise<StormMemory> {
  if (!detection.dry_run) await despiteOthers(() => tryNote(cluster, stormLeaseName(detection.namespace), execution));
  return { status: "known" };
}

async function tryNote(cluster: Cluster, name: string, execution: ExecutionRef): Promise<void> {
  const lease = await readLease(cluster, name);
  if (lease === undefined) return;
  const history = historyOf(lease);
  const own = history.find((entry) => entry.execution === execution.name && !isTold(entry));
  if (own === undefined) return;
  const { told: _nobody, ...noted } = own;
  const noting = withHistory(
    lease,
    history.map((entry) => (entry === own ? noted : entry)),
  );
  await cluster.replace(paths.lease(CLAIM_NAMESPACE, name), noting);
}

function withHistory(lease: Lease, history: readonly HistoryEntry[]): Lease {
  const annotations = { ...lease.metadata?.annotations, [HISTORY_ANNOTATION]: JSON.stringify(history) };
  return { ...lease, metadata: { ...lease.metadata, annotations } };
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

/**
 * The same Lease, seen now, with one more entry in its history when subscribers are told. How long a storm has to be away to be
 * over doubles with each that was over within a day, so that one that comes and goes is not told each time.
 */
function seenLease(lease: Lease, entry: HistoryEntry | undefined, policy: Policy, now: Date): Lease {
  const seen = released(lease, entry, now);
  const away = coolDownMs(1 + endsAmong(historyOf(lease), now).length, policy) / 1_000;
  return { ...seen, spec: { ...seen.spec, leaseDurationSeconds: Math.max(away, unseenSeconds(policy)) } };
}

/** The ends of storms within a day. */
function endsAmong(history: readonly HistoryEntry[], now: Date): HistoryEntry[] {
  return history.filter(({ outcome, at }) => outcome === STORM_OVER && now.getTime() - Date.parse(at) < TOLD_MS);
}

/** @param marks what it is of now comes first: an entry of a history keeps as many as fit into it */
function entryOf({ detection, execution, now }: StormRequest, marks: string[]): HistoryEntry {
  return {
    at: now.toISOString(),
    execution: execution.name,
    cause: "FailureStorm",
    action: "none",
    outcome: "Storm",
    told: null,
    node: detection.storm_node,
    namespace: detection.storm_namespace,
    marks,
  };
}
