import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments, type Document } from "yaml";
import type * as z from "zod";
import {
  customResource,
  definitionProblems,
  groupVersionOf,
  patchesOf,
  type ApiObject,
  type Resource,
} from "../embedded/index.ts";
import type { ScenarioFile } from "./format.ts";
import { Lines, placeOf } from "./lines.ts";
import { StageFile } from "./stages.ts";

/** The file of stages that a scenario's folder may hold without naming it. */
const OWN_STAGES = "stages.yaml";

/** What a scenario brings to a cluster before anything else: kinds of its own, and the life of their objects. */
export interface Brought {
  definitions: ApiObject[];
  /** The resources of the definitions. */
  kinds: Resource[];
  stages: StageFile[];
}

/** Something that is wrong with one of the files. */
export interface BroughtProblem {
  file: string;
  line?: number;
  text: string;
}

/** The files of definitions and of stages, from the scenario's folder. */
export function broughtFiles({ crds, stages }: ScenarioFile, directory: string): { crds: string[]; stages: string[] } {
  const own = existsSync(join(directory, OWN_STAGES)) && !stages.includes(OWN_STAGES) ? [OWN_STAGES] : [];
  return { crds, stages: [...stages, ...own] };
}

/** Reads what a scenario brings, and checks that both clusters play it alike. */
export function readBrought(
  scenario: ScenarioFile,
  directory: string,
): { brought: Brought; problems: BroughtProblem[] } {
  const files = broughtFiles(scenario, directory);
  const brought: Brought = { definitions: [], kinds: [], stages: [] };
  const problems = [
    ...files.crds.flatMap((file) => readEach(directory, file, (object) => takeDefinition(object, brought))),
    ...files.stages.flatMap((file) => readEach(directory, file, (object) => takeStage(object, brought))),
  ];
  return { brought, problems };
}

/** A field, what is wrong with it, and where that stands if it is elsewhere. */
type Wrong = [path: PropertyKey[], rule: string, place?: PropertyKey[]];

function readEach(directory: string, file: string, take: (object: unknown) => Wrong[]): BroughtProblem[] {
  const path = join(directory, file);
  if (!existsSync(path)) return [{ file, text: "does not exist, but the scenario names it" }];
  const lines = new Lines();
  const documents = parseAllDocuments(readFileSync(path, "utf8"), { lineCounter: lines.counter });
  if (!Array.isArray(documents) || documents.length === 0) return [{ file, text: "holds no object" }];
  return (documents as Document.Parsed[]).flatMap((document, index) => {
    if (document.errors.length > 0) return document.errors.map(({ message }) => ({ file, text: message }));
    return take(document.toJS()).map(([field, rule, place = field]) => ({
      file,
      line: lines.of(document, place),
      text: `object ${index + 1}: ${field.length === 0 ? "" : `${field.map(String).join(".")}: `}${rule}`,
    }));
  });
}

function takeDefinition(object: unknown, { definitions, kinds }: Brought): Wrong[] {
  const definition = (object ?? {}) as ApiObject;
  const { apiVersion, kind } = definition;
  if (apiVersion !== "apiextensions.k8s.io/v1" || kind !== "CustomResourceDefinition") {
    return [[["kind"], "has to be CustomResourceDefinition of apiextensions.k8s.io/v1"]];
  }
  const problems = definitionProblems(definition).map(({ field, message }): Wrong => [field.split(/[.[\]]+/), message]);
  if (problems.length > 0) return problems;
  const resource = customResource(definition);
  if (resource === undefined) return [[["spec", "versions"], "the version that is stored has to be served"]];
  definitions.push(definition);
  kinds.push(resource);
  return [];
}

function takeStage(object: unknown, { kinds, stages }: Brought): Wrong[] {
  const parsed = StageFile.safeParse(object, { error: ruleOf });
  if (!parsed.success) return parsed.error.issues.map((issue) => [issue.path, issue.message, placeOf(issue)]);
  const { resourceRef, next } = parsed.data.spec;
  const at = (...field: string[]) => ["spec", ...field];
  const resource = kinds.find(
    (each) => each.kind === resourceRef.kind && groupVersionOf(each) === resourceRef.apiGroup,
  );
  if (resource === undefined) {
    return [[at("resourceRef"), "names no kind, and stored version, of the scenario's crds"]];
  }
  if (!resource.namespaced) return [[at("resourceRef"), "names a kind whose objects are in no namespace"]];
  const writesStatus = patchesOf(next).some(({ subresource }) => subresource === "status");
  if (writesStatus && !resource.status) {
    return [[at("next"), "patches a status that is no subresource; leave subresource out, and say root: status"]];
  }
  stages.push(parsed.data);
  return [];
}

function ruleOf(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "unrecognized_keys") {
    return `${issue.keys.join(", ")}: is not what both clusters play alike; test/scenarios/README.md says what is`;
  }
  return issue.input === undefined && issue.code === "invalid_type" ? "is missing" : undefined;
}
