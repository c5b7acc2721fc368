import type { Application, AppProject, Deployed } from "../../functions/facts/argo-cd-application.ts";
import type { ArgoCdRollbackChange } from "../../functions/remedies/argo-cd-rollback/contract.ts";
import type { ReadObject } from "../../functions/shared/object-ref.ts";
import { ago } from "./objects.ts";

export const SOURCE = { repoURL: "https://git.example.com/shop.git", path: "web", targetRevision: "main" };

/** A deployment, whose sync took two seconds. */
export function deployed(id: number, revision: string, endedAgo: number, more: Partial<Deployed> = {}): Deployed {
  return { id, revision, deployStartedAt: ago(endedAgo + 2), deployedAt: ago(endedAgo), source: SOURCE, ...more };
}

/** Two deployments: with the second came what fails now. */
export const HISTORY = [deployed(4, "good", 3_600), deployed(5, "bad", 120)];

/** An Application `argocd/shop` that syncs Deployment `shop/web` and its Service, by itself. */
export function application({ metadata, spec, status, operation }: Partial<Application> = {}): Application {
  return {
    metadata: { name: "shop", namespace: "argocd", uid: "application-uid", ...metadata },
    spec: {
      project: "default",
      source: SOURCE,
      destination: { server: "https://kubernetes.default.svc" },
      syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions: ["ServerSideApply=true"] },
      ...spec,
    },
    ...(operation === undefined ? {} : { operation }),
    status: {
      resources: [
        { group: "apps", kind: "Deployment", namespace: "shop", name: "web", status: "Synced" },
        { kind: "Service", namespace: "shop", name: "web", status: "OutOfSync" },
      ],
      history: HISTORY,
      operationState: {
        phase: "Succeeded",
        operation: { initiatedBy: { automated: true }, sync: { revision: "bad" } },
      },
      ...status,
    },
  };
}

/** An Application and its project, as they are read. */
export function readOf(object: Application, project: AppProject = {}): ReadObject[] {
  const { name = "" } = object.metadata ?? {};
  const at = { apiVersion: "argoproj.io/v1alpha1", namespace: "argocd" };
  const projectAt = { ...at, kind: "AppProject", plural: "appprojects", name: object.spec?.project ?? "default" };
  return [
    { ref: { ...at, kind: "Application", plural: "applications", name }, object },
    { ref: projectAt, object: project },
  ];
}

/** What the remedy does to it. */
export const CHANGE: ArgoCdRollbackChange = {
  kind: "argo-cd-rollback",
  before: { revision: 2, kind: "ReplicaSet", name: "web-2", template: "bad" },
  after: { revision: 1, kind: "ReplicaSet", name: "web-1", template: "good" },
  application: { namespace: "argocd", name: "shop", uid: "application-uid" },
  automated: { prune: true, selfHeal: true },
  from: { id: 5, revisions: ["bad"] },
  to: { id: 4, revisions: ["good"] },
  resources: 2,
};
