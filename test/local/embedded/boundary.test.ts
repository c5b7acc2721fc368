import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const EMBEDDED = join(ROOT, "local/embedded");
const OWN_TESTS = join(ROOT, "test/local/embedded/");
/** What it may import from elsewhere: Node itself, a parser, RFC 6902, and the names of the API's types. */
const PACKAGES = ["yaml", "fast-json-patch"];
const TYPE_PACKAGES = ["@kubernetes/client-node"];

/** Imports that a file outside may go by: local/embedded/package.json says the same. */
const ENTRY_POINTS = Object.values(
  (JSON.parse(readFileSync(join(EMBEDDED, "package.json"), "utf8")) as { exports: Record<string, string> }).exports,
).map((path) => resolve(EMBEDDED, path));

interface Import {
  file: string;
  from: string;
  typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const found: Import[] = [];
  const note = (node: ts.Node | undefined, typeOnly: boolean) => {
    if (node !== undefined && ts.isStringLiteral(node)) found.push({ file, from: node.text, typeOnly });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      note(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
    }
    if (ts.isExportDeclaration(node)) note(node.moduleSpecifier, node.isTypeOnly);
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      note(node.arguments[0], false);
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) note(node.argument.literal, true);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest));
  return found;
}

function importsBelow(...folders: string[]): Import[] {
  return folders.flatMap((folder) => globSync(join(ROOT, folder, "**/*.ts")).flatMap(importsOf));
}

function isOwn({ file, from, typeOnly }: Import): boolean {
  if (from.startsWith(".")) return isWithin(resolve(dirname(file), from));
  return from.startsWith("node:") || PACKAGES.includes(from) || (typeOnly && TYPE_PACKAGES.includes(from));
}

function isWithin(path: string): boolean {
  return !relative(EMBEDDED, path).startsWith("..");
}

function named({ file, from }: Import): string {
  return `${relative(ROOT, file)} imports ${from}`;
}

describe("the embedded cluster", () => {
  it("imports nothing of what is judged on it, nor of what plays on it", () => {
    const imports = importsBelow("local/embedded");

    expect(imports.length).toBeGreaterThan(100);
    expect(imports.filter((each) => !isOwn(each)).map(named)).toEqual([]);
  });

  it("is imported through its entry points only, but by its own tests", () => {
    const inside = importsBelow("local", "tools", "functions", "infra", "test")
      .filter(({ file, from }) => !isWithin(file) && !file.startsWith(OWN_TESTS) && from.startsWith("."))
      .filter(({ file, from }) => isWithin(resolve(dirname(file), from)));

    expect(inside.length).toBeGreaterThan(0);
    expect(inside.filter(({ file, from }) => !ENTRY_POINTS.includes(resolve(dirname(file), from))).map(named)).toEqual(
      [],
    );
  });
});
