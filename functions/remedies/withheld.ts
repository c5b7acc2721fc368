import { HIDDEN, withoutSecrets } from "../kinds/failing/secrets.ts";
import type { Pod } from "../shared/kubernetes/types.ts";

/** The fields of a pod's metadata and spec whose texts are kept: names, kinds, and words of Kubernetes' own. */
const KEPT: ReadonlySet<string> = new Set([
  ...["apiVersion", "kind", "name", "generateName", "namespace", "uid", "resourceVersion", "finalizers"],
  ...["creationTimestamp", "deletionTimestamp"],
  ...["image", "imagePullPolicy", "restartPolicy", "terminationMessagePath", "terminationMessagePolicy"],
  ...["nodeName", "schedulerName", "serviceAccountName", "priorityClassName", "preemptionPolicy", "runtimeClassName"],
  ...["hostname", "subdomain", "dnsPolicy", "port", "protocol", "scheme", "conditionType"],
  ...["key", "operator", "effect", "topologyKey", "whenUnsatisfiable"],
  ...["mountPath", "claimName", "secretName", "driver", "fsType", "type", "medium", "sizeLimit"],
  ...["fieldPath", "resource", "resourceName", "divisor", "add", "drop"],
]);
/** Maps whose names others choose, and whose values may be anything. */
const FREE: ReadonlySet<string> = new Set(["annotations", "volumeAttributes", "options"]);
/** Maps whose names others choose, and whose values are quantities, or words that are selected by. */
const SELECTED: ReadonlySet<string> = new Set([
  "labels",
  "nodeSelector",
  "matchLabels",
  "limits",
  "requests",
  "overhead",
]);
/** What an image is called is no secret, though its digest looks like one. */
const IMAGES: ReadonlySet<string> = new Set(["image", "imageID"]);

/** How long a value has to be to be looked for in texts. */
const MIN_LENGTH = 6;

/** What is kept of a pod, and the values in it that are not. */
export interface Shown {
  pod: object;
  withheld: readonly string[];
}

/**
 * The pod as it may be kept. Of its metadata and spec, numbers stay, and the texts that are known to be names; whatever else
 * is said there is withheld: environment, command lines, hooks, probes, headers, annotations, and fields that nobody has
 * thought of. Its status stays, without what looks like a credential and without what is withheld.
 */
export function shownPod({ metadata, spec, status, ...rest }: Pod): Shown {
  const values = new Set<string>();
  const { managedFields: _managed, ...kept } = metadata ?? {};
  const shown = { ...rest, metadata: kept, spec };
  const pod = withoutValues(shown, "", KEPT, values) as object;
  const withheld = [...values]
    .filter((value) => value.length >= MIN_LENGTH && !/^[a-z]+$/i.test(value))
    .sort((a, b) => b.length - a.length);
  return { pod: { ...pod, ...(status === undefined ? {} : { status: withoutWithheld(status, withheld) }) }, withheld };
}

/** The value without what looks like a credential in its texts, and without these values. */
export function withoutWithheld<T>(value: T, withheld: readonly string[]): T {
  const shown = (name: string, each: unknown) => {
    if (typeof each !== "string" || IMAGES.has(name)) return each;
    return withoutSecrets(withheld.reduce((text, hidden) => text.replaceAll(hidden, HIDDEN), each));
  };
  return JSON.parse(JSON.stringify(value), shown) as T;
}

/**
 * @param field whose value it is; that of a list is that of each of its members
 * @param kept the fields whose texts are kept; all of them where it says so
 * @param withheld is given what is not
 */
function withoutValues(
  value: unknown,
  field: string,
  kept: ReadonlySet<string> | "all" | "none",
  withheld: Set<string>,
): unknown {
  if (typeof value === "string") {
    if (kept === "all") return withoutSecrets(value);
    if (kept !== "none" && kept.has(field)) return value;
    withheld.add(value);
    return HIDDEN;
  }
  if (Array.isArray(value)) return value.map((each: unknown) => withoutValues(each, field, kept, withheld));
  if (typeof value !== "object" || value === null) return value;
  const inner = SELECTED.has(field) ? "all" : FREE.has(field) ? "none" : kept;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withoutValues(each, name, inner, withheld)]),
  );
}
