import { paths } from "../shared/cluster/paths.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { hpaFailures } from "../shared/kubernetes/hpa-failures.ts";
import type { Moment } from "../shared/kubernetes/overdue.ts";
import type { CronJob, Hpa, Job, ObjectMeta } from "../shared/kubernetes/types.ts";
import { isRollingOut, workloadFailures } from "../kinds/workload-failures.ts";
import { controllerOf, type WorkloadFinder } from "../kinds/workloads.ts";
import { workloadKey, type FailingWorkload } from "./incidents.ts";
import {
  DAEMON_SET_SUSPECTS,
  DEPLOYMENT_SUSPECTS,
  JOB_SUSPECTS,
  REPLICA_SET_SUSPECTS,
  STATEFUL_SET_SUSPECTS,
  type SuspectRule,
} from "../kinds/suspects.ts";
import type { View } from "./view.ts";

/** The kinds whose own status is looked at. */
const KINDS: { kind: string; collection: (namespace?: string) => string; rule: SuspectRule; counts: boolean }[] = [
  { kind: "Deployment", collection: paths.deployments, rule: DEPLOYMENT_SUSPECTS, counts: true },
  { kind: "StatefulSet", collection: paths.statefulSets, rule: STATEFUL_SET_SUSPECTS, counts: true },
  { kind: "DaemonSet", collection: paths.daemonSets, rule: DAEMON_SET_SUSPECTS, counts: true },
  // Most ReplicaSets are parts, or earlier revisions, of a Deployment: they are no workloads of their own.
  { kind: "ReplicaSet", collection: paths.replicaSets, rule: REPLICA_SET_SUSPECTS, counts: false },
  { kind: "Job", collection: paths.jobs, rule: JOB_SUSPECTS, counts: false },
];

/** What the look at the workloads brought. */
export interface WorkloadsFound {
  /** How many Deployments, StatefulSets and DaemonSets there are. */
  seen: number;
  failing: FailingWorkload[];
  /** The Deployments (by `workloadKey`) whose rollout is under way and inside its progress deadline. */
  rollingOut: Set<string>;
}

/**
 * Finds workloads that fail by their own status.
 * @param namespaces where to look; undefined for the whole cluster, which takes one request a kind
 */
export async function findFailingWorkloads(
  view: View,
  namespaces: readonly string[] | undefined,
  finder: WorkloadFinder,
  moment: Moment,
): Promise<WorkloadsFound> {
  const found: WorkloadsFound = { seen: 0, failing: [], rollingOut: new Set() };
  const places = namespaces ?? [undefined];
  const looks = KINDS.flatMap((kind) => places.map((namespace) => ({ ...kind, namespace })));
  await view.each(looks, async ({ kind, collection, rule, counts, namespace }) => {
    const path = collection(namespace);
    const what = `${kind}s${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
    await view.tryTo(what, async () => {
      const look = namespace === undefined ? view.lookEverywhere(path, rule) : view.look(path, rule);
      const { seen, suspects } = (await look) as { seen: number; suspects: { metadata?: ObjectMeta }[] };
      if (counts) found.seen += seen;
      for (const object of suspects) await examine(view, kind, object, finder, moment, found);
    });
  });
  return found;
}

async function examine(
  view: View,
  kind: string,
  object: { metadata?: ObjectMeta },
  finder: WorkloadFinder,
  moment: Moment,
  found: WorkloadsFound,
): Promise<void> {
  const { metadata } = object;
  if (metadata?.deletionTimestamp !== undefined) return;
  const self: WorkloadRef = { kind, namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" };
  if (kind === "Deployment" && isRollingOut(object)) found.rollingOut.add(workloadKey(self));
  // A Deployment's status says what its ReplicaSets' says.
  if (kind === "ReplicaSet" && controllerOf(metadata)?.kind === "Deployment") return;
  const failures = workloadFailures(kind, object, moment);
  if (failures.length === 0) return;
  const workload = await finder.ownerOfObject(kind, metadata);
  if (workload.kind === "CronJob" && (await hasSucceededSince(view, workload, object))) return;
  found.failing.push({ workload, failures });
}

/** Whether a later run of the CronJob was a success, which makes an earlier failure old news. */
async function hasSucceededSince(view: View, { namespace, name }: WorkloadRef, job: Job): Promise<boolean> {
  const cronJob = await view.read<CronJob>(paths.cronJob(namespace, name));
  const success = cronJob?.status?.lastSuccessfulTime;
  return success !== undefined && success > (job.status?.startTime ?? "");
}

/** Reads the HPAs, and finds those with scaling problems: each is a failure of the workload that it scales. */
export async function findFailingHpas(
  view: View,
  namespaces: readonly string[] | undefined,
  moment: Moment,
): Promise<{ all: Hpa[]; failing: FailingWorkload[] }> {
  const looks = await view.each(namespaces ?? [undefined], (namespace) =>
    view.tryTo(`HPAs${namespace === undefined ? "" : ` in namespace ${namespace}`}`, () =>
      view.list<Hpa>(paths.hpas(namespace)),
    ),
  );
  const all = looks.flatMap((hpas) => hpas ?? []);
  const failing = all.flatMap((hpa) => {
    const failures = hpaFailures(hpa, moment);
    if (failures.length === 0) return [];
    const { kind, name } = hpa.spec.scaleTargetRef;
    const named = failures.map((failure) => ({
      ...failure,
      message: `HPA ${hpa.metadata?.name ?? ""}: ${failure.message ?? failure.reason}`,
    }));
    return [{ workload: { kind, namespace: hpa.metadata?.namespace ?? "", name }, failures: named }];
  });
  return { all, failing };
}
