/**
 * A step in the life of objects, as KWOK has it: objects that the selector selects are changed after the delay. It is the
 * part of a Stage that this cluster and KWOK play alike.
 * Source: sigs.k8s.io/kwok/pkg/apis/v1alpha1/stage_types.go
 */
export interface Stage {
  metadata: { name: string };
  spec: {
    /** The kind of the objects; the group is named with the version: `argoproj.io/v1alpha1`. */
    resourceRef: { apiGroup: string; kind: string };
    selector: StageSelector;
    /** By default it is taken at once. */
    delay?: { durationMilliseconds: number } | undefined;
    next: StageNext;
  };
}

/** What an object has to be like; all of it. */
export interface StageSelector {
  matchLabels?: Record<string, string> | undefined;
  matchAnnotations?: Record<string, string> | undefined;
  matchExpressions?: StageExpression[] | undefined;
}

export interface StageExpression {
  /** Where a value stands: `.status.phase`. */
  key: string;
  operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  values?: string[] | undefined;
}

/** What happens, in this order. */
export interface StageNext {
  event?: { type: "Normal" | "Warning"; reason: string; message: string } | undefined;
  patches?: StagePatch[] | undefined;
  /** What the status becomes: a patch of the status, through its subresource. */
  statusTemplate?: string | undefined;
  delete?: boolean | undefined;
}

/** A merge patch. */
export interface StagePatch {
  subresource?: "status" | undefined;
  /** The field that the template stands for; by default the whole object. */
  root?: string | undefined;
  template: string;
}

/** The patches of a stage, that of its status template among them. KWOK takes the template only where there are no patches. */
export function patchesOf({ patches = [], statusTemplate }: StageNext): StagePatch[] {
  if (patches.length > 0 || statusTemplate === undefined) return patches;
  return [{ subresource: "status", root: "status", template: statusTemplate }];
}
