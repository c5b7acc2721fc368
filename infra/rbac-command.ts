/** What the policy asks to be read beside what is always read, each by a permission of its own. */
export interface OptionalReading {
  /** The logs of crashed containers. */
  logs: boolean;
  /** The metadata of Secrets. */
  secrets: boolean;
}

/**
 * The command that gives the functions' groups their permissions on the cluster, run in this project's folder.
 * @param namespaces those that are looked after; undefined for the whole cluster
 */
export function rbacCommand(namespaces: readonly string[] | undefined, { logs, secrets }: OptionalReading): string {
  const parts = [...(logs ? ["logs"] : []), ...(secrets ? ["secrets"] : [])];
  if (namespaces === undefined || namespaces.length === 0) {
    return ["kubectl apply -f infra/rbac.yaml", ...parts.map((part) => `-f infra/rbac-${part}.yaml`)].join(" ");
  }
  const options = [...namespaces.map((namespace) => `--namespace ${namespace}`), ...parts.map((part) => `--${part}`)];
  return `npm run --silent rbac -- ${options.join(" ")} | kubectl apply -f -`;
}
