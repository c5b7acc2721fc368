import * as z from "zod";
import { RemediationError } from "../shared/errors.ts";
import { parsedAs } from "../shared/parsed.ts";
import { describeIssues } from "../shared/validation.ts";

/** What nobody writes by hand, so that its parts are not told of. */
const WHOLE: Readonly<Record<string, string>> = {
  change: "must be exactly what undo_request of the outcome, or the record, has",
};

type Issue = z.core.$ZodIssue;

/**
 * Checks what was given against the fields that are taken.
 * @param given an object, with whatever fields
 * @param hints what to do about fields that are not taken, by their names
 * @throws RemediationError `InvalidRequest`, naming each offending field, its rule, what to send instead where that is clear, and
 *   the fields that there are
 */
export function assertTaken<Schema extends z.ZodObject>(
  schema: Schema,
  given: object,
  hints: Readonly<Record<string, string>> = {},
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  const fields = given as Record<string, unknown>;
  // The first that is wrong with a field is told.
  const clauses = new Map(error.issues.toReversed().map((issue) => clauseOf(issue, schema.shape, fields, hints)));
  const issues = [...clauses].toReversed().map(([field, message]) => ({
    ...{ code: "custom" as const, path: [field], message, input: undefined },
  }));
  throw new RemediationError(
    "InvalidRequest",
    `The request is refused: ${describeIssues(new z.ZodError(issues))}. It takes ${fieldsOf(schema.shape)}.`,
  );
}

/** What is wrong with a field. */
function clauseOf(
  issue: Issue,
  shape: z.ZodRawShape,
  given: Record<string, unknown>,
  hints: Readonly<Record<string, string>>,
): [field: string, words: string] {
  const field = String(issue.path[0] ?? "input");
  if (issue.code === "unrecognized_keys" && issue.path.length === 0) {
    return [field, `does not take ${issue.keys.map((key) => notTaken(key, shape, hints)).join(", ")}`];
  }
  const value = given[field];
  const isText = WHOLE[field] !== undefined && typeof value === "string";
  if (isText && parsedAs(shape[field] as z.ZodType, value) !== undefined)
    return [field, `${WHOLE[field] ?? ""}, as an object and not as a text`];
  const rule = WHOLE[field] ?? issue.message;
  if (value === undefined) return [field, `is missing: it ${rule}`];
  if (mayBeLeftOut(field, shape) && (value === null || value === "")) return [field, `${rule}; leave it out otherwise`];
  const meant = candidatesFor(issue, field, given).find((each) => z.safeParse(shape[field] as z.ZodType, each).success);
  return [field, meant === undefined ? rule : `${rule}; send ${JSON.stringify(meant)}`];
}

/**
 * What somebody may have meant: a number or a boolean that came as a text, one of several words in another form, or a name with
 * spaces around it, in capital letters, or with the namespace or the kind before it that is said beside it.
 */
function candidatesFor(issue: Issue, field: string, given: Record<string, unknown>): unknown[] {
  const value = given[field];
  if (typeof value !== "string") return [];
  const text = value.trim();
  const small = text.toLowerCase();
  if (issue.code === "invalid_type") return [Number(text), small === "true"].filter((each) => String(each) === small);
  if (issue.code === "invalid_value") return meantBy(text, issue.values);
  const [before = "", name = "", ...more] = text.split("/");
  const { namespace, kind } = given;
  const isSaid = before === namespace || [kind, field].some((each) => isShortFor(before, each));
  return [text, small, ...(isSaid && more.length === 0 ? [name] : [])];
}

/** Which of some words somebody may have meant by another form of one: in small letters, in the plural, as its beginning. */
export function meantBy<Word>(text: string, words: readonly Word[]): Word[] {
  return words.filter((each) => isShortFor(text, each));
}

function isShortFor(text: string, word: unknown): boolean {
  const singular = text.toLowerCase().replace(/s$/, "");
  return singular.length > 2 && String(word).toLowerCase().startsWith(singular);
}

/** A field that there is none of, and what to do instead where that is clear. */
function notTaken(field: string, shape: z.ZodRawShape, hints: Readonly<Record<string, string>>): string {
  const meant = Object.keys(shape).find((name) => lettersOf(name) === lettersOf(field));
  const instead = Object.hasOwn(hints, field) ? hints[field] : meant && `send ${meant}`;
  return `${JSON.stringify(field)}${instead === undefined ? "" : ` (${instead})`}`;
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[_\W]/g, "");
}

/** The fields, those that may be left out last. */
function fieldsOf(shape: z.ZodRawShape): string {
  const names = Object.keys(shape);
  const wanted = names.filter((name) => !mayBeLeftOut(name, shape));
  return `${wanted.join(", ")}; it may have ${names.filter((name) => !wanted.includes(name)).join(", ")}`;
}

function mayBeLeftOut(name: string, shape: z.ZodRawShape): boolean {
  return z.safeParse(shape[name] as z.ZodType, undefined).success;
}
