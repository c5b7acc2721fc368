import type { ObjectMeta } from "../shared/kubernetes/types.ts";
import type { ObjectRef } from "../shared/object-ref.ts";
import { bounded } from "../shared/text.ts";

/** What of a Kustomization or a HelmRelease is read. Sources: the CRDs of kustomize-controller v1 and helm-controller v2. */
export interface FluxObject {
  metadata?: ObjectMeta;
  spec?: {
    suspend?: boolean;
    /** The cluster that its objects are in, where that is another one. */
    kubeConfig?: object;
    /** Where a Kustomization has its manifests from. */
    sourceRef?: SourceRef;
    /** Where a HelmRelease has its chart from; absent where it has a HelmChart made. */
    chartRef?: SourceRef;
    /** What a HelmRelease does by itself after an upgrade that failed. */
    upgrade?: { remediation?: { retries?: number; remediateLastFailure?: boolean } };
  };
  status?: {
    observedGeneration?: number;
    conditions?: FluxCondition[];
    lastAttemptedRevision?: string;
    lastAttemptedRevisionDigest?: string;
    /** Which request for a reconciliation its controller has handled last. */
    lastHandledReconcileAt?: string;
    /** The objects that it keeps. HelmReleases have one since Flux 2.8. */
    inventory?: { entries?: { id?: string }[] };
    /** The HelmChart that was made for a HelmRelease: `namespace/name`. */
    helmChart?: string;
    upgradeFailures?: number;
  };
}

/** A reference to a source; in the namespace of what refers to it, where it names none. */
interface SourceRef {
  kind?: string;
  name?: string;
  namespace?: string;
}

interface FluxCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  observedGeneration?: number;
}

/** A source of Flux, as far as it is read: what it holds now, and whether it gets what is newer. */
export interface FluxSource {
  metadata?: ObjectMeta;
  spec?: { suspend?: boolean };
  status?: { conditions?: FluxCondition[]; artifact?: { revision?: string; lastUpdateTime?: string } };
}

/** The kinds that keep objects, by the group whose labels stand on these. */
export const RECONCILERS = {
  Kustomization: { group: "kustomize.toolkit.fluxcd.io", version: "v1", plural: "kustomizations" },
  HelmRelease: { group: "helm.toolkit.fluxcd.io", version: "v2", plural: "helmreleases" },
} as const;

/** Which of them is meant. */
export interface ReconcilerName {
  kind: keyof typeof RECONCILERS;
  namespace: string;
  name: string;
}

/** The group of the sources, all of which are read in its first version, and their plurals. */
export const SOURCE_GROUP = "source.toolkit.fluxcd.io";
export const SOURCES: Readonly<Record<string, string>> = {
  GitRepository: "gitrepositories",
  OCIRepository: "ocirepositories",
  Bucket: "buckets",
  ExternalArtifact: "externalartifacts",
  HelmChart: "helmcharts",
};

/** A reconciler as an object of the API server. */
export function reconcilerRef({ kind, namespace, name }: ReconcilerName): ObjectRef {
  const { group, version, plural } = RECONCILERS[kind];
  return { apiVersion: `${group}/${version}`, kind, plural, namespace, name };
}

/** `Kustomization flux-system/shop`. */
export function describeReconciler({ kind, namespace, name }: ReconcilerName): string {
  return `${kind} ${namespace}/${name}`;
}

/** The words of the `flux` command for one: `flux resume kustomization shop -n flux-system`. */
export function fluxCommand(verb: "get" | "resume" | "reconcile", { kind, namespace, name }: ReconcilerName): string[] {
  return ["flux", verb, kind.toLowerCase(), name, "-n", namespace];
}

export function conditionOf(
  { status }: Pick<FluxObject, "status"> | FluxSource,
  type: string,
): FluxCondition | undefined {
  return status?.conditions?.find((condition) => condition.type === type);
}

/** Why an object of Flux is not ready, in its own words: `BuildFailed: …`; undefined where it does not say that it is not. */
export function whyNotReady(object: FluxObject | FluxSource): string | undefined {
  const { status, reason = "", message = "" } = conditionOf(object, "Ready") ?? {};
  if (status !== "False") return undefined;
  return bounded([reason, message].filter((text) => text !== "").join(": ") || "it does not say why", MAX_WHY);
}

/** How long what an object of Flux says may be where people read it. */
const MAX_WHY = 300;

/** A moment as the API server writes it; undefined where it is none. */
export function momentOf(time: string | undefined): Date | undefined {
  const moment = new Date(time ?? "");
  return Number.isFinite(moment.getTime()) ? moment : undefined;
}
