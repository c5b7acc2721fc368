import type { Reader } from "../cluster/cluster.ts";
import { paths } from "../cluster/paths.ts";
import { isRemediationError, RemediationError } from "../errors.ts";
import type { Namespace } from "./types.ts";

/**
 * Reads a namespace.
 * @throws RemediationError `NamespaceNotFound`; listing inside a namespace that does not exist would answer with nothing
 */
export async function assertNamespace(cluster: Reader, name: string): Promise<Namespace> {
  try {
    return await cluster.get<Namespace>(paths.namespace(name));
  } catch (error) {
    if (!isRemediationError(error, "NotFound")) throw error;
    throw new RemediationError(
      "NamespaceNotFound",
      `Namespace ${name} does not exist on ${cluster.name}. Check the name.`,
      { cause: error },
    );
  }
}
