/** An object whose fields are not known further. */
export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; an empty one when it is anything else. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Follows a path of field names, such as `["spec", "nodeName"]`. */
export function fieldAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => fieldsOf(value)[name], object);
}

/** The object with a value at the end of a path of field names. */
export function withFieldAt<T extends Fields>(object: T, path: readonly string[], value: unknown): T {
  const [name, ...rest] = path;
  if (name === undefined) return object;
  return { ...object, [name]: rest.length === 0 ? value : withFieldAt(fieldsOf(object[name]), rest, value) };
}
