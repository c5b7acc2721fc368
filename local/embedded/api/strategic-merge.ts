import { fieldsOf, isFields, type Fields } from "./fields.ts";

/**
 * What tells the elements of a list apart, by the list's name. Lists that are not here are replaced as a whole.
 * Source: the patchMergeKey tags in k8s.io/api
 */
const MERGE_KEYS: Readonly<Record<string, readonly string[]>> = {
  addresses: ["type"],
  conditions: ["type"],
  containers: ["name"],
  env: ["name"],
  ephemeralContainers: ["name"],
  hostAliases: ["ip"],
  imagePullSecrets: ["name"],
  initContainers: ["name"],
  ownerReferences: ["uid"],
  // Of a container, and of a Service.
  ports: ["containerPort", "port"],
  secrets: ["name"],
  topologySpreadConstraints: ["topologyKey"],
  volumeDevices: ["devicePath"],
  volumeMounts: ["mountPath"],
  volumes: ["name"],
};

/** Lists of texts to which a patch adds. */
const SETS = ["finalizers"];

const DIRECTIVE = "$patch";
const RETAIN_KEYS = "$retainKeys";
const DELETE_FROM = "$deleteFromPrimitiveList/";

/**
 * Applies a strategic merge patch: null removes a field, lists with a merge key are merged element by element, and
 * `$patch` replaces or deletes. Another order that a patch wants of elements (`$setElementOrder`) is not kept.
 * Source: k8s.io/community, contributors/devel/sig-api-machinery/strategic-merge-patch.md
 */
export function strategicMerge(current: Fields, patch: Fields): Fields {
  if (patch[DIRECTIVE] === "replace") return withoutDirectives(patch);
  const merged = new Map(Object.entries(current));
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(DELETE_FROM)) {
      const list = name.slice(DELETE_FROM.length);
      const kept = listOf(merged.get(list)).filter((element) => !listOf(value).includes(element));
      merged.set(list, kept);
    }
    if (name.startsWith("$")) continue;
    if (value === null || fieldsOf(value)[DIRECTIVE] === "delete") merged.delete(name);
    else merged.set(name, mergedValue(name, current[name], value));
  }
  const retained = patch[RETAIN_KEYS];
  return Object.fromEntries([...merged].filter(([name]) => !Array.isArray(retained) || retained.includes(name)));
}

function mergedValue(name: string, current: unknown, value: unknown): unknown {
  if (Array.isArray(value)) return mergedList(name, listOf(current), value);
  return isFields(value) ? strategicMerge(fieldsOf(current), value) : value;
}

/** The field that tells the elements of that list apart, and this one from the others; undefined where none does. */
export function mergeKeyOf(list: string, element: unknown): string | undefined {
  return MERGE_KEYS[list]?.find((key) => fieldsOf(element)[key] !== undefined);
}

function mergedList(name: string, current: unknown[], patch: unknown[]): unknown[] {
  if (SETS.includes(name)) return [...new Set([...current, ...patch])];
  if (!(name in MERGE_KEYS) || !patch.every(isFields)) return patch.map(withoutDirectivesIn);
  const replaces = patch.some((element) => element[DIRECTIVE] === "replace" && Object.keys(element).length === 1);
  const elements = patch.filter((element) => Object.keys(element).some((key) => key !== DIRECTIVE));
  const before = replaces ? [] : current;
  const merged = elements.reduce<unknown[]>(
    (list, element) => mergedElement(list, element, mergeKeyOf(name, element)),
    [...before],
  );
  return ordered(name, merged, elements, before);
}

/**
 * The elements in the order of the patch; those that it does not name stand where they stood, as far as both allow.
 * Source: k8s.io/apimachinery/pkg/util/strategicpatch, mergeSortedSlice
 */
function ordered(name: string, merged: unknown[], patch: Fields[], before: readonly unknown[]): unknown[] {
  const placeIn = (list: readonly unknown[], element: unknown) => {
    const key = mergeKeyOf(name, element);
    return key === undefined ? -1 : list.findIndex((candidate) => fieldsOf(candidate)[key] === fieldsOf(element)[key]);
  };
  const others = merged.filter((element) => placeIn(patch, element) === -1);
  const patched = merged.filter((element) => placeIn(patch, element) !== -1);
  patched.sort((a, b) => placeIn(patch, a) - placeIn(patch, b));
  const order: unknown[] = [];
  for (const element of patched) {
    const place = placeIn(before, element);
    while (others.length > 0 && place !== -1 && placeIn(before, others[0]) < place) order.push(others.shift());
    order.push(element);
  }
  return [...order, ...others];
}

/** The list with one element of a patch laid over the one of the same key, or added, or taken away. */
function mergedElement(list: unknown[], element: Fields, key: string | undefined): unknown[] {
  const index = key === undefined ? -1 : list.findIndex((candidate) => fieldsOf(candidate)[key] === element[key]);
  if (element[DIRECTIVE] === "delete") return index === -1 ? list : list.toSpliced(index, 1);
  if (index === -1) return [...list, strategicMerge({}, element)];
  return list.toSpliced(index, 1, strategicMerge(fieldsOf(list[index]), element));
}

function withoutDirectives(patch: Fields): Fields {
  return Object.fromEntries(
    Object.entries(patch)
      .filter(([name, value]) => !name.startsWith("$") && value !== null)
      .map(([name, value]) => [name, withoutDirectivesIn(value)]),
  );
}

function withoutDirectivesIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectivesIn);
  return isFields(value) ? withoutDirectives(value) : value;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
