import type { Reader } from "../shared/cluster/cluster.ts";
import { paths } from "../shared/cluster/paths.ts";
import { assertNamespace } from "../shared/kubernetes/namespaces.ts";
import type { Namespace } from "../shared/kubernetes/types.ts";
import { SYSTEM_NAMESPACES, type Policy } from "../shared/policy.ts";
import { outOfScope } from "../shared/scope.ts";
import { cellsOf, type Table } from "./table.ts";

/** Where a scan looks. */
export interface Places {
  /** Whether that is the whole cluster, so that a collection may be read in one go. */
  everywhere: boolean;
  /** What a collection is asked for in, one after the other: each of the namespaces, or undefined for all of them at once. */
  parts: readonly (string | undefined)[];
  /** The namespaces that are not looked at where that is the whole cluster, be they there or not. */
  leftOut: readonly string[];
  /** Whether what is in a namespace is looked at. */
  includes: (namespace: string) => boolean;
  /** The namespaces by name, for what has to be looked at one by one; those of the whole cluster are listed when that is asked for first. */
  names: () => Promise<readonly string[]>;
}

/**
 * The namespaces to look at, and whether that is the whole cluster.
 *
 * @param namespace the one to look at; undefined for all that the policy includes
 * @throws RemediationError `NamespaceNotFound` when the one namespace does not exist
 */
export async function placesToLook(cluster: Reader, namespace: string | undefined, policy: Policy): Promise<Places> {
  if (namespace !== undefined) {
    await assertNamespace(cluster, namespace);
    return placesIn([namespace]);
  }
  const { allow, deny } = policy.namespaces;
  // An allow-list is enough to know where to look, so no permission to list namespaces is needed.
  return allow === undefined ? placesOf(cluster, policy) : placesIn(allow.filter((name) => !deny.includes(name)));
}

/** These namespaces, each by itself. */
export function placesIn(namespaces: readonly string[]): Places {
  return {
    everywhere: false,
    parts: namespaces,
    leftOut: [],
    includes: (namespace) => namespaces.includes(namespace),
    names: () => Promise.resolve(namespaces),
  };
}

/** The whole cluster, but for what the policy leaves out. */
function placesOf(cluster: Reader, policy: Policy): Places {
  const includes = (namespace: string) => outOfScope(namespace, policy) === undefined;
  let names: Promise<readonly string[]> | undefined;
  return {
    everywhere: true,
    parts: [undefined],
    leftOut: [...new Set([...SYSTEM_NAMESPACES, ...policy.namespaces.deny])],
    includes,
    names: async () => await (names ??= namesOf(cluster).then((all) => all.filter(includes))),
  };
}

async function namesOf(cluster: Reader): Promise<string[]> {
  const rows = cellsOf(await cluster.table<Table>(paths.namespaces()), ["Name"]);
  return (
    rows?.map(([name]) => name ?? "") ??
    (await cluster.list<Namespace>(paths.namespaces())).map(({ metadata }) => metadata?.name ?? "")
  );
}
