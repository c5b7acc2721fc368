import { groupField, isSameKind, type KindRef } from "../shared/kubernetes/groups.ts";
import { ROLLOUT } from "./argo-rollout/kind.ts";
import { DAEMON_SET } from "./daemon-set/kind.ts";
import { DEPLOYMENT } from "./deployment/kind.ts";
import { JOB } from "./job/kind.ts";
import type { Kind, Scanned } from "./kind.ts";
import { REPLICA_SET } from "./replica-set/kind.ts";
import { STATEFUL_SET } from "./stateful-set/kind.ts";
import { isSwitchedOn } from "./switched.ts";

/** The kinds of workloads whose controllers recreate their pods, with those that are off: no other is ever written to. */
export const KINDS: readonly Kind[] = [DEPLOYMENT, STATEFUL_SET, DAEMON_SET, REPLICA_SET, ROLLOUT];

/** The kinds that are looked at beside them. */
const ONLY_SCANNED: readonly Scanned[] = [JOB];

/** The kinds that may be written to at present: those that are not off. */
export function handledKinds(): readonly Kind[] {
  return KINDS.filter(isHandled);
}

function isHandled({ tool }: Scanned): boolean {
  return tool === undefined || isSwitchedOn(tool);
}

/** The kind, by its name and its group; undefined for one that is never written to. */
export function kindOf(ref: KindRef): Kind | undefined {
  return handledKinds().find((kind) => isOfKind(ref, kind));
}

/** Whether a reference is to an object of that kind. */
export function isOfKind(ref: KindRef, { kind, apiVersion }: Pick<Scanned, "kind" | "apiVersion">): boolean {
  return isSameKind(ref, { kind, ...groupField(apiVersion) });
}

/** Kinds of Kubernetes whose objects are in no namespace. */
const OF_CLUSTER: readonly string[] = ["Node", "APIService"];
/** The kinds of Kubernetes that may stand behind pods, send to them, scale or measure them, and are no workloads that are looked at. */
const NOT_SCANNED: readonly string[] = [
  ...OF_CLUSTER,
  ...["Pod", "CronJob", "ReplicationController"],
  ...["Service", "Ingress", "HorizontalPodAutoscaler"],
];

/** Whether objects of the kind are in no namespace. */
export function isOfCluster(kind: string): boolean {
  return OF_CLUSTER.includes(kind);
}

/** Whether the kind is one of Kubernetes itself. */
export function isKubernetesOwn(ref: KindRef): boolean {
  if (ref.group !== undefined) return false;
  return NOT_SCANNED.includes(ref.kind) || scannedKinds().some((kind) => isOfKind(ref, kind));
}

/** Every kind whose objects are ever looked at, with those that are off. */
export function everyScannedKind(): readonly Scanned[] {
  return [...KINDS, ...ONLY_SCANNED];
}

/** Every kind whose objects are looked at at present. */
export function scannedKinds(): readonly Scanned[] {
  return [...handledKinds(), ...ONLY_SCANNED];
}
