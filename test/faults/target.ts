import { paths } from "../../functions/shared/cluster/paths.ts";
import { isRemediationError } from "../../functions/shared/errors.ts";
import type { Deployment } from "../../functions/shared/kubernetes/types.ts";
import type { Ground } from "./ground.ts";
import type { Situation } from "./situations.ts";

/** The workload that a situation is about. */
export interface Target {
  kind: "Deployment" | "StatefulSet";
  name: string;
  path: string;
}

export function kindOf({ name }: Situation): Target["kind"] {
  return ["stuck-statefulset", "restart-runbook"].includes(name) ? "StatefulSet" : "Deployment";
}

export function targetOf(situation: Situation, namespace: string): Target {
  return kindOf(situation) === "StatefulSet"
    ? { kind: "StatefulSet", name: "db", path: paths.statefulSet(namespace, "db") }
    : { kind: "Deployment", name: "web", path: paths.deployment(namespace, "web") };
}

/** How a workload is not what its own spec asks for. */
export async function unwell({ cluster }: Ground, { path }: Target): Promise<string | undefined> {
  try {
    const { spec, status } = await cluster.get<Deployment>(path);
    const { readyReplicas = 0, updatedReplicas = 0 } = status ?? {};
    const wanted = spec?.replicas ?? 1;
    // More than wanted are on their way out: an HPA may have changed its mind.
    if (readyReplicas >= wanted && updatedReplicas >= wanted) return undefined;
    return `${readyReplicas} of ${wanted} replicas are ready, ${updatedReplicas} updated`;
  } catch (error) {
    if (isRemediationError(error, "NotFound")) return "it does not exist";
    throw error;
  }
}
