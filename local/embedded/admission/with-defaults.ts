/** Gives the fields that an object leaves out these values. */
export function withDefaults<T extends object>(object: T, defaults: { [Field in keyof T]?: unknown }): void {
  for (const [name, value] of Object.entries(defaults) as [keyof T, T[keyof T]][]) {
    if (object[name] === undefined) object[name] = value;
  }
}
