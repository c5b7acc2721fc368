import { isRemediationError } from "../errors.ts";
import type { Reader } from "./cluster.ts";

/** Lists a collection whose API a cluster may do without: it holds nothing then. Where it is installed, it is there, if empty. */
export async function listIfInstalled<T>(
  cluster: Reader,
  path: string,
  query: Record<string, string> = {},
): Promise<T[]> {
  try {
    return await cluster.list<T>(path, query);
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return [];
    throw error;
  }
}
