/** A refusal of the API server, as it stands in a `Status`. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  /** The machine-readable reason, such as `NotFound`. */
  readonly reason: string;
  readonly details: object | undefined;

  constructor(code: number, reason: string, message: string, details?: object) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/** How messages name a resource: `deployments.apps`, `pods`. */
function qualified({ plural, group }: { plural: string; group: string }): string {
  return group === "" ? plural : `${plural}.${group}`;
}

interface Named {
  plural: string;
  group: string;
}

// The words are the API server's own. Source: k8s.io/apimachinery/pkg/api/errors
export const notFound = (resource: Named, name: string): ApiError =>
  new ApiError(404, "NotFound", `${qualified(resource)} "${name}" not found`, {
    name,
    group: resource.group,
    kind: resource.plural,
  });

export const alreadyExists = (resource: Named, name: string): ApiError =>
  new ApiError(409, "AlreadyExists", `${qualified(resource)} "${name}" already exists`, {
    name,
    group: resource.group,
    kind: resource.plural,
  });

export const conflict = (resource: Named, name: string, why: string): ApiError =>
  new ApiError(409, "Conflict", `Operation cannot be fulfilled on ${qualified(resource)} "${name}": ${why}`, {
    name,
    group: resource.group,
    kind: resource.plural,
  });

export const invalid = (kind: string, name: string, why: string): ApiError =>
  new ApiError(422, "Invalid", `${kind} "${name}" is invalid: ${why}`, { name, kind });

export const forbidden = (resource: Named, name: string, why: string): ApiError =>
  new ApiError(403, "Forbidden", `${qualified(resource)} "${name}" is forbidden: ${why}`, {
    name,
    group: resource.group,
    kind: resource.plural,
  });

export const badRequest = (message: string): ApiError => new ApiError(400, "BadRequest", message);
