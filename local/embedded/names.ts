import type { FieldProblem } from "./api-error.ts";

/** Source: k8s.io/apimachinery/pkg/util/validation, RFC 1123 subdomain */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const MOST_LETTERS = 253;
/** The API server's own words. */
const RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** What is wrong with an object's name; undefined for nothing. */
export function nameProblem(name: string): FieldProblem | undefined {
  const field = "metadata.name";
  if (name === "") {
    return { field, reason: "FieldValueRequired", message: "Required value: name or generateName is required" };
  }
  const long = name.length > MOST_LETTERS;
  if (!long && NAME.test(name)) return undefined;
  const why = long ? `must be no more than ${MOST_LETTERS} bytes` : RULE;
  return { field, reason: "FieldValueInvalid", message: `Invalid value: "${name}": ${why}` };
}
