import type { ObjectMeta, Pod, PodTemplate, Workload } from "../../shared/kubernetes/types.ts";
import type { Revision } from "./revision.ts";

/** An object that holds the pod template of a revision, as far as all kinds of these are alike. */
export interface RevisionHolder {
  metadata?: ObjectMeta;
  /** Only where it controls pods itself. */
  spec?: { replicas?: number };
}

/** A pod template of a workload's history. */
export interface EarlierTemplate {
  /** As it is written into the workload: without what controllers add. */
  template: PodTemplate;
  /** The change cause that the workload had with it. */
  changeCause?: string | undefined;
}

/** Where a kind of workload keeps its revisions. */
export interface History<Object extends Workload, Holder extends RevisionHolder> {
  /** The kind of the objects that hold the templates. */
  kind: string;
  apiVersion: string;
  plural: string;
  /** Whether these control the workload's pods in its stead. */
  controlsPods: boolean;
  /** The revisions, newest first, of the objects and the pods that the workload controls. */
  revisions(object: Object, holders: readonly Holder[], pods: readonly Pod[]): Revision[];
  /** The template that an object holds; undefined when it holds none. */
  held(holder: Holder): EarlierTemplate | undefined;
  /** Whether a pod of the workload was made from the revision that is held by the object of that name. */
  isMadeFrom(pod: Pod, name: string): boolean;
  /** What tells the revision that a pod was made from; undefined when it bears no such mark. */
  markOf(pod: Pod): string | undefined;
}
