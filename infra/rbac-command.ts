import type { Tool } from "../functions/shared/policy.ts";
import { PACKAGED } from "./packaged.ts";

/** Where the manifests are, from where the command is run, and what prints them for some namespaces. */
const PLACES = PACKAGED
  ? { manifests: "node_modules/eks-remediation/infra", print: "npx eks-remediation-rbac" }
  : { manifests: "infra", print: "npm run --silent rbac --" };

/** What the policy asks to be read beside what is always read, each by a permission of its own. */
export interface OptionalReading {
  /** The logs of crashed containers. */
  logs: boolean;
  /** The metadata of Secrets. */
  secrets: boolean;
  /** The custom resources that own failing workloads, by the names of their definitions. */
  customResources: readonly string[];
  /** The tools whose objects are read, and written to as well. */
  tools: readonly Tool[];
}

/**
 * The command that gives the functions' groups their permissions on the cluster, run in this project's folder, or in
 * that of the app which the package is installed for.
 * @param namespaces those that are looked after; undefined for the whole cluster
 */
export function rbacCommand(
  namespaces: readonly string[] = [],
  { logs, secrets, customResources, tools }: OptionalReading,
): string {
  const parts = [...(logs ? ["logs"] : []), ...(secrets ? ["secrets"] : []), ...tools.map(partOf)];
  if (namespaces.length === 0 && customResources.length === 0) {
    const files = ["rbac", ...parts.map((part) => `rbac-${part}`)];
    return `kubectl apply ${files.map((name) => `-f ${PLACES.manifests}/${name}.yaml`).join(" ")}`;
  }
  const options = [
    ...namespaces.map((namespace) => `--namespace ${namespace}`),
    ...parts.map((part) => `--${part}`),
    ...customResources.map((name) => `--custom-resource ${name}`),
  ];
  return `${PLACES.print} ${options.join(" ")} | kubectl apply -f -`;
}

/** What the manifest of a tool, and the option for it, are called: `argo-rollouts`. */
export function partOf(tool: Tool): string {
  return tool.replaceAll("_", "-");
}
