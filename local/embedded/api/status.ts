import { ApiError } from "../api-error.ts";

/** A `Status`, with which the API server answers what is no object. */
export interface Status {
  kind: "Status";
  apiVersion: "v1";
  metadata: object;
  status: "Success" | "Failure";
  message?: string;
  reason?: string;
  details?: object;
  code?: number;
}

/** What the API server answers a refused request with. */
export function failure({ code, reason, message, details }: ApiError): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message,
    // An error without a reason of its own has none in its Status either.
    ...(reason === "" ? {} : { reason }),
    ...(details === undefined ? {} : { details: withoutEmpty(details) }),
    code,
  };
}

export function success(details?: object, code?: number): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Success",
    ...(details === undefined ? {} : { details: withoutEmpty(details) }),
    ...(code === undefined ? {} : { code }),
  };
}

/** Empty texts, such as the core group, are left out. */
function withoutEmpty(details: object): object {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== ""));
}

export const notServed = (): ApiError =>
  new ApiError(404, "NotFound", "the server could not find the requested resource", {});

export const methodNotAllowed = (): ApiError =>
  new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});

/** An object in a form that nobody can read. Source: k8s.io/apiserver, NewUnsupportedMediaTypeError */
export const unknownBodyFormat = (): ApiError =>
  new ApiError(
    415,
    "UnsupportedMediaType",
    "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
  );

/** A patch of a type that the resource does not take. */
export const unknownPatchFormat = (accepted: readonly string[]): ApiError =>
  new ApiError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

export const unsupportedMediaType = (): ApiError =>
  new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});

export const notAcceptable = (): ApiError =>
  new ApiError(
    406,
    "NotAcceptable",
    "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf",
    {},
  );

/** A patch that does not fit the object. Source: k8s.io/apimachinery, NewGenericServerResponse */
export const unappliedPatch = (): ApiError =>
  new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});
