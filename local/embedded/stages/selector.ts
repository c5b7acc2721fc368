import { isFields } from "../api/fields.ts";
import type { ApiObject } from "../api-object.ts";
import type { StageExpression, StageSelector } from "./stage.ts";

/** A field, or every element of a list. */
type Part = { name: string } | "every";

const PART = /^(?:\.([A-Za-z_]\w*)|\.?\["((?:[^"\\])*)"\]|\.?(\[\]))/;

/**
 * Reads a key of a stage's selector: of jq, that is a path of fields such as `.metadata.annotations["shop/owner"]`, and
 * `[]` for every element of a list.
 * @throws Error that names the key
 */
export function keyParts(key: string): Part[] {
  const parts: Part[] = [];
  for (let rest = key; rest !== "";) {
    const match = PART.exec(rest);
    if (match === null || (parts.length === 0 && !rest.startsWith("."))) {
      throw new Error(
        `the key ${key} is more than a path of fields, such as .spec.paused or .status.conditions[].type`,
      );
    }
    const [whole, name, quoted, every] = match;
    parts.push(every === undefined ? { name: name ?? quoted ?? "" } : "every");
    rest = rest.slice(whole.length);
  }
  return parts;
}

/**
 * Whether a stage is for an object as it is.
 * Source: sigs.k8s.io/kwok/pkg/utils/lifecycle/lifecycle.go and pkg/utils/expression/selector.go
 */
export function isFor(selector: StageSelector, { metadata, ...rest }: ApiObject): boolean {
  const { matchLabels = {}, matchAnnotations = {}, matchExpressions = [] } = selector;
  return (
    isWithin(matchLabels, metadata?.labels) &&
    isWithin(matchAnnotations, metadata?.annotations) &&
    matchExpressions.every((expression) => holds(expression, { metadata, ...rest }))
  );
}

function isWithin(wanted: Record<string, string>, present: Record<string, string> = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => present[key] === value);
}

function holds({ key, operator, values = [] }: StageExpression, object: object): boolean {
  const found = valuesAt(object, keyParts(key));
  // KWOK compares texts and booleans, and never finds a number equal.
  const listed = found.some(
    (value) => (typeof value === "string" || typeof value === "boolean") && values.includes(String(value)),
  );
  switch (operator) {
    case "In":
      return listed;
    case "NotIn":
      return !listed;
    case "Exists":
      return found.length > 0;
    case "DoesNotExist":
      return found.length === 0;
  }
}

function valuesAt(object: unknown, parts: readonly Part[]): unknown[] {
  const values = parts.reduce<unknown[]>((found, part) => found.flatMap((value) => below(value, part)), [object]);
  return values.filter((value) => value !== undefined && value !== null);
}

function below(value: unknown, part: Part): unknown[] {
  if (part === "every") return Array.isArray(value) ? value : [];
  return isFields(value) && Object.hasOwn(value, part.name) ? [value[part.name]] : [];
}
