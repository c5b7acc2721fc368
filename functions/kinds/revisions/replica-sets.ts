import { templateHash, templateWithoutLabel, versionHash } from "../../shared/kubernetes/template.ts";
import { controllerOf } from "../../shared/kubernetes/owners.ts";
import type { ReplicaSet, Workload } from "../../shared/kubernetes/types.ts";
import type { History } from "./history.ts";
import { ofController, wasLeftByRollback } from "./provenance.ts";

/** Where a ReplicaSet keeps the template. */
const TEMPLATE_AT = ["spec", "template"];

/** What a controller writes on the ReplicaSets that it makes. */
export interface ReplicaSetMarks {
  /** The annotation that numbers the revision. */
  revision: string;
  /** The annotation that keeps the earlier numbers of a revision that was rolled back to; absent where they are not kept. */
  earlier?: string;
  /** The label that it adds to the template. */
  hashLabel: string;
  /** The annotation that holds why the template was put in place; absent where none does. */
  changeCause?: string;
}

/** The revisions of a workload that has a ReplicaSet for each, through which it controls its pods. */
export function replicaSetHistory(marks: ReplicaSetMarks): History<Workload, ReplicaSet> {
  const held = ({ metadata, spec }: ReplicaSet) =>
    spec?.template === undefined
      ? undefined
      : {
          template: templateWithoutLabel(spec.template, marks.hashLabel),
          changeCause: annotation(metadata?.annotations, marks.changeCause),
        };
  return {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    plural: "replicasets",
    controlsPods: true,
    revisions: (workload, replicaSets) => {
      const present = hashOf(workload.spec?.template);
      const claims = replicaSets.map((replicaSet) => {
        const { metadata, spec, status } = replicaSet;
        const content = held(replicaSet)?.template;
        const template = hashOf(content);
        const revision = revisionNumber(metadata?.annotations?.[marks.revision]);
        const earlier = annotation(metadata?.annotations, marks.earlier)?.split(",").map(revisionNumber) ?? [];
        return {
          metadata,
          status,
          revision,
          numbers: [...earlier, revision].sort((a, b) => a - b),
          hash: spec?.template?.metadata?.labels?.[marks.hashLabel],
          template,
          version: content === undefined ? "" : versionHash(content),
          hadPods: wasScaled(replicaSet),
          current: template === present,
        };
      });
      const keepsNumbers = marks.earlier !== undefined;
      const made = ofController(claims, { workload: workload.metadata, templateAt: TEMPLATE_AT, keepsNumbers });
      const revisions = made.map((claim) => {
        const { metadata, status, revision, numbers, template, version, hadPods, current } = claim;
        return {
          revision,
          numbers,
          kind: "ReplicaSet",
          name: metadata?.name ?? "",
          template,
          version,
          created: new Date(metadata?.creationTimestamp ?? 0),
          replicas: status?.replicas ?? 0,
          available: status?.availableReplicas ?? 0,
          hadPods,
          current,
          ...(keepsNumbers && wasLeftByRollback(claim, made) ? { unproven: true as const } : {}),
        };
      });
      return revisions.sort((a, b) => b.revision - a.revision);
    },
    held,
    isMadeFrom: (pod, name) => controllerOf(pod.metadata)?.name === name,
    markOf: (pod) => controllerOf(pod.metadata)?.name,
  };
}

/** Whether it had any replicas: one that was made with none, and whose spec has not been changed since, never had. */
function wasScaled({ metadata, spec }: ReplicaSet): boolean {
  return spec?.replicas !== 0 || metadata?.generation !== 1;
}

function hashOf(template: Parameters<typeof templateHash>[0] | undefined): string {
  return template === undefined ? "" : templateHash(template);
}

function annotation(annotations: Record<string, string> | undefined, name: string | undefined): string | undefined {
  return name === undefined ? undefined : annotations?.[name];
}

/** The number in an annotation; 0 for what the controller would never have written. */
function revisionNumber(text: string | undefined): number {
  const number = Number(text);
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}
