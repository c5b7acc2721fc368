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

/** Why an object of another uid is not written. */
export const otherUid = (wanted: string, present: string): string =>
  `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${present}`;

/** What is wrong with one field, in the form of a cause in a `Status`. */
export interface FieldProblem {
  field: string;
  reason:
    | "FieldValueInvalid"
    | "FieldValueTypeInvalid"
    | "FieldValueRequired"
    | "FieldValueForbidden"
    | "FieldValueNotSupported";
  /** Begins with what the reason means: `Invalid value: -1: must be ...`. */
  message: string;
}

export const invalid = (
  { kind, group }: { kind: string; group: string },
  name: string,
  problems: readonly FieldProblem[],
): ApiError => {
  const said = [...new Set(problems.map(({ field, message }) => `${field}: ${message}`))];
  const what = said.length === 1 ? said.join() : `[${said.join(", ")}]`;
  return new ApiError(422, "Invalid", `${qualified({ plural: kind, group })} "${name}" is invalid: ${what}`, {
    name,
    group,
    kind,
    causes: problems.map(({ field, reason, message }) => ({ reason, message, field })),
  });
};

export const forbidden = (resource: Named, name: string, why: string): ApiError =>
  new ApiError(403, "Forbidden", `${qualified(resource)} "${name}" is forbidden: ${why}`, {
    name,
    group: resource.group,
    kind: resource.plural,
  });

export const badRequest = (message: string): ApiError => new ApiError(400, "BadRequest", message);
