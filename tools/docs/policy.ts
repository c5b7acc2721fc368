import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { ActionMode } from "../../functions/shared/action-mode.ts";
import { Policy } from "../../functions/shared/policy.ts";
import { markdownTable } from "./markdown-table.ts";

const SOURCE = new URL("../../functions/shared/policy.ts", import.meta.url);
const REMEDIES = new URL("../../functions/remedies/", import.meta.url);

/** One field of the policy. */
interface Field {
  /** `verify.soak_seconds`. */
  path: string;
  description: string;
}

/** The policy's fields for people: what each means, as its comment in the source says, and its default. */
export function policyTable(): string {
  const defaults: unknown = Policy.parse({});
  const rows = fields().map(({ path, description }) => {
    const value = valueAt(defaults, path.split("."));
    return [`\`${path}\``, describeDefault(value), description];
  });
  return markdownTable([["field", "default", "meaning"], ...rows]).join("\n");
}

/** A group's default is that of its fields. */
function describeDefault(value: unknown): string {
  if (value === undefined) return "none";
  const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isGroup) return describeModes(value);
  return `\`${JSON.stringify(value)}\``;
}

/** The modes of the actions, in words where all are alike; nothing for any other group. */
function describeModes(group: object): string {
  const modes = new Set(Object.values(group).map((mode) => ActionMode.safeParse(mode).data));
  if (modes.has(undefined)) return "";
  const all = Object.entries(group).map(([action, mode]) => `${action} \`${String(mode)}\``);
  return modes.size === 1 ? `all \`${String([...modes][0])}\`` : all.join(", ");
}

/** The fields that carry a comment, in the order of the source. */
function fields(): Field[] {
  const constants = new Map(sources().flatMap((source) => source.statements.flatMap(constantsOf)));
  const found: Field[] = [];
  const visit = (node: ts.Node, path: readonly string[]): void => {
    const isField = ts.isPropertyAssignment(node);
    const here = isField ? [...path, node.name.getText()] : path;
    if (isField) {
      const description = commentOf(node);
      if (description !== undefined) found.push({ path: here.join("."), description });
    }
    node.forEachChild((child) => {
      // Some fields are kept in constants: those of each remedy in its own file.
      const held = ts.isIdentifier(child) ? constants.get(child.text) : undefined;
      visit(held !== undefined && ts.isObjectLiteralExpression(held) ? held : child, here);
    });
  };
  const policy = constants.get("Policy");
  if (policy !== undefined) visit(policy, []);
  return found;
}

/** The policy's file, and those that hold parts of it. */
function sources(): ts.SourceFile[] {
  const remedies = readdirSync(REMEDIES, { recursive: true, encoding: "utf8" })
    .filter((file) => file === "contracts.ts" || file.endsWith("/contract.ts"))
    .map((file) => new URL(file, REMEDIES));
  return [SOURCE, ...remedies].map((file) =>
    ts.createSourceFile(file.pathname, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true),
  );
}

/** The constants that a statement declares, by name. */
function constantsOf(statement: ts.Statement): [string, ts.Expression][] {
  if (!ts.isVariableStatement(statement)) return [];
  return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
    initializer === undefined ? [] : [[name.getText(), initializer]],
  );
}

function commentOf(node: ts.Node): string | undefined {
  const [comment] = ts.getJSDocCommentsAndTags(node);
  const text = comment === undefined || !ts.isJSDoc(comment) ? undefined : ts.getTextOfJSDocComment(comment.comment);
  return text?.replace(/\s+/g, " ").trim();
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  return typeof value === "object" && value !== null
    ? valueAt((value as Record<string, unknown>)[first], rest)
    : undefined;
}
