import { isRemediationError } from "../errors.ts";
import type { Reader } from "./cluster.ts";

/** Reads one object; undefined when there is none, or not any more. */
export async function getIfThere<T>(cluster: Pick<Reader, "get">, path: string): Promise<T | undefined> {
  try {
    return await cluster.get<T>(path);
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return undefined;
    throw error;
  }
}
