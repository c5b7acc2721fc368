import type { PodTemplate } from "../shared/kubernetes/types.ts";
import { bareTemplate, POD_TEMPLATE_HASH } from "../shared/kubernetes/template.ts";
import { bounded } from "../shared/text.ts";

/** How many differences are told, and how long a value may be. */
const MAX_DIFFERENCES = 8;
const MAX_VALUE = 120;

/**
 * Fields whose values are told. All others may hold what subscribers must not read (a command, an environment variable, an
 * annotation): of these it is told that they changed.
 */
const TOLD: readonly RegExp[] = [
  /^image$/,
  /^(imagePullPolicy|terminationGracePeriodSeconds|serviceAccountName|runtimeClassName|priorityClassName|hostNetwork)$/,
  /^resources\.(limits|requests)\./,
  /^(liveness|readiness|startup)Probe\.(?!exec|httpGet\.(httpHeaders|path))/,
  /^ports\b/,
  /^nodeSelector\./,
  /^(?!annotation |label ).*securityContext\.(runAs|readOnlyRootFilesystem|privileged|allowPrivilegeEscalation)/,
  /^(?!annotation |label ).*\.(configMapKeyRef|secretKeyRef|configMapRef|secretRef|configMap|secret|persistentVolumeClaim)\.(name|key|secretName|claimName|optional)$/,
];

/** Lists whose items have names, by which they are compared, and what one item is called. */
const NAMED: Readonly<Record<string, string>> = { env: "variable", volumes: "volume" };

/**
 * What one pod template has otherwise than an earlier one, a line each, old and new: images first. The marks of having been
 * started again are no difference.
 */
export function differences(before: PodTemplate, now: PodTemplate): string[] {
  const [old, present] = [fieldsOf(bareTemplate(before)), fieldsOf(bareTemplate(now))];
  const changed = [...new Set([...old.keys(), ...present.keys()])].filter(
    (field) => old.get(field)?.value !== present.get(field)?.value,
  );
  const lines = changed
    .map((key) => ({ ...(present.get(key) ?? old.get(key) ?? NONE), from: old.get(key), to: present.get(key) }))
    .toSorted((a, b) => Number(b.path === "image") - Number(a.path === "image"))
    .map(
      ({ where, path, from, to }) => `${where}${path.replace(/\.value$/, "")}: ${told(path, from?.value, to?.value)}`,
    );
  const unique = [...new Set(lines.map((line) => bounded(line)))];
  const more = unique.length - MAX_DIFFERENCES;
  return more > 0 ? [...unique.slice(0, MAX_DIFFERENCES), `and ${more} more`] : unique;
}

/** One value of a template, by where it stands. */
interface Field {
  /** `container app, `, or nothing. */
  where: string;
  path: string;
  value: string;
}

const NONE: Field = { where: "", path: "", value: "" };

function told(path: string, from: string | undefined, to: string | undefined): string {
  if (TOLD.some((told) => told.test(path))) return `${shown(from)} → ${shown(to)}`;
  return from === undefined ? "added" : to === undefined ? "removed" : "changed";
}

function shown(value: string | undefined): string {
  return value === undefined ? "(none)" : bounded(value, MAX_VALUE);
}

/** Every value of a template; what has no values that may be told stands as one. */
function fieldsOf({ metadata, spec }: PodTemplate): Map<string, Field> {
  const { containers = [], initContainers = [], ...rest } = spec ?? {};
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = metadata?.labels ?? {};
  const fields = [
    ...flat("", "", rest),
    ...named("label", labels),
    ...named("annotation", metadata?.annotations ?? {}),
    ...initContainers.flatMap(({ name, ...container }) => flat(`init container ${name}, `, "", container)),
    ...containers.flatMap(({ name, ...container }) => flat(`container ${name}, `, "", container)),
  ];
  return new Map(fields.map((field) => [`${field.where}${field.path}`, field]));
}

function named(what: string, values: Readonly<Record<string, string>>): Field[] {
  return Object.entries(values).map(([name, value]) => ({ where: "", path: `${what} ${name}`, value }));
}

/** The values below one, each with its path. */
function flat(where: string, path: string, value: unknown): Field[] {
  if (value === undefined || value === null) return [];
  const item = NAMED[path];
  if (item !== undefined && Array.isArray(value)) {
    return value.flatMap((each: { name?: string }) => {
      const { name = "", ...own } = each;
      return flat(where, `${item} ${name}`, own);
    });
  }
  // What is in no order of its own, such as a list of arguments, stands as one.
  if (Array.isArray(value) && path !== "envFrom") return [{ where, path, value: JSON.stringify(value) }];
  if (typeof value === "string") return [{ where, path, value }];
  if (typeof value !== "object") return [{ where, path, value: JSON.stringify(value) }];
  return Object.entries(value).flatMap(([key, below]) => flat(where, path === "" ? key : `${path}.${key}`, below));
}
