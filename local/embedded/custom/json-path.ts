import { isFields } from "../api/fields.ts";

/** One step of a path: a field, a place in a list, all of a list, or those of its elements that a field tells. */
type Step =
  | { kind: "field"; name: string }
  | { kind: "place"; index: number }
  | { kind: "all" }
  | { kind: "filter"; path: readonly Step[]; equal: boolean; value: unknown };

/** Reads the values that a path leads to. */
export type JsonPath = (object: unknown) => unknown[];

const FIELD = /^\.((?:\\.|[^.[\]\\{}\s])+)/;
const QUOTED_FIELD = /^\[(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")\]/;
const PLACE = /^\[(-?\d+)\]/;
const ALL = /^\[\*\]/;
const FILTER = /^\[\?\(\s*@((?:\.[\w-]+)+)\s*(==|!=)\s*("[^"]*"|'[^']*'|true|false|-?\d+)\s*\)\]/;

/**
 * Reads a path as printer columns have it: `.status.conditions[?(@.type=="Ready")].status`, `.spec.ports[*].port`,
 * `.metadata.annotations.shop\.example/owner`.
 * Source: kubernetes.io/docs/reference/kubectl/jsonpath, of which columns may use no more
 * @throws Error that quotes the part that is not known
 */
export function jsonPath(text: string): JsonPath {
  const steps = stepsOf(text);
  return (object) => steps.reduce<unknown[]>((values, step) => values.flatMap((value) => taken(value, step)), [object]);
}

function stepsOf(text: string): Step[] {
  const steps: Step[] = [];
  for (let rest = text; rest !== "";) {
    const [length, step] = nextStep(rest, text);
    steps.push(step);
    rest = rest.slice(length);
  }
  return steps;
}

function nextStep(rest: string, text: string): [length: number, step: Step] {
  const field = FIELD.exec(rest) ?? QUOTED_FIELD.exec(rest);
  if (field !== null) {
    const name = (field[1] ?? field[2] ?? "").replace(/\\(.)/g, "$1");
    return [field[0].length, { kind: "field", name }];
  }
  const place = PLACE.exec(rest);
  if (place !== null) return [place[0].length, { kind: "place", index: Number(place[1]) }];
  const all = ALL.exec(rest);
  if (all !== null) return [all[0].length, { kind: "all" }];
  const filter = FILTER.exec(rest);
  if (filter === null) throw new Error(`The path ${text} cannot be read from ${rest} on.`);
  const [whole, path = "", operator, value = ""] = filter;
  const literal: unknown = JSON.parse(value.replace(/^'(.*)'$/, (_quoted, inner: string) => JSON.stringify(inner)));
  return [whole.length, { kind: "filter", path: stepsOf(path), equal: operator === "==", value: literal }];
}

function taken(value: unknown, step: Step): unknown[] {
  if (step.kind === "field") return isFields(value) && Object.hasOwn(value, step.name) ? [value[step.name]] : [];
  if (!Array.isArray(value)) return [];
  const list = value as unknown[];
  switch (step.kind) {
    case "all":
      return list;
    case "place":
      return list.slice(step.index).slice(0, 1);
    case "filter":
      return list.filter((element) => {
        const [found] = step.path.reduce<unknown[]>(
          (values, each) => values.flatMap((one) => taken(one, each)),
          [element],
        );
        return found !== undefined && (found === step.value) === step.equal;
      });
  }
}
