import { openCase } from "../facts/case.ts";
import type { Evidence } from "../facts/evidence.ts";
import { patienceWith } from "../facts/patience.ts";
import { NO_SURROUNDINGS } from "../facts/surroundings.ts";
import type { Kind } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { listHolders } from "../kinds/pods.ts";
import { describeWorkload, workloadPath } from "../kinds/workloads.ts";
import type { Incident } from "../run/contracts.ts";
import type { Moment } from "../shared/kubernetes/overdue.ts";
import type { Pod, Workload } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import type { SeenPod } from "./failing-pods.ts";
import type { WorkloadsFound } from "./failing-workloads.ts";
import { workloadKey } from "./incidents.ts";
import type { View } from "./view.ts";

/** What the scan has found already. */
interface Found {
  workloads: Pick<WorkloadsFound, "rollingOut" | "read">;
  pods: readonly SeenPod[];
  moment: Moment;
  policy: Policy;
}

/**
 * The incidents whose workload is being rolled out and is still left alone, by the rule that the diagnosis follows. It is
 * given the failing pods alone, and the workload's revisions, which takes one request for each rollout that fails; where
 * these cannot be seen, the rollout is left alone.
 */
export async function inRollout(view: View, incidents: Incident[], found: Found): Promise<Incident[]> {
  const pods = Map.groupBy(found.pods, ({ workload }) => workloadKey(workload));
  const settling = await view.each(incidents, async (incident) => {
    const { workload: ref } = incident;
    const kind = kindOf(ref.kind);
    const object = kind === undefined ? undefined : await rollingOut(view, kind, incident, found.workloads);
    if (kind === undefined || object === undefined) return false;
    // What its status says is of an earlier spec.
    if (!kind.hasSeenSpec(object)) return true;
    const failing = (pods.get(workloadKey(ref)) ?? []).map(({ pod }) => pod);
    const left = await view.tryTo(describeWorkload(ref), async () => {
      const holders = await listHolders(view.cluster, kind, ref.namespace, object);
      return patienceWith(openCase(evidenceOf(incident, object, holders, failing, found.moment), found.policy)) ?? "";
    });
    return left !== "";
  });
  return incidents.filter((_incident, index) => settling[index]);
}

/**
 * The workload, if it is being rolled out by its status. One that has as many ready pods as it wants, beside those that
 * fail, was no suspect by its row.
 */
async function rollingOut(
  view: View,
  { deadline }: Kind,
  { workload: ref }: Incident,
  { rollingOut: known, read }: Found["workloads"],
): Promise<Workload | undefined> {
  const key = workloadKey(ref);
  const path = workloadPath(ref);
  if (deadline === undefined || path === undefined || (read.has(key) && !known.has(key))) return undefined;
  const object = await view.tryTo(describeWorkload(ref), () => view.read<Workload>(path));
  return object !== undefined && deadline.isRollingOut(object) ? object : undefined;
}

/** What a scan knows of a workload. */
function evidenceOf(
  incident: Incident,
  workload: Workload,
  holders: Evidence["holders"],
  pods: Pod[],
  { now, lostNodes = new Map() }: Moment,
): Evidence {
  const unknown = { namespace: {}, hpa: undefined, surroundings: NO_SURROUNDINGS, others: [], lastWords: [] };
  const past = { history: [], tried: [], triesMade: 0 };
  return { incident, now, workload, holders, pods, lostNodes, ...unknown, ...past };
}
