import type { FieldProblem } from "../api-error.ts";

/** A field whose value breaks a rule. The words are the API server's: k8s.io/apimachinery/pkg/util/validation/field */
export const invalidValue = (field: string, value: unknown, why: string): FieldProblem => ({
  field,
  reason: "FieldValueInvalid",
  message: `Invalid value: ${JSON.stringify(value ?? null)}: ${why}`,
});

export const required = (field: string, why?: string): FieldProblem => ({
  field,
  reason: "FieldValueRequired",
  message: why === undefined ? "Required value" : `Required value: ${why}`,
});

export const forbiddenField = (field: string, why: string): FieldProblem => ({
  field,
  reason: "FieldValueForbidden",
  message: `Forbidden: ${why}`,
});

export const immutable = (field: string, value: unknown): FieldProblem =>
  invalidValue(field, value, "field is immutable");

/** What is wrong with a number of replicas and the like, which may be left out. */
export function countProblem(field: string, value: unknown): FieldProblem | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !Number.isInteger(value))
    return invalidValue(field, value, "must be a whole number");
  return value < 0 ? invalidValue(field, value, "must be greater than or equal to 0") : undefined;
}
