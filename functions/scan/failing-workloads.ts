import { collectionOf, paths } from "../shared/cluster/paths.ts";
import { groupField } from "../shared/kubernetes/groups.ts";
import { targetOf } from "../shared/kubernetes/hpa.ts";
import { hpaFailures } from "../facts/hpa-failures.ts";
import type { Moment } from "../kinds/failing/overdue.ts";
import { controllerOf } from "../shared/kubernetes/owners.ts";
import type { Failure } from "../shared/kubernetes/failures.ts";
import type { Hpa, Workload } from "../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../shared/refs.ts";
import type { Named, Scanned } from "../kinds/kind.ts";
import { kindOf, scannedKinds } from "../kinds/kinds.ts";
import type { WorkloadFinder } from "../kinds/workload-finder.ts";
import { noteServing } from "./extent.ts";
import { workloadKey, type FailingWorkload } from "./incidents.ts";
import { light, someOf } from "./light.ts";
import { look } from "./look.ts";
import { noteSwitch, type Switches } from "./reach.ts";
import type { Places } from "./places.ts";
import type { View } from "./view.ts";

/** What the look at the workloads brought. */
export interface WorkloadsFound {
  /** How many workloads there are, of the kinds that count. */
  seen: number;
  failing: FailingWorkload[];
  /** The workloads (by `workloadKey`) whose rollout is under way by their own status. */
  rollingOut: Set<string>;
  /** The workloads (by `workloadKey`) that serve beside a rollout of their own that has failed or is not complete. */
  failedRollouts: Set<string>;
  /** The workloads (by `workloadKey`) that were read and have ready pods. */
  serving: Set<string>;
  /** What those that were read say of whether they may be touched. */
  switches: Switches;
  /** Those that were read in full, and need not be read again. */
  read: Set<string>;
}

/** What the look at the HPAs brought. */
export interface HpasFound {
  all: Hpa[];
  /** The targets of those that have a problem. */
  failing: FailingWorkload[];
}

/**
 * Finds workloads that fail by their own status.
 * @param parts where to look; undefined among them is the whole cluster, which takes one request a kind
 */
export async function findFailingWorkloads(
  view: View,
  parts: readonly (string | undefined)[],
  finder: WorkloadFinder,
  moment: Moment,
): Promise<WorkloadsFound> {
  const found: WorkloadsFound = {
    seen: 0,
    failing: [],
    rollingOut: new Set(),
    failedRollouts: new Set(),
    serving: new Set(),
    switches: new Map(),
    read: new Set(),
  };
  const looks = scannedKinds().flatMap((kind) => parts.map((namespace) => ({ kind, namespace })));
  await view.each(looks, async ({ kind, namespace }) => {
    const path = collectionOf(kind, namespace);
    const what = `${kind.kind}s${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
    const lookAt = async () => {
      const keep = (object: Named) => {
        finder.learn(kind, object.metadata);
        return examine(kind, object, moment, found);
      };
      const spot = { what, place: namespace };
      const isEverywhere = namespace === undefined;
      const { seen, suspects } = await look<Named, Suspected>(view, spot, path, kind.suspects, keep, isEverywhere);
      if (kind.counts) found.seen += seen;
      await view.each(suspects, async (suspect) => {
        const failing = await owned(view, kind, suspect, finder);
        if (failing !== undefined) found.failing.push(failing);
      });
    };
    await view.tryTo(what, lookAt, {
      place: namespace,
      ...(kind.optional === true ? { optionalApi: collectionOf(kind) } : {}),
    });
  });
  return found;
}

/** What is kept of a failing workload until it is known what it belongs to. */
interface Suspected {
  self: WorkloadRef;
  /** Without what it is made from. */
  object: Named;
  failures: Failure[];
}

/** Notes what an object tells, and what is kept of it: nothing when it does not fail. */
function examine(kind: Scanned, object: Named, moment: Moment, found: WorkloadsFound): Suspected | undefined {
  const { metadata } = object;
  const self: WorkloadRef = {
    kind: kind.kind,
    ...groupField(kind.apiVersion),
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
  };
  found.read.add(workloadKey(self));
  if (kindOf(self)?.deadline?.isRollingOut(object) === true) found.rollingOut.add(workloadKey(self));
  if (metadata?.deletionTimestamp !== undefined || isPartOfAnother(kind, object)) return undefined;
  const failures = kind.failures(object, moment);
  noteServing(found, self, object, failures);
  noteSwitch(found.switches, self, object);
  if (failures.length === 0) return undefined;
  const { spec: _spec, ...rest } = object as Workload;
  return { self, object: { ...rest, metadata: light(metadata) }, failures };
}

/** The failing workload at the end of its chain of controllers; undefined where that says that the failure is old news. */
async function owned(
  view: View,
  kind: Scanned,
  { self, object, failures }: Suspected,
  finder: WorkloadFinder,
): Promise<FailingWorkload | undefined> {
  const workload = kind.controlled === true ? await finder.ownerOfObject(self, object.metadata) : self;
  const isOldNews = (await kind.isOldNews?.(object, workload, (path) => view.read(path))) === true;
  return isOldNews ? undefined : { workload, failures };
}

/** Whether another workload's pods are made through the object, so that its status says what the object's says. */
function isPartOfAnother({ kind, apiVersion }: Scanned, { metadata }: Named): boolean {
  const controller = controllerOf(metadata);
  const { history } = (controller === undefined ? undefined : kindOf(controller)) ?? {};
  return history?.controlsPods === true && history.kind === kind && history.apiVersion === apiVersion;
}

/** Reads the HPAs, and finds those with scaling problems: each is a failure of the workload that it scales. */
export async function findFailingHpas(view: View, places: Places, moment: Moment): Promise<HpasFound> {
  const looks = await view.listIn<Hpa>("HPAs", paths.hpas, places);
  const all = looks.flatMap((hpas) => hpas ?? []);
  const failing = all.flatMap((hpa) => {
    const failures = hpaFailures(hpa, moment);
    if (failures.length === 0) return [];
    const named = failures.map((failure) => ({
      ...failure,
      message: `HPA ${hpa.metadata?.name ?? ""}: ${failure.message ?? failure.reason}`,
    }));
    const { labels } = hpa.metadata ?? {};
    return [{ workload: targetOf(hpa), failures: named, ...(labels === undefined ? {} : { labels: someOf(labels) }) }];
  });
  return { all, failing };
}
