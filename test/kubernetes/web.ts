import { isReady } from "../../functions/shared/kubernetes/pods.ts";
import { isWaitingFor, type Scenario } from "./scenario.ts";

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
  /** By default longer than any test takes. */
  progressDeadlineSeconds?: number;
}

/** Applies the Deployment `web`, as it is or as an update of what is there. */
export async function applyWeb(
  scenario: Scenario,
  { image, annotations, deploymentAnnotations, probe, nodeSelector, progressDeadlineSeconds }: WebOptions,
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
    ...(progressDeadlineSeconds === undefined ? {} : { PROGRESS_DEADLINE: String(progressDeadlineSeconds) }),
  });
}

/** Applies `web` and waits until it is completely rolled out. */
export async function rollOutWeb(scenario: Scenario, options: WebOptions): Promise<void> {
  await applyWeb(scenario, options);
  await scenario.rolledOut();
}

/**
 * Has the rollout that is under way, and makes no progress, exceed its progress deadline. The deadline is a long one
 * afterwards, because a remedy gets as long as that.
 */
export async function untilDeadlineExceeded(scenario: Scenario): Promise<void> {
  const setDeadline = (seconds: number) =>
    scenario.kubectl(
      ...["-n", scenario.namespace, "patch", "deployment", "web"],
      ...["-p", JSON.stringify({ spec: { progressDeadlineSeconds: seconds } })],
    );
  await setDeadline(1);
  await scenario.until("the progress deadline is exceeded", async () =>
    ((await scenario.deployment()).status?.conditions ?? []).some(
      ({ reason }) => reason === "ProgressDeadlineExceeded",
    ),
  );
  await setDeadline(600);
}

/** Breaks what the pods of `web` need: as soon as some of the image are there to stay, all pods crash that are there. */
export async function breakPods(scenario: Scenario, image: string, count = 1): Promise<void> {
  const ofImage = async () => (await scenario.stayingPods()).filter(({ spec }) => spec?.containers[0]?.image === image);
  await scenario.until(`${count} pods of ${image} are there`, async () => (await ofImage()).length >= count);
  await scenario.annotatePods("simulation/failure=crash-loop");
  await scenario.until(`${count} pods of ${image} crash`, async () => {
    const crashing = (await ofImage()).filter((pod) => isWaitingFor(pod, "CrashLoopBackOff"));
    return crashing.length >= count;
  });
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
