/** Values as JSON has them; `__proto__` is a key like any other. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A place in a value: what holds it, and under which key. */
export interface Place {
  holder: Json[] | Record<string, Json>;
  key: string | number;
}

/** The value as JSON would hand it on; what JSON cannot express is left out or null. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

/** Every place in a value, but for the value itself. */
export function placesIn(value: Json): Place[] {
  const places: Place[] = [];
  const open: Json[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== "object" || next === null) continue;
    const keys = Array.isArray(next) ? next.keys() : Object.keys(next);
    for (const key of keys) {
      places.push({ holder: next, key });
      const child = read({ holder: next, key });
      if (typeof child === "object" && child !== null) open.push(child);
    }
  }
  return places;
}

export function read({ holder, key }: Place): Json {
  return Object.getOwnPropertyDescriptor(holder, key)?.value as Json;
}

/** Sets a field, `__proto__` included, as parsing JSON does. */
export function write({ holder, key }: Place, value: Json): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

export function remove({ holder, key }: Place): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
}
