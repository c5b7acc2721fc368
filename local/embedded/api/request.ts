import { parse } from "yaml";
import { invalidValue } from "../admission/problems.ts";
import { badRequest, invalid, type FieldProblem } from "../api-error.ts";
import { groupVersionOf, type Resource } from "../resources.ts";
import type { Writer } from "../managed-fields.ts";
import type { DeleteOptions } from "../store.ts";
import { fieldsOf, isFields, type Fields } from "./fields.ts";
import { unknownBodyFormat } from "./status.ts";

/** A request to the API. */
export interface ApiRequest {
  method: string;
  /** Still escaped, without the query. */
  path: string;
  query: URLSearchParams;
  accept?: string;
  contentType?: string;
  userAgent?: string;
  body: string;
}

/** What a request is answered with: an object, or the events of a watch as they come. */
export type Answer =
  | { status: number; body: object | string; headers?: Record<string, string> }
  | {
      /** Begins to tell; the answer ends that. */
      watch: (tell: (event: object) => void) => () => void;
      /** After so many seconds the server ends it. */
      timeoutSeconds: number | undefined;
    };

/** The media type of the body, without its parameters. */
export function mediaType({ contentType = "application/json" }: ApiRequest): string {
  return contentType.split(";")[0]?.trim().toLowerCase() ?? "";
}

/** The body, JSON or YAML. @param what what a malformed one is told to be. @throws ApiError BadRequest */
export function parsedBody(request: ApiRequest, what: string): unknown {
  try {
    return mediaType(request).endsWith("yaml") ? parse(request.body) : JSON.parse(request.body);
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw badRequest(`${what}: ${problem}`);
  }
}

/** What an object says that it is. */
type Type = Pick<Resource, "group" | "version" | "kind" | "custom">;

/**
 * Who writes: the field manager that a request names, or else the beginning of its user agent.
 * Source: k8s.io/apiserver, pkg/endpoints/handlers/create.go, managerOrUserAgent
 */
export function writerOf({ query, userAgent = "" }: ApiRequest, subresource?: string): Writer {
  const named = query.get("fieldManager") ?? "";
  const manager = named === "" ? (userAgent.split("/")[0] ?? "") : named;
  return { manager: manager === "" ? "unknown" : manager, operation: "Update", subresource };
}

/** The object in the body. @throws ApiError BadRequest, also for an object of another type; UnsupportedMediaType */
export function objectIn(request: ApiRequest, type: Type): Fields {
  const { kind } = type;
  if (!/^application\/(json|yaml|apply-patch\+yaml)$/.test(mediaType(request))) throw unknownBodyFormat();
  const body = parsedBody(
    request,
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error`,
  );
  if (!isFields(body)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): it is not an object`);
  }
  if (type.custom === undefined) checkType(body, type);
  else checkCustomType(body, type);
  return body;
}

/** @throws ApiError BadRequest, in the words of the API server's codecs. An object may leave out what it is. */
function checkType({ apiVersion, kind }: Fields, wanted: Type): void {
  if (typeof apiVersion !== "string" || typeof kind !== "string") return;
  const version = apiVersion.split("/").at(-1) ?? "";
  const said = `${kind} in version "${version}" cannot be handled as a ${wanted.kind}`;
  if (kind !== wanted.kind) {
    // Within the server, groups go by their first word.
    const group = wanted.group === "" ? "core" : (wanted.group.split(".")[0] ?? "");
    const how = `converting (${version}.${kind}) to (${group}.${wanted.kind}): unknown conversion`;
    throw badRequest(`${said}: ${how}`);
  }
  if (apiVersion !== groupVersionOf(wanted)) {
    const where = `no kind "${kind}" is registered for version "${apiVersion}" in scheme "pkg/runtime/scheme.go:111"`;
    throw badRequest(`${said}: ${where}`);
  }
}

/** @throws ApiError Invalid. Custom objects are checked as objects, not by codecs. */
function checkCustomType(body: Fields, wanted: Type): void {
  const expected = { kind: wanted.kind, apiVersion: groupVersionOf(wanted) };
  const wrong = Object.entries(expected).filter(
    ([field, value]) => typeof body[field] === "string" && body[field] !== value,
  );
  const problems = wrong.map(([field, value]) => invalidValue(field, body[field], `must be ${value}`));
  const name = fieldsOf(body["metadata"])["name"];
  const kind = typeof body["kind"] === "string" ? body["kind"] : wanted.kind;
  if (problems.length > 0) throw invalid({ ...wanted, kind }, typeof name === "string" ? name : "", problems);
}

/** The kind of the options that a method takes. */
const OPTIONS: Readonly<Record<string, string>> = {
  POST: "CreateOptions",
  PUT: "UpdateOptions",
  PATCH: "PatchOptions",
  DELETE: "DeleteOptions",
};
const POLICIES = ["Foreground", "Background", "Orphan"];

/** Says which option of a request is wrong. */
export function invalidOption({ method }: ApiRequest, problem: FieldProblem): Error {
  return invalid({ kind: OPTIONS[method] ?? "", group: "meta.k8s.io" }, "", [problem]);
}

/** Whether a write is tried only. @throws ApiError Invalid for anything but `All` */
export function isDryRun(request: ApiRequest, options: Fields = {}): boolean {
  const { query } = request;
  const inBody = Array.isArray(options["dryRun"]) ? (options["dryRun"] as unknown[]) : [];
  const asked = [...query.getAll("dryRun").filter((value) => value !== ""), ...inBody];
  if (asked.some((value) => value !== "All")) {
    const message = `Unsupported value: ${JSON.stringify(asked)}: supported values: "All"`;
    throw invalidOption(request, { field: "dryRun", reason: "FieldValueNotSupported", message });
  }
  return asked.length > 0;
}

/** How to delete: what the body says, or without one the query. @throws ApiError BadRequest, Invalid */
export function deleteOptionsOf(request: ApiRequest): DeleteOptions {
  const body = request.body === "" ? {} : fieldsOf(parsedBody(request, "couldn't get version/kind; json parse error"));
  return deleteOptionsIn(body, request);
}

/** How to delete, as an object says it, and the query where it says nothing. */
export function deleteOptionsIn(options: Fields, request: ApiRequest): DeleteOptions {
  const { query } = request;
  const inQuery = query.has("gracePeriodSeconds") ? numberIn(request, "gracePeriodSeconds") : null;
  const grace = options["gracePeriodSeconds"] ?? inQuery;
  const policy = options["propagationPolicy"] ?? query.get("propagationPolicy");
  if (typeof policy === "string" && !POLICIES.includes(policy)) {
    const supported = [...POLICIES, "nil"].map((value) => `"${value}"`).join(", ");
    const message = `Unsupported value: "${policy}": supported values: ${supported}`;
    throw invalidOption(request, { field: "propagationPolicy", reason: "FieldValueNotSupported", message });
  }
  return {
    dryRun: isDryRun(request, options),
    preconditions: fieldsOf(options["preconditions"]),
    ...(grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(typeof policy === "string" ? { propagationPolicy: policy } : {}),
  };
}

/** A whole number in the query; 0 without one. @throws ApiError BadRequest */
export function numberIn({ query }: ApiRequest, parameter: string): number {
  const text = query.get(parameter) ?? "";
  if (!/^\d*$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}
