import { isFields, type Fields } from "../api/fields.ts";
import type { FieldProblem } from "../api-error.ts";
import { copyOf } from "../copy.ts";

/** The part of a structural schema that is gone by: types, required fields, enumerations, defaults, and what is kept. */
export interface Schema {
  type?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  items?: Schema;
  required?: string[];
  enum?: unknown[];
  default?: unknown;
  nullable?: boolean;
  "x-kubernetes-preserve-unknown-fields"?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
}

/** What every object has, whatever its schema says. */
const OF_EVERY_OBJECT = ["apiVersion", "kind", "metadata"];

/**
 * Drops what the schema of a custom object does not know, and fills in its defaults.
 * Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema, pruning and defaulting
 */
export function conform(object: Fields, schema: Schema): void {
  const own = Object.fromEntries(Object.entries(object).filter(([name]) => OF_EVERY_OBJECT.includes(name)));
  prune(object, schema);
  Object.assign(object, own);
  fillIn(object, schema);
}

/** The fields of a custom object that its schema does not know: `spec.colour`. */
export function unknownFields(object: Fields, schema: Schema): string[] {
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...own } = object;
  return unknownAt(own, schema, "");
}

function unknownAt(value: unknown, schema: Schema, path: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((element, index) => unknownAt(element, schema.items ?? {}, `${path}[${index}]`));
  }
  if (!isFields(value)) return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const known = schemaOf(schema, name);
    if (known !== undefined) return unknownAt(field, known, at);
    return schema["x-kubernetes-preserve-unknown-fields"] === true ? [] : [at];
  });
}

/** What is wrong with a custom object. Rules of other kinds, such as patterns and CEL, are not looked at. */
export function schemaProblems(object: Fields, schema: Schema): FieldProblem[] {
  const { metadata: _metadata, ...own } = object;
  return problemsAt(own, schema, "");
}

function prune(value: unknown, schema: Schema): void {
  if (Array.isArray(value)) {
    for (const element of value) prune(element, schema.items ?? {});
  }
  if (!isFields(value)) return;
  for (const [name, field] of Object.entries(value)) {
    const known = schemaOf(schema, name);
    if (known !== undefined) prune(field, known);
    else if (schema["x-kubernetes-preserve-unknown-fields"] !== true) Reflect.deleteProperty(value, name);
  }
}

function fillIn(value: unknown, schema: Schema): void {
  if (Array.isArray(value)) {
    for (const element of value) fillIn(element, schema.items ?? {});
  }
  if (!isFields(value)) return;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const missing = value[name] === undefined || (value[name] === null && property.nullable !== true);
    if (missing && property.default !== undefined) value[name] = copyOf(property.default);
  }
  for (const [name, field] of Object.entries(value)) fillIn(field, schemaOf(schema, name) ?? {});
}

/** The schema of a field: of its own, or that of all fields that have none. */
function schemaOf({ properties, additionalProperties }: Schema, name: string): Schema | undefined {
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name];
  if (additionalProperties === true) return { "x-kubernetes-preserve-unknown-fields": true };
  return additionalProperties === false ? undefined : additionalProperties;
}

function problemsAt(value: unknown, schema: Schema, path: string): FieldProblem[] {
  if (value === null && schema.nullable === true) return [];
  if (!isOfType(value, schema)) return [wrongType(value, schema.type ?? "", path)];
  const listed = schema.enum?.some((each) => JSON.stringify(each) === JSON.stringify(value)) ?? true;
  return [...(listed ? [] : [unlisted(value, schema.enum ?? [], path)]), ...problemsWithin(value, schema, path)];
}

function problemsWithin(value: unknown, schema: Schema, path: string): FieldProblem[] {
  if (Array.isArray(value)) {
    return value.flatMap((element, index) => problemsAt(element, schema.items ?? {}, `${path}[${index}]`));
  }
  if (!isFields(value)) return [];
  const below = (name: string) => (path === "" ? name : `${path}.${name}`);
  const missing = (schema.required ?? [])
    .filter((name) => value[name] === undefined)
    .map((name): FieldProblem => ({ field: below(name), reason: "FieldValueRequired", message: "Required value" }));
  const fields = Object.entries(value).flatMap(([name, field]) => {
    const known = schemaOf(schema, name);
    return known === undefined ? [] : problemsAt(field, known, below(name));
  });
  return [...missing, ...fields];
}

function isOfType(value: unknown, schema: Schema): boolean {
  const found = typeOf(value);
  if (schema["x-kubernetes-int-or-string"] === true) return found === "integer" || found === "string";
  if (schema.type === undefined) return true;
  return found === schema.type || (schema.type === "number" && found === "integer");
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isInteger(value) ? "integer" : "number";
  return typeof value;
}

// The words are those of the API server. Source: k8s.io/kube-openapi/pkg/validation
function wrongType(value: unknown, wanted: string, path: string): FieldProblem {
  const found = typeOf(value);
  const message = `Invalid value: "${found}": ${path} in body must be of type ${wanted}: "${found}"`;
  return { field: path, reason: "FieldValueTypeInvalid", message };
}

function unlisted(value: unknown, values: readonly unknown[], path: string): FieldProblem {
  const supported = values.map((each) => JSON.stringify(each)).join(", ");
  const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported}`;
  return { field: path, reason: "FieldValueNotSupported", message };
}
