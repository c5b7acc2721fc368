import type { ScalePaths } from "./traits.ts";
import { fieldsOf } from "../api/fields.ts";
import type { FieldProblem } from "../api-error.ts";
import { apiTime } from "../clock.ts";
import { RESOURCES, type Resource } from "../resources.ts";
import type { ApiObject } from "../api-object.ts";
import { jsonPath } from "./json-path.ts";
import type { PrinterColumn } from "./traits.ts";
import type { Schema } from "./schema.ts";

interface Names {
  kind: string;
  plural: string;
  singular?: string;
  listKind?: string;
  shortNames?: string[];
}

interface Version {
  name: string;
  served: boolean;
  storage: boolean;
  schema?: { openAPIV3Schema?: Schema };
  subresources?: { status?: object; scale?: ScalePaths };
  additionalPrinterColumns?: PrinterColumn[];
}

interface DefinitionSpec {
  group: string;
  scope: string;
  names: Names;
  versions: Version[];
  conversion?: object;
}

/** A definition that has been checked. */
type Definition = ApiObject & { spec: DefinitionSpec };

/** The resource that a definition brings, in the version that it stores; undefined when that is not served. */
export function customResource({ spec }: ApiObject): Resource | undefined {
  const { group, scope, names, versions } = spec as DefinitionSpec;
  const version = versions.find(({ storage, served }) => storage && served);
  if (version === undefined) return undefined;
  return {
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    namespaced: scope === "Namespaced",
    status: version.subresources?.status !== undefined,
    generation: true,
    unconditionalUpdate: false,
    createOnUpdate: false,
    shortNames: names.shortNames ?? [],
    custom: {
      singular: names.singular ?? names.kind.toLowerCase(),
      schema: version.schema?.openAPIV3Schema ?? { "x-kubernetes-preserve-unknown-fields": true },
      columns: version.additionalPrinterColumns,
      scale: version.subresources?.scale,
    },
  };
}

/** Fills in what a definition leaves out. Source: k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go */
export function defaultDefinition(object: ApiObject): void {
  const spec = fieldsOf(object.spec);
  const names = fieldsOf(spec["names"]);
  if (typeof names["kind"] === "string") {
    names["singular"] ??= names["kind"].toLowerCase();
    names["listKind"] ??= `${names["kind"]}List`;
  }
  spec["conversion"] ??= { strategy: "None" };
}

/** What the API server says of a definition that it has begun to serve, which it does here at once. */
export function establishedStatus({ spec }: ApiObject, now: Date): object {
  const { names, versions } = spec as DefinitionSpec;
  const condition = (type: string, reason: string, message: string) => ({
    type,
    status: "True",
    reason,
    message,
    lastTransitionTime: apiTime(now),
  });
  return {
    conditions: [
      condition("NamesAccepted", "NoConflicts", "no conflicts found"),
      condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
    ],
    acceptedNames: names,
    storedVersions: versions.filter(({ storage }) => storage).map(({ name }) => name),
  };
}

/** What is wrong with a definition, or what the embedded cluster cannot serve of it. */
export function definitionProblems(object: ApiObject): FieldProblem[] {
  const missing = ["group", "scope", "names.kind", "names.plural", "versions"]
    .map((path) => `spec.${path}`)
    .filter((path) => path.split(".").reduce<unknown>((value, name) => fieldsOf(value)[name], object) === undefined)
    .map((field): FieldProblem => ({ field, reason: "FieldValueRequired", message: "Required value" }));
  return missing.length > 0 ? missing : problemsOf(object as Definition);
}

function problemsOf({ metadata, spec }: Definition): FieldProblem[] {
  const { group, names, versions } = spec;
  const problems: FieldProblem[] = [];
  const refuse = (field: string, value: unknown, why: string) => {
    const message = `Invalid value: ${JSON.stringify(value)}: ${why}`;
    problems.push({ field, reason: "FieldValueInvalid", message });
  };
  if (metadata?.name !== `${names.plural}.${group}`) {
    refuse("metadata.name", metadata?.name, 'must be spec.names.plural+"."+spec.group');
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    refuse("spec.versions", versions, "must have exactly one version marked as storage version");
  }
  if (RESOURCES.some(({ kind }) => kind === names.kind)) {
    refuse(
      "spec.names.kind",
      names.kind,
      "the embedded cluster tells kinds apart by their name alone, and has this one",
    );
  }
  for (const [version, { additionalPrinterColumns = [] }] of versions.entries()) {
    for (const [column, { jsonPath: path }] of additionalPrinterColumns.entries()) {
      try {
        jsonPath(path);
      } catch (error) {
        const field = `spec.versions[${version}].additionalPrinterColumns[${column}].jsonPath`;
        refuse(field, path, error instanceof Error ? error.message : String(error));
      }
    }
  }
  return problems;
}
