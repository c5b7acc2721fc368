import { isReady } from "../../functions/shared/kubernetes/pods.ts";
import type { Scenario } from "./scenario.ts";

/** A readiness probe, as a line of the manifest. */
const PROBE = "readinessProbe: { httpGet: { path: /, port: 80 } }";

export interface WebOptions {
  image: string;
  /** Markers for the pods, for example `simulation/failure: crash-loop`. */
  annotations?: string;
  deploymentAnnotations?: string;
  probe?: boolean;
  /** The one node that the pods may go to, tainted or not. */
  nodeSelector?: string;
}

/** Applies the Deployment `web`, as it is or as an update of what is there. */
export async function applyWeb(
  scenario: Scenario,
  { image, annotations, deploymentAnnotations, probe, nodeSelector }: WebOptions,
): Promise<void> {
  await scenario.apply("web", {
    IMAGE: image,
    ANNOTATIONS: annotations ?? "",
    DEPLOYMENT_ANNOTATIONS: deploymentAnnotations ?? "",
    NODE:
      nodeSelector === undefined
        ? ""
        : `nodeSelector: { kubernetes.io/hostname: ${nodeSelector} }\n      tolerations: [{ operator: Exists }]`,
    PROBE: probe === true ? PROBE : "",
  });
}

/** Applies `web` and waits until it is completely rolled out. */
export async function rollOutWeb(scenario: Scenario, options: WebOptions): Promise<void> {
  await applyWeb(scenario, options);
  await scenario.rolledOut();
}

/** Waits until the rollout that is under way has used up its progress deadline. */
export async function untilDeadlineExceeded(scenario: Scenario): Promise<void> {
  await scenario.until("the progress deadline is exceeded", async () =>
    ((await scenario.deployment()).status?.conditions ?? []).some(
      ({ reason }) => reason === "ProgressDeadlineExceeded",
    ),
  );
}

/** Has the node evict the two pods of `web`, and waits until both replacements are ready beside the leftovers. */
export async function evictPods(scenario: Scenario): Promise<void> {
  await scenario.annotatePods("simulation/failure=evicted");
  await scenario.untilFailing("Evicted", 2);
  await scenario.until("two replacements are ready", async () => {
    const [pods, deployment] = await Promise.all([scenario.pods(), scenario.deployment()]);
    const ready = pods.filter(isReady).length;
    return pods.length === 4 && ready === 2 && deployment.status?.readyReplicas === 2;
  });
}
