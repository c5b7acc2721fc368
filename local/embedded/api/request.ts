import { parse } from "yaml";
import { badRequest, invalid } from "../api-error.ts";
import type { DeleteOptions } from "../store.ts";
import { fieldsOf, isFields, type Fields } from "./fields.ts";
import { unsupportedMediaType } from "./status.ts";

/** A request to the API. */
export interface ApiRequest {
  method: string;
  /** Still escaped, without the query. */
  path: string;
  query: URLSearchParams;
  accept?: string;
  contentType?: string;
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

/** The object in the body. @throws ApiError BadRequest, also for an object of another kind; UnsupportedMediaType */
export function objectIn(request: ApiRequest, kind: string): Fields {
  if (!/json$|yaml$/.test(mediaType(request))) throw unsupportedMediaType();
  const body = parsedBody(
    request,
    `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error`,
  );
  if (!isFields(body)) {
    throw badRequest(`the object provided is unrecognized (must be of type ${kind}): it is not an object`);
  }
  if (typeof body["kind"] === "string" && body["kind"] !== kind) {
    const version = typeof body["apiVersion"] === "string" ? body["apiVersion"] : "";
    throw badRequest(`${body["kind"]} in version "${version}" cannot be handled as a ${kind}`);
  }
  return body;
}

/** Whether a write is to be kept. @throws ApiError Invalid for anything but `All` */
export function isDryRun({ query }: ApiRequest, options: Fields = {}): boolean {
  const inBody = Array.isArray(options["dryRun"]) ? (options["dryRun"] as unknown[]) : [];
  const asked = [...query.getAll("dryRun").filter((value) => value !== ""), ...inBody];
  if (asked.some((value) => value !== "All")) {
    const message = `Unsupported value: ${JSON.stringify(asked)}: supported values: "All"`;
    throw invalid({ kind: "WriteOptions", group: "meta.k8s.io" }, "", [
      { field: "dryRun", reason: "FieldValueNotSupported", message },
    ]);
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
  const grace = options["gracePeriodSeconds"] ?? query.get("gracePeriodSeconds");
  const policy = options["propagationPolicy"] ?? query.get("propagationPolicy");
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
