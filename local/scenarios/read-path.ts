/**
 * Reads a field of an object by its path, such as `spec.template.spec.containers[0].image`; a key with dots in it is
 * written `metadata.annotations["shop/owner.name"]`. Null when there is no such field.
 */
export function readPath(object: unknown, path: string): unknown {
  const keys = [...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain]) => quoted ?? index ?? plain ?? "",
  );
  let value = object;
  for (const key of keys) {
    if (typeof value !== "object" || value === null) return null;
    value = (value as Record<string, unknown>)[key];
  }
  return value ?? null;
}
