import type { Named } from "../../kinds/kind.ts";
import { isOfKind, kindOf, scannedKinds } from "../../kinds/kinds.ts";
import { collectionOf } from "../../shared/cluster/paths.ts";
import { groupField } from "../../shared/kubernetes/groups.ts";
import { lastWriter } from "../../shared/kubernetes/managed-fields.ts";
import { controllerOf } from "../../shared/kubernetes/owners.ts";
import type { ObjectMeta, Workload } from "../../shared/kubernetes/types.ts";
import type { WorkloadRef } from "../../shared/refs.ts";
import type { View } from "../view.ts";

/** What makes pods in a namespace, as far as a Service is concerned. */
export interface Maker {
  ref: WorkloadRef;
  metadata: ObjectMeta;
  /** The labels of the pods that it makes. */
  labels: Record<string, string>;
  /**
   * How many pods it is to have; undefined where that is for others to say: a Job, what another object controls, or a DaemonSet,
   * of which the nodes decide.
   */
  wanted: number | undefined;
  isPaused: boolean;
}

/** A workload as what makes pods; undefined for a ReplicaSet that is part of a Deployment. */
export function makerOf(ref: WorkloadRef, object: Workload): Maker | undefined {
  const { metadata = {}, spec } = object;
  const controller = controllerOf(metadata);
  if (controller !== undefined && kindOf(controller) !== undefined) return undefined;
  const kind = kindOf(ref);
  return {
    ref,
    metadata,
    labels: spec?.template?.metadata?.labels ?? {},
    wanted: kind?.commands.scale === undefined || controller !== undefined ? undefined : kind.wanted(object),
    isPaused: kind?.isPaused(object) === true,
  };
}

/** Everything of the kinds that are known that makes pods in a namespace. */
export async function readMakers(view: View, namespace: string): Promise<Maker[]> {
  const lists = await Promise.all(
    scannedKinds().map(async (kind) => {
      const objects = await view.list<Named>(collectionOf(kind, namespace));
      return objects.flatMap((object) => {
        const ref = { kind: kind.kind, ...groupField(kind.apiVersion), namespace, name: object.metadata?.name ?? "" };
        return makerOf(ref, object) ?? [];
      });
    }),
  );
  return lists.flat();
}

/** Programs that take workloads to zero, and back, as somebody has told them to. */
const SCALERS =
  /keda|knative|rollout|flagger|downscal|kube-?green|sleep|snooze|hibernat|sablier|elasti|osiris|cronjob/i;
/** Marks by which people and programs say that a workload is at zero on purpose. */
const ON_PURPOSE =
  /downscal|downtime|uptime|sleep|hibernat|original-replicas|scale-?to-?zero|paused|keda\.sh|knative\.dev|argo-rollouts|sablier/i;

/** Whether somebody keeps the workload at zero on purpose, as far as its own object tells. */
export function isAtZeroOnPurpose({ metadata, wanted, isPaused }: Maker): boolean {
  if (wanted !== 0) return false;
  const marks = [...Object.keys(metadata.labels ?? {}), ...Object.keys(metadata.annotations ?? {})];
  const writer = replicasWrittenBy(metadata);
  return (
    isPaused ||
    (metadata.ownerReferences ?? []).length > 0 ||
    marks.some((mark) => ON_PURPOSE.test(mark)) ||
    (writer !== undefined && SCALERS.test(writer.manager))
  );
}

/** Who set the workload's replicas, and when, as far as its managed fields tell. */
export function replicasWrittenBy(metadata: ObjectMeta): ReturnType<typeof lastWriter> {
  return lastWriter(metadata, ["spec", "replicas"]);
}

/** `Deployment web`: within a namespace that is known. */
export function nameOf({ ref }: Maker): string {
  const known = scannedKinds().find((kind) => isOfKind(ref, kind));
  return `${known?.kind ?? ref.kind} ${ref.name}`;
}
