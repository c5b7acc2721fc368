import { badRequest } from "../api-error.ts";
import { selectorText, selects, type Requirement } from "../label-selector.ts";
import type { LabelSelector } from "../types.ts";

const KEY = String.raw`([\w./-]+)`;
const SET = new RegExp(`^${KEY}\\s+(in|notin)\\s*\\(([^)]*)\\)$`);
const EQUALITY = new RegExp(String.raw`^${KEY}\s*(==|=|!=)\s*([\w.-]*)$`);
const EXISTENCE = new RegExp(`^(!?)\\s*${KEY}$`);

/**
 * Reads a label selector as it stands in a query: `app=web,tier!=db,version in (1,2),!canary`.
 * @throws ApiError BadRequest
 */
export function parseLabelSelector(text: string): (labels: Record<string, string> | undefined) => boolean {
  const selector: LabelSelector = {
    // A comma between parentheses belongs to a set of values.
    matchExpressions: text
      .split(/,(?![^(]*\))/)
      .map((part) => part.trim())
      .filter((part) => part !== "")
      .map(requirementOf),
  };
  return (labels) => selects(selector, labels);
}

/** A selector as the API server prints it: the values of a set in alphabetical order. */
export function printedSelector(selector: LabelSelector | undefined): string {
  const expressions = (selector?.matchExpressions ?? []).map(({ values, ...expression }) => ({
    ...expression,
    ...(values === undefined ? {} : { values: [...values].sort() }),
  }));
  return selectorText(selector === undefined ? undefined : { ...selector, matchExpressions: expressions });
}

function requirementOf(part: string): Requirement {
  const set = SET.exec(part);
  if (set !== null) {
    const values = (set[3] ?? "").split(",").map((value) => value.trim());
    return { key: set[1] ?? "", operator: set[2] === "in" ? "In" : "NotIn", values };
  }
  const equality = EQUALITY.exec(part);
  if (equality !== null) {
    return { key: equality[1] ?? "", operator: equality[2] === "!=" ? "NotIn" : "In", values: [equality[3] ?? ""] };
  }
  const existence = EXISTENCE.exec(part);
  if (existence !== null)
    return { key: existence[2] ?? "", operator: existence[1] === "!" ? "DoesNotExist" : "Exists" };
  throw badRequest(`unable to parse requirement: ${part}`);
}
