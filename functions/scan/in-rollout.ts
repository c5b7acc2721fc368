import { openCase } from "../facts/case.ts";
import { passedOverSince } from "../facts/passed-over.ts";
import { patienceWith } from "../facts/patience.ts";
import { NO_SURROUNDINGS } from "../facts/surroundings.ts";
import type { Kind } from "../kinds/kind.ts";
import { kindOf } from "../kinds/kinds.ts";
import { listHolders, readParts } from "../kinds/pods.ts";
import { currentRevision } from "../kinds/revisions/revision.ts";
import { asStored, describeWorkload, workloadPath } from "../kinds/workloads.ts";
import type { Incident } from "../run/contracts.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import type { Workload } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import { noteServing } from "./extent.ts";
import type { WorkloadsFound } from "./failing-workloads.ts";
import { workloadKey } from "./incidents.ts";
import { noteSwitch } from "./reach.ts";
import { readAhead } from "./read-ahead.ts";
import type { Places } from "./places.ts";
import type { View } from "./view.ts";

/** What tells which labels a workload may have: one of its pods, or its HPA. */
interface Labelled {
  workload: WorkloadRef;
  labels?: Readonly<Record<string, string>> | undefined;
}

type Known = Pick<WorkloadsFound, "rollingOut" | "read" | "serving" | "failedRollouts" | "switches">;

/**
 * The incidents whose workload is being rolled out and is still left alone, by the rule that a diagnosis follows. Of such a
 * workload, and of no other, the revisions are listed, and the pods as well once its time may be over; where these cannot
 * be seen, it is left alone.
 * @param labelled which labels the workloads may have, so that many of them can be read in one request
 */
export async function inRollout(
  view: View,
  incidents: Incident[],
  known: Known,
  labelled: readonly Labelled[],
  places: Places,
  moment: Moment,
  policy: Policy,
): Promise<Incident[]> {
  await readUnread(view, incidents, known, labelled, places);
  const settling = await view.each(incidents, async (incident) => {
    const kind = kindOf(incident.workload);
    const workload = kind === undefined ? undefined : await rollingOut(view, kind, incident, known, moment);
    if (kind === undefined || workload === undefined) return false;
    // What its status says is of an earlier spec.
    if (!kind.hasSeenSpec(workload)) return passedOverSince(kind, workload, moment.now) === undefined;
    const isDue = await view.tryTo(
      describeWorkload(incident.workload),
      async () => {
        if (!(await mayBeDue(view, kind, incident, workload, moment))) return false;
        const parts = await readParts(view.cluster, kind, incident.workload, workload);
        const { now, lostNodes = new Map<string, string>(), unreadyNodes } = moment;
        const unread = {
          namespace: {},
          hpa: undefined,
          surroundings: NO_SURROUNDINGS,
          others: [],
          lastWords: [],
          config: [],
          customOwners: [],
          services: "not asked" as const,
        };
        const past = { history: [], tried: [], triesMade: 0 };
        const evidence = { incident, workload, ...parts, now, lostNodes, unreadyNodes, ...unread, ...past };
        return patienceWith(openCase(evidence, policy)) === undefined;
      },
      { place: incident.workload.namespace },
    );
    return isDue !== true;
  });
  return incidents.filter((_incident, index) => settling[index]);
}

/** Reads the workloads ahead that were no suspects by their rows, as far as labels tell them. */
async function readUnread(
  view: View,
  incidents: readonly Incident[],
  { read }: Known,
  labelled: readonly Labelled[],
  { parts }: Places,
): Promise<void> {
  const labelsOf = new Map(labelled.map(({ workload, labels }) => [workloadKey(workload), labels ?? {}]));
  const unread = incidents.flatMap(({ workload }) => {
    const kind = kindOf(workload);
    const key = workloadKey(workload);
    if (kind?.deadline === undefined || read.has(key)) return [];
    return [{ kind, namespace: workload.namespace, name: workload.name, labels: labelsOf.get(key) ?? {} }];
  });
  const groups = [...Map.groupBy(unread, ({ kind }) => kind)].flatMap(([kind, members]) =>
    parts.map((place) => ({
      ...{ kind, place },
      wanted: members.filter(({ namespace }) => place === undefined || namespace === place),
    })),
  );
  await view.each(groups, ({ kind, wanted, place }) => readAhead(view, kind, wanted, place));
}

/**
 * The workload, if it is being rolled out by its status. One that has as many ready pods as it wants, beside those that
 * fail, was no suspect by its row.
 */
async function rollingOut(
  view: View,
  kind: Kind,
  { workload: ref }: Incident,
  known: Known,
  moment: Moment,
): Promise<Workload | undefined> {
  const { deadline } = kind;
  const key = workloadKey(ref);
  const path = workloadPath(ref);
  if (deadline === undefined || path === undefined || (known.read.has(key) && !known.rollingOut.has(key)))
    return undefined;
  const object = await view.tryTo(describeWorkload(ref), () => view.read<Workload>(path), {
    place: ref.namespace,
  });
  if (object === undefined) return undefined;
  noteServing(known, ref, object, kind.failures(object, moment));
  noteSwitch(known.switches, ref, object);
  return deadline.isRollingOut(object) ? asStored(ref, object) : undefined;
}

/** Whether the rollout may have had its time, whatever its pods say: none has while its revision is younger than that. */
async function mayBeDue(
  { cluster }: View,
  kind: Kind,
  { workload: { namespace } }: Incident,
  workload: Workload,
  { now, deadlines }: Moment,
): Promise<boolean> {
  const holders = await listHolders(cluster, kind, namespace, workload);
  const current = currentRevision(kind.history?.revisions(workload, holders, []) ?? []);
  if (current === undefined) return false;
  const least = Math.min(kind.deadline?.ahead(workload, current, now) ?? 0, deadlines.failed_rollout_seconds);
  const isYoung = current.numbers.length === 1 && now.getTime() - current.created.getTime() < least * 1_000;
  return !isYoung || kind.ready(workload) === 0;
}
