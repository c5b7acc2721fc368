import { kindOf } from "../kinds/kinds.ts";
import type { KubernetesObject, ObjectRef } from "../shared/object-ref.ts";
import type { WorkloadRef } from "../shared/refs.ts";

/** What Argo CD is called among the owners of objects. */
export const ARGO_CD = "Argo CD";

/** Marks an Application whose automated sync is paused, and keeps what that was, as JSON. */
export const PAUSED_ANNOTATION = "eks-remediation/paused-automated-sync";

/** Finds the Applications with that annotation. */
export const PAUSED_LABEL = "eks-remediation/automated-sync-paused";

/** Who starts the remedy's operation, as Argo CD shows it. */
export const INITIATOR = "eks-remediation";

/** An object that an Application syncs, or that bears its mark. */
interface Resource {
  group?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  /** Absent for what Argo CD does not compare: hooks, and objects with a copied mark. */
  status?: string;
  health?: { status?: string };
  hook?: boolean;
  /** Whether nothing in the source asks for it: anybody can have made it, with the Application's mark. */
  requiresPruning?: boolean;
}

/** A deployment in the history, oldest first. */
export interface Deployed {
  id: number;
  /** RFC 3339: when its sync began, and ended. */
  deployStartedAt?: string;
  deployedAt: string;
  revision?: string;
  revisions?: string[];
  source?: unknown;
  sources?: unknown[];
}

interface Operation {
  initiatedBy?: { username?: string; automated?: boolean };
  info?: { name: string; value: string }[];
  sync?: object & { revision?: string; revisions?: string[] };
}

/**
 * An Argo CD Application, as far as it matters here. It has no status subresource.
 * Source: argo-cd pkg/apis/application/v1alpha1/types.go
 */
export interface Application extends KubernetesObject {
  spec?: {
    project?: string;
    destination?: { server?: string; name?: string };
    source?: unknown;
    sources?: unknown[];
    sourceHydrator?: unknown;
    syncPolicy?: { automated?: unknown; syncOptions?: string[] };
  };
  /** What is asked of the controller; it takes it away at the end. */
  operation?: Operation;
  status?: {
    /** What its sources hold, as it was compared last with what is on the cluster. */
    sync?: { revision?: string; revisions?: string[] };
    resources?: Resource[];
    history?: Deployed[];
    operationState?: {
      operation?: Operation;
      phase?: string;
      message?: string;
      syncResult?: { resources?: { hookType?: string }[] };
    };
  };
}

/** What several Applications have in common. Source: the same file, AppProjectSpec */
export interface AppProject extends KubernetesObject {
  spec?: { syncWindows?: { manualSync?: boolean }[] };
}

export function applicationRef({ namespace, name }: { namespace: string; name: string }): ObjectRef {
  return { apiVersion: "argoproj.io/v1alpha1", kind: "Application", plural: "applications", namespace, name };
}

export function projectRef(namespace: string, { spec }: Application): ObjectRef {
  const name = spec?.project === undefined || spec.project === "" ? "default" : spec.project;
  return { apiVersion: "argoproj.io/v1alpha1", kind: "AppProject", plural: "appprojects", namespace, name };
}

/** The objects that a sync writes: those that its source asks for. */
export function syncedBy({ status }: Application): Resource[] {
  return (status?.resources ?? []).filter(
    ({ hook, requiresPruning, status: compared }) =>
      hook !== true && requiresPruning !== true && (compared === "Synced" || compared === "OutOfSync"),
  );
}

/** The workload as the Application lists it; undefined where its source does not ask for it. */
export function entryFor(application: Application, ref: WorkloadRef): Resource | undefined {
  const { kind, namespace, name } = ref;
  const group = kindOf(ref)?.apiVersion.split("/")[0];
  return syncedBy(application).find(
    (resource) =>
      resource.group === group && resource.kind === kind && resource.namespace === namespace && resource.name === name,
  );
}

/** Whether it deploys to the cluster that it is itself in, as a name or an address of its own tells. */
export function deploysHere({ spec }: Application): boolean {
  const { server = "", name = "" } = spec?.destination ?? {};
  return name === "" ? server === "https://kubernetes.default.svc" : server === "" && name === "in-cluster";
}

/** The revision of each source that was deployed. */
export function revisionsOf({ revision, revisions = [] }: Pick<Deployed, "revision" | "revisions">): string[] {
  return revisions.length > 0 ? revisions : [revision ?? ""];
}

/** A deployment of the history as it is named in a plan. */
export function deploymentOf(deployed: Deployed): { id: number; revisions: string[] } {
  return { id: deployed.id, revisions: revisionsOf(deployed) };
}
