import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { isFields } from "../api/fields.ts";

/** `{{ Now }}`, `{{ .spec.replicas }}`, each also with `| Quote`. */
const PLACEHOLDER = /\{\{\s*(Now|(?:\.[A-Za-z_]\w*)+)\s*(\|\s*Quote)?\s*\}\}/g;

/** What stands where a field is missing. Source: text/template of Go */
const NO_VALUE = "<no value>";

/**
 * The value that a template gives for an object: YAML whose placeholders are filled in.
 * @throws Error for a placeholder that stands for an object or a list, or for a field of what has no fields
 */
export function rendered(template: string, object: unknown, now: Date): unknown {
  return parse(filled(template, (path) => (path === undefined ? now.toISOString() : valueAt(object, path)))) as unknown;
}

/** What is wrong with a template, whatever its object: what KWOK could read, or would read otherwise; undefined for nothing. */
export function templateProblem(template: string): string | undefined {
  const action = /\{\{.*?\}\}|\{\{/s.exec(template.replaceAll(PLACEHOLDER, ""))?.[0];
  if (action !== undefined) return `${action} is none of {{ Now }} and {{ .path.of.fields }}, with or without | Quote`;
  const example = filled(template, (path) => (path === undefined ? "2026-01-01T00:00:00.5Z" : 1));
  try {
    const versions = (["1.1", "1.2"] as const).map((version) => parse(example, { version }) as unknown);
    if (!isFields(versions[0])) return "is no YAML of an object";
    if (!isDeepStrictEqual(versions[0], versions[1])) {
      return "has a value that YAML 1.1 and 1.2 read differently; write it in quotes, or with | Quote";
    }
    return undefined;
  } catch (error) {
    return `is no YAML: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** @param valueOf the value of a path of fields; without a path that of `Now` */
function filled(template: string, valueOf: (path: string | undefined) => unknown): string {
  return template.replaceAll(PLACEHOLDER, (_whole, what: string, quote?: string) => {
    const value = valueOf(what === "Now" ? undefined : what);
    if (quote === undefined) return value === undefined || value === null ? NO_VALUE : textOf(value);
    return JSON.stringify(value === undefined || value === null ? "null" : textOf(value));
  });
}

function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new Error("a placeholder stands for an object or a list");
}

function valueAt(object: unknown, path: string): unknown {
  const names = path.split(".").slice(1);
  return names.reduce<unknown>((value, name) => {
    if (value === undefined) return undefined;
    if (!isFields(value)) throw new Error(`${path} asks for a field of what has none`);
    return Object.hasOwn(value, name) ? value[name] : undefined;
  }, object);
}
