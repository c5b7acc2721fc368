import { bounded } from "../text.ts";
import type { ObjectMeta } from "./types.ts";

/** How long the name of a field manager may be where people read it. The API server allows 128 characters. */
const MAX_MANAGER = 128;

/** Who wrote last to a part of an object, as far as its managed fields tell. */
export interface LastWriter {
  /** The field manager: the name of a program, such as `kubectl-edit` or `helm`, not of a person. */
  manager: string;
  at: Date;
}

/**
 * Who wrote last to a field or to what is below it: the newest entry of the managed fields that owns any of it. Undefined
 * when no entry does, or none tells its time.
 * Source: kubernetes.io/docs/reference/using-api/server-side-apply, "Field management"
 *
 * @param path the names of the fields, such as `["spec", "template"]`
 */
export function lastWriter(metadata: ObjectMeta | undefined, path: readonly string[]): LastWriter | undefined {
  const writers = (metadata?.managedFields ?? []).flatMap(({ manager, time, fieldsV1 }) => {
    const at = new Date(time ?? "");
    if (manager === undefined || Number.isNaN(at.getTime()) || !owns(fieldsV1, path)) return [];
    return [{ manager: bounded(manager, MAX_MANAGER), at }];
  });
  return writers.sort((a, b) => b.at.getTime() - a.at.getTime())[0];
}

/** Whether a set of fields, each under `f:` and its name, holds that one or any part of it. */
function owns(fields: unknown, path: readonly string[]): boolean {
  if (typeof fields !== "object" || fields === null) return false;
  const [name, ...rest] = path;
  return name === undefined || owns((fields as Record<string, unknown>)[`f:${name}`], rest);
}

/**
 * Who wrote last to a part of an object, in brackets, for the end of a sentence; nothing where that is not known.
 * @param after what was written by then does not count
 */
export function byWhom(metadata: ObjectMeta | undefined, path: readonly string[], after = new Date(0)): string {
  const writer = lastWriter(metadata, path);
  if (writer === undefined || writer.at <= after) return "";
  return ` (by its managed fields, last written by ${writer.manager} at ${writer.at.toISOString()})`;
}
