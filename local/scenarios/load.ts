import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments, parseDocument } from "yaml";
import type * as z from "zod";
import { withOverrides } from "./quick-policy.ts";
import { ScenarioFile, type Round, type Step } from "./format.ts";
import { fill, type Values } from "./placeholders.ts";

/** Where the scenarios are, one folder each. */
export const SCENARIOS = fileURLToPath(new URL("../../test/scenarios/", import.meta.url));

/** Manifests that several scenarios start from; no scenario itself. */
const COMMON = "common";

/** A scenario that is ready to be played. */
export interface LoadedScenario extends ScenarioFile {
  /** The folder's name. */
  name: string;
  directory: string;
}

/** Something that is wrong with a scenario's files, one line each: file, field, rule. */
export class InvalidScenario extends Error {
  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.name = "InvalidScenario";
  }
}

/** The names of all scenarios, in alphabetical order. */
export function scenarioNames(root = SCENARIOS): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== COMMON)
    .map(({ name }) => name)
    .sort();
}

/**
 * Reads a scenario's folder, and checks all that can be checked before it is played.
 * @throws InvalidScenario
 */
export function loadScenario(name: string, root = SCENARIOS): LoadedScenario {
  const directory = join(root, name);
  const file = join(directory, "scenario.yaml");
  const problem = (path: string, text: string) => `${relative(dirname(resolve(root)), path)}: ${text}`;
  if (!existsSync(file)) throw new InvalidScenario([problem(file, "is missing; a scenario's folder needs one")]);

  const document = parseDocument(readFileSync(file, "utf8"));
  if (document.errors.length > 0)
    throw new InvalidScenario(document.errors.map(({ message }) => problem(file, message)));
  const parsed = ScenarioFile.safeParse(document.toJS(), {
    error: ({ code, input }) => (input === undefined && code === "invalid_type" ? "is missing" : undefined),
  });
  if (!parsed.success) {
    throw new InvalidScenario(parsed.error.issues.map((issue) => problem(file, `${fieldOf(issue)}${issue.message}`)));
  }

  const scenario = { ...parsed.data, name, directory };
  const problems = [
    ...placeholderProblems(document.toString(), scenario, true).map((text) => problem(file, text)),
    ...manifestsOf(scenario).flatMap((manifest) => {
      const path = join(directory, manifest);
      return manifestProblems(path, scenario).map((text) => problem(path, text));
    }),
    ...unusedFiles(scenario).map((unused) => problem(join(directory, unused), "no step applies it")),
  ];
  if (problems.length > 0) throw new InvalidScenario(problems);
  return scenario;
}

/** The runs of a scenario, in order. Each keeps the policy of the first, with its own laid over it. */
export function roundsOf(scenario: ScenarioFile): Round[] {
  const { steps, policy, run, meanwhile, expect } = scenario;
  return [
    { later: 0, steps, policy, run, meanwhile, expect },
    ...scenario.then.map((round) => ({ ...round, policy: withOverrides(policy, round.policy) })),
  ];
}

function fieldOf({ path }: z.core.$ZodIssue): string {
  return path.length === 0 ? "" : `${path.map(String).join(".")}: `;
}

function stepsOf(scenario: ScenarioFile): Step[] {
  return [
    ...roundsOf(scenario).flatMap(({ steps, meanwhile }) => [...steps, ...meanwhile.flatMap((each) => each.steps)]),
    ...scenario.afterwards,
  ];
}

function manifestsOf(scenario: ScenarioFile): string[] {
  return [...new Set(stepsOf(scenario).flatMap(({ apply }) => apply ?? []))];
}

function manifestProblems(path: string, scenario: ScenarioFile): string[] {
  if (!existsSync(path)) return ["does not exist, but a step applies it"];
  const text = readFileSync(path, "utf8");
  const documents = parseAllDocuments(text);
  // For a file without anything in it, yaml answers with an empty list that is no list of documents.
  if (!Array.isArray(documents) || documents.length === 0) return ["holds no object"];
  const problems = documents.flatMap((document, index) => {
    if (document.errors.length > 0) return document.errors.map(({ message }) => message);
    const object = (document.toJS() ?? {}) as { apiVersion?: unknown; kind?: unknown; metadata?: { name?: unknown } };
    const fields = { apiVersion: object.apiVersion, kind: object.kind, "metadata.name": object.metadata?.name };
    return Object.entries(fields)
      .filter(([, value]) => typeof value !== "string" || value === "")
      .map(([field]) => `object ${index + 1}: ${field}: is missing`);
  });
  return [...problems, ...placeholderProblems(text, scenario, false)];
}

/** Only copies of a manifest have an index. */
function placeholderProblems(text: string, { own_node }: ScenarioFile, isStep: boolean): string[] {
  const values: Values = { namespace: "x", node: own_node ? "x" : undefined, began: new Date(0) };
  try {
    fill(text, values, isStep ? undefined : 0);
    return [];
  } catch (error) {
    return [
      `${(error as Error).message} Known are \${NAMESPACE}, \${NODE} (with own_node), \${INDEX} and \${AFTER:20s}.`,
    ];
  }
}

function unusedFiles(scenario: LoadedScenario): string[] {
  const used = new Set(["scenario.yaml", ...manifestsOf(scenario)]);
  return readdirSync(scenario.directory).filter((file) => !used.has(file));
}
