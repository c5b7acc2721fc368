/**
 * A copy of something that is made of JSON alone, as the objects of the API are. Several times as fast as `structuredClone`,
 * which is made for everything.
 */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = (value as Record<string, unknown>)[key];
    // A name of a field that people chose is a field, whatever it is.
    if (key === "__proto__")
      Object.defineProperty(copy, key, { value: copyOf(field), enumerable: true, writable: true });
    else copy[key] = copyOf(field);
  }
  return copy as T;
}
