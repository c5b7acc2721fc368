import type { ObjectMeta } from "../shared/kubernetes/types.ts";

/** Marks by which the workflow goes are short; what else stands in annotations may be as large as an object may be. */
const MAX_ANNOTATION = 256;
/** How many annotations and labels are kept: whoever makes objects may give them thousands. */
const MAX_KEPT = 64;

/** An object's metadata without what makes it large: who wrote which field, long annotations, and very many of them. */
export function light(metadata: ObjectMeta | undefined): ObjectMeta {
  const { managedFields: _fields, annotations, labels, ...rest } = metadata ?? {};
  const isShort = ([, value]: [string, string]) => value.length <= MAX_ANNOTATION;
  return {
    ...rest,
    ...(labels === undefined ? {} : { labels: someOf(labels) }),
    ...(annotations === undefined ? {} : { annotations: someOf(annotations, isShort) }),
  };
}

/** As many labels or annotations as are kept, those first that mean something to the workflow or to Kubernetes. */
export function someOf(
  marks: Readonly<Record<string, string>>,
  isKept: (mark: [string, string]) => boolean = () => true,
): Record<string, string> {
  const all = Object.entries(marks).filter(isKept);
  if (all.length <= MAX_KEPT) return Object.fromEntries(all);
  const isKnown = ([key]: [string, string]) => (/eks-remediation|kubernetes\.io/.test(key) ? 0 : 1);
  return Object.fromEntries(all.sort((a, b) => isKnown(a) - isKnown(b)).slice(0, MAX_KEPT));
}
