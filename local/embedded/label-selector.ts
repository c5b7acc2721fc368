import type { LabelSelector } from "./types.ts";

/** One thing that a selector asks of the labels. */
export interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

/**
 * Whether a selector selects an object with these labels. An absent one selects nothing, one that asks for nothing selects
 * everything. Source: k8s.io/apimachinery/pkg/labels/selector.go, Requirement.Matches
 */
export function selects(selector: LabelSelector | undefined, labels: Record<string, string> | undefined): boolean {
  return selector !== undefined && requirementsOf(selector).every((requirement) => holds(requirement, labels ?? {}));
}

/** A selector as one text, in the order in which it stands: `app=web,tier in (a,b),!canary`. */
export function selectorText(selector: LabelSelector | undefined): string {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(requirementText),
  ].join(",");
}

/** What a selector asks for, its labels as sets of one value. */
function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Requirement[] {
  const labels = Object.entries(matchLabels).map(([key, value]) => ({ key, operator: "In", values: [value] }));
  return [...labels, ...matchExpressions];
}

function holds({ key, operator, values = [] }: Requirement, labels: Record<string, string>): boolean {
  const present = Object.hasOwn(labels, key);
  const listed = present && values.includes(labels[key] ?? "");
  const answers: Readonly<Record<string, boolean>> = {
    In: listed,
    NotIn: !listed,
    Exists: present,
    DoesNotExist: !present,
  };
  return answers[operator] ?? false;
}

function requirementText({ key, operator, values = [] }: Requirement): string {
  if (operator === "Exists") return key;
  if (operator === "DoesNotExist") return `!${key}`;
  return `${key} ${operator.toLowerCase()} (${values.join(",")})`;
}
