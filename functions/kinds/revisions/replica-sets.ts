import { templateHash, templateWithoutLabel, versionHash } from "../../shared/kubernetes/template.ts";
import { controllerOf } from "../../shared/kubernetes/owners.ts";
import type { PodTemplate, ReplicaSet, Workload } from "../../shared/kubernetes/types.ts";
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
  /** The annotation that holds what the controller adds to the template's metadata for a while; absent where it adds nothing. */
  passing?: string;
  /** The hash of the present template's ReplicaSet, where nothing but the workload's status tells it. */
  currentHash?(workload: Workload): string | undefined;
}

/** The revisions of a workload that has a ReplicaSet for each, through which it controls its pods. */
export function replicaSetHistory(marks: ReplicaSetMarks): History<Workload, ReplicaSet> {
  const held = ({ metadata, spec }: ReplicaSet) =>
    spec?.template === undefined
      ? undefined
      : {
          template: withoutPassing(
            templateWithoutLabel(spec.template, marks.hashLabel),
            annotation(metadata?.annotations, marks.passing),
          ),
          changeCause: annotation(metadata?.annotations, marks.changeCause),
        };
  return {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    plural: "replicasets",
    controlsPods: true,
    revisions: (workload, replicaSets) => {
      const present = hashOf(workload.spec?.template);
      const currentHash = marks.currentHash?.(workload);
      const claims = replicaSets.map((replicaSet) => {
        const { metadata, spec, status } = replicaSet;
        const content = held(replicaSet)?.template;
        const template = hashOf(content);
        const hash = spec?.template?.metadata?.labels?.[marks.hashLabel];
        const revision = revisionNumber(metadata?.annotations?.[marks.revision]);
        const earlier = annotation(metadata?.annotations, marks.earlier)?.split(",").map(revisionNumber) ?? [];
        return {
          metadata,
          status,
          revision,
          numbers: [...earlier, revision].sort((a, b) => a - b),
          hash,
          template,
          version: content === undefined ? "" : versionHash(content),
          hadPods: wasScaled(replicaSet),
          current: currentHash === undefined ? template === present : hash === currentHash,
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

/** The template without what its controller has added to its metadata, as the annotation holds it. */
function withoutPassing(template: PodTemplate, added: string | undefined): PodTemplate {
  if (added === undefined) return template;
  const { labels = {}, annotations = {} } = parsed(added);
  const { labels: own, annotations: notes, ...metadata } = template.metadata ?? {};
  const kept = (all: Record<string, string> | undefined, gone: object) =>
    Object.entries(all ?? {}).filter(([key]) => !(key in gone));
  const [keptLabels, keptNotes] = [kept(own, labels), kept(notes, annotations)];
  return {
    ...template,
    metadata: {
      ...metadata,
      ...(keptLabels.length === 0 ? {} : { labels: Object.fromEntries(keptLabels) }),
      ...(keptNotes.length === 0 ? {} : { annotations: Object.fromEntries(keptNotes) }),
    },
  };
}

/** What an annotation holds as JSON; nothing for what the controller would never have written. */
function parsed(text: string): { labels?: object; annotations?: object } {
  try {
    const { labels, annotations } = JSON.parse(text) as { labels?: unknown; annotations?: unknown };
    return { ...(isMap(labels) ? { labels } : {}), ...(isMap(annotations) ? { annotations } : {}) };
  } catch {
    return {};
  }
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null;
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
