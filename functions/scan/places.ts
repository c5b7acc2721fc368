import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";
import type { Namespace } from "../shared/kubernetes/types.ts";
import type { Policy } from "../shared/policy.ts";
import { outOfScope } from "../shared/scope.ts";
import { cellsOf, type Table } from "./table.ts";
import type { Places } from "./view.ts";

/**
 * The namespaces to look at, and whether that is the whole cluster.
 *
 * @param namespace the one to look at; undefined for all that the policy includes
 * @throws RemediationError `NamespaceNotFound` when the one namespace does not exist
 */
export async function placesToLook(cluster: Reader, namespace: string | undefined, policy: Policy): Promise<Places> {
  if (namespace !== undefined) {
    await assertNamespace(cluster, namespace);
    return { namespaces: [namespace], everywhere: false };
  }
  const { allow, deny } = policy.namespaces;
  // An allow-list is enough to know where to look, so no permission to list namespaces is needed.
  if (allow !== undefined) return { namespaces: allow.filter((name) => !deny.includes(name)), everywhere: false };
  const rows = cellsOf(await cluster.table<Table>(paths.namespaces()), ["Name"]);
  const names =
    rows?.map(([name]) => name ?? "") ??
    (await cluster.list<Namespace>(paths.namespaces())).map(({ metadata }) => metadata?.name ?? "");
  const { true: leftOut = [], false: namespaces = [] } = Object.groupBy(names, (name) =>
    outOfScope(name, policy) === undefined ? "false" : "true",
  );
  return { namespaces, everywhere: true, leftOut };
}
