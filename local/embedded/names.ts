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

/** The last part of a label's key. The API server's own words, as above. */
const KEY = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const KEY_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const MOST_LETTERS_OF_A_LABEL = 63;

/** What is wrong with an object's labels. */
export function labelProblems(labels: Record<string, string> = {}): FieldProblem[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const name = key.split("/").at(-1) ?? "";
    return [
      ...(KEY.test(name) ? [] : [labelProblem(key, KEY_RULE)]),
      ...(name.length <= MOST_LETTERS_OF_A_LABEL ? [] : [labelProblem(key, `name part ${TOO_LONG}`)]),
      ...(VALUE.test(value) ? [] : [labelProblem(value, VALUE_RULE)]),
      ...(value.length <= MOST_LETTERS_OF_A_LABEL ? [] : [labelProblem(value, TOO_LONG)]),
    ];
  });
}

const TOO_LONG = `must be no more than ${MOST_LETTERS_OF_A_LABEL} bytes`;

function labelProblem(value: string, why: string): FieldProblem {
  return { field: "metadata.labels", reason: "FieldValueInvalid", message: `Invalid value: "${value}": ${why}` };
}
