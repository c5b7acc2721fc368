/**
 * The command that gives the functions' groups their permissions on the cluster, run in this project's folder.
 * @param namespaces those that are looked after; undefined for the whole cluster
 * @param logs whether the logs of crashed containers are read
 */
export function rbacCommand(namespaces: readonly string[] | undefined, logs = false): string {
  if (namespaces === undefined || namespaces.length === 0) {
    return `kubectl apply -f infra/rbac.yaml${logs ? " -f infra/rbac-logs.yaml" : ""}`;
  }
  const options = namespaces.map((namespace) => `--namespace ${namespace}`).join(" ");
  return `npm run --silent rbac -- ${options}${logs ? " --logs" : ""} | kubectl apply -f -`;
}
