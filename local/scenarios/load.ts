import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseAllDocuments, parseDocument } from "yaml";
import type * as z from "zod";
import { CommandLineError } from "../command-line/command-line-error.ts";
import { groupVersionOf, RESOURCES } from "../embedded/index.ts";
import { broughtFiles, readBrought, type Brought } from "./brought.ts";
import { withOverrides } from "./quick-policy.ts";
import { ScenarioFile, type Round, type Step } from "./format.ts";
import { Lines, placeOf } from "./lines.ts";
import { fill, type Values } from "./placeholders.ts";

/** Where the scenarios are, one folder each. */
export const SCENARIOS = fileURLToPath(new URL("../../test/scenarios/", import.meta.url));

/** What explains the files of a scenario. */
const GUIDE = "test/scenarios/README.md";

/** Manifests that several scenarios start from; no scenario itself. */
const COMMON = "common";

/** A scenario that is ready to be played. */
export interface LoadedScenario extends ScenarioFile {
  /** The folder's name. */
  name: string;
  directory: string;
  /** What it brings to the cluster before anything else. */
  brought: Brought;
}

/** Something that is wrong with a scenario's files, one line each: file, line, field, rule. */
export class InvalidScenario extends CommandLineError {
  constructor(problems: string[]) {
    super(problems.join("\n"));
    this.name = "InvalidScenario";
  }
}

/** Something that is wrong with a file. */
interface Problem {
  line?: number;
  text: string;
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
  const problem = (path: string, { line, text }: Problem) =>
    `${relative(dirname(resolve(root)), path)}${line === undefined ? "" : `:${line}`}: ${text}`;
  if (existsSync(directory) && !statSync(directory).isDirectory()) {
    throw new InvalidScenario([problem(directory, { text: "is a file; name the folder that holds scenario.yaml" })]);
  }
  if (!existsSync(file)) {
    throw new InvalidScenario([
      problem(file, { text: `is missing; a scenario's folder needs one, ${GUIDE} says what is in it` }),
    ]);
  }

  const lines = new Lines();
  const document = parseDocument(readFileSync(file, "utf8"), { lineCounter: lines.counter });
  if (document.errors.length > 0)
    throw new InvalidScenario(document.errors.map(({ message }) => problem(file, { text: message })));
  const parsed = ScenarioFile.safeParse(document.toJS(), {
    error: ({ code, input }) => (input === undefined && code === "invalid_type" ? "is missing" : undefined),
  });
  if (!parsed.success) {
    throw new InvalidScenario(
      parsed.error.issues.map((issue) =>
        problem(file, { line: lines.of(document, placeOf(issue)), text: `${fieldOf(issue)}${issue.message}` }),
      ),
    );
  }

  const { brought, problems: unfit } = readBrought(parsed.data, directory);
  const scenario = { ...parsed.data, name, directory, brought };
  const problems = [
    ...placeholderProblems(document.toString(), scenario, true).map((each) => problem(file, each)),
    ...unfit.map(({ file: path, ...each }) => problem(join(directory, path), each)),
    ...[...manifestsOf(scenario)].flatMap(([manifest, namespaces]) => {
      const path = join(directory, manifest);
      return manifestProblems(path, scenario, namespaces).map((each) => problem(path, each));
    }),
    ...unusedFiles(scenario).map((unused) => problem(join(directory, unused), { text: "no step applies it" })),
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

/** The manifests that the steps apply, each with the namespaces that it is applied to. */
function manifestsOf(scenario: ScenarioFile): Map<string, string[]> {
  const manifests = new Map<string, string[]>();
  for (const { apply, namespace = "${NAMESPACE}" } of stepsOf(scenario)) {
    if (apply !== undefined) manifests.set(apply, [...(manifests.get(apply) ?? []), namespace]);
  }
  return manifests;
}

interface Manifest {
  apiVersion?: unknown;
  kind?: unknown;
  metadata?: { name?: unknown; namespace?: unknown };
}

function manifestProblems(path: string, scenario: LoadedScenario, namespaces: readonly string[]): Problem[] {
  if (!existsSync(path)) return [{ text: "does not exist, but a step applies it" }];
  const text = readFileSync(path, "utf8");
  const lines = new Lines();
  const documents = parseAllDocuments(text, { lineCounter: lines.counter });
  // For a file without anything in it, yaml answers with an empty list that is no list of documents.
  if (!Array.isArray(documents) || documents.length === 0) return [{ text: "holds no object" }];
  const problems = documents.flatMap((document, index): Problem[] => {
    if (document.errors.length > 0) return document.errors.map(({ message }) => ({ text: message }));
    const object = (document.toJS() ?? {}) as Manifest;
    const at = (field: string, wrong: string): Problem => ({
      line: lines.of(document, field.split(".")),
      text: `object ${index + 1}: ${field}: ${wrong}`,
    });
    return objectProblems(object, scenario, namespaces).map(([field, wrong]) => at(field, wrong));
  });
  return [...problems, ...placeholderProblems(text, scenario, false)];
}

/** What is wrong with one object: the field, and the rule. */
function objectProblems(
  { apiVersion, kind, metadata }: Manifest,
  { brought }: LoadedScenario,
  namespaces: readonly string[],
): [string, string][] {
  const missing = Object.entries({ apiVersion, kind, "metadata.name": metadata?.name })
    .filter(([, value]) => typeof value !== "string" || value === "")
    .map(([field]): [string, string] => [field, "is missing"]);
  if (missing.length > 0) return missing;
  const known = [...RESOURCES, ...brought.kinds];
  if (!known.some((each) => each.kind === kind && groupVersionOf(each) === apiVersion)) {
    const kinds = known.map((each) => `${each.kind} (${groupVersionOf(each)})`);
    return [["kind", `${String(kind)} of ${String(apiVersion)} cannot be played; known are ${kinds.join(", ")}`]];
  }
  const { namespace } = metadata ?? {};
  if (namespace === undefined || namespaces.every((each) => each === namespace)) return [];
  return [
    [
      "metadata.namespace",
      `is ${JSON.stringify(namespace)}, but the step applies it to the scenario's own; leave it out, or say namespace in the step`,
    ],
  ];
}

/** Only copies of a manifest have an index. */
function placeholderProblems(text: string, { own_node }: ScenarioFile, isStep: boolean): Problem[] {
  const values: Values = {
    namespace: "x",
    node: own_node ? "x" : undefined,
    began: new Date(0),
    plan: "0123456789abcdef",
  };
  try {
    fill(text, values, isStep ? undefined : 0);
    return [];
  } catch (error) {
    const known = "Known are ${NAMESPACE}, ${NODE} (with own_node), ${INDEX}, ${PLAN} and ${AFTER:20s}.";
    return [{ text: `${(error as Error).message} ${known}` }];
  }
}

function unusedFiles(scenario: LoadedScenario): string[] {
  const { crds, stages } = broughtFiles(scenario, scenario.directory);
  const used = new Set(["scenario.yaml", ...manifestsOf(scenario).keys(), ...crds, ...stages]);
  return readdirSync(scenario.directory).filter((file) => !used.has(file));
}
