import { failure, type Failure } from "./failures.ts";
import { containerStatuses, isReady, isTerminating, podCondition, readySince } from "./pods.ts";
import type { ContainerStatus, Pod } from "./types.ts";

/**
 * Waiting reasons that mean trouble at once. `ContainerCreating` and `PodInitializing` are normal life.
 * Source: kubernetes pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime/kuberuntime_container.go,
 * pkg/kubelet/container/sync_result.go
 */
export const FAILING_WAITING_REASONS: ReadonlySet<string> = new Set([
  "CrashLoopBackOff",
  "ImagePullBackOff",
  "ErrImagePull",
  "InvalidImageName",
  "ErrImageNeverPull",
  "ImageInspectError",
  "RegistryUnavailable",
  "SignatureValidationFailed",
  "CreateContainerConfigError",
  "CreateContainerError",
  "PreCreateHookError",
  "PreStartHookError",
  "PostStartHookError",
  "RunContainerError",
  "StartError",
  "ContainerCannotRun",
]);

/**
 * The ways in which a pod fails beyond doubt, whatever time has passed; none when it is well, starting, finished or being
 * deleted. What is a failure only after a while is told by `overdueFailures`.
 */
export function podFailures(pod: Pod): Failure[] {
  if (isTerminating(pod)) return [];
  const phase = pod.status?.phase;
  if (phase === "Succeeded") return [];
  if (phase === "Failed" || phase === "Unknown") return [wholePodFailure(pod, phase)];
  if (pod.status?.reason === "NodeLost") return [wholePodFailure(pod, "NodeLost")];
  return containerStatuses(pod).flatMap((status) => containerFailure(pod, status));
}

/** Whether the pod fails beyond doubt. */
export function isFailing(pod: Pod): boolean {
  return podFailures(pod).length > 0;
}

function wholePodFailure(pod: Pod, phase: string): Failure {
  const ended = containerStatuses(pod)
    .map((status) => ({ status, state: status.state?.terminated ?? status.lastState?.terminated }))
    .find(({ state }) => state !== undefined && state.exitCode !== 0);
  return failure({
    reason: pod.status?.reason ?? ended?.state?.reason ?? phase,
    container: ended?.status.name,
    exitCode: ended?.state?.exitCode,
    message: pod.status?.message ?? ended?.state?.message,
    restarts: ended?.status.restartCount,
    since: ended?.state?.finishedAt ?? readySince(pod),
  });
}

function containerFailure(pod: Pod, status: ContainerStatus): Failure[] {
  // What becomes of a debugging session says nothing about the pod.
  if (isEphemeral(pod, status)) return [];
  const { name: container, restartCount: restarts } = status;
  const waiting = status.state?.waiting;
  const last = status.lastState?.terminated;
  if (waiting?.reason !== undefined && FAILING_WAITING_REASONS.has(waiting.reason)) {
    return [
      failure({
        reason: waiting.reason,
        container,
        exitCode: last?.exitCode,
        message: ownWords(waiting.reason, last?.message) ?? waiting.message,
        restarts,
        since: unreadySince(pod) ?? last?.finishedAt ?? pod.status?.startTime,
      }),
    ];
  }
  // Between two attempts of a crash loop the container runs or has just ended; the last termination still tells.
  const ended = status.state?.terminated ?? (isStillDown(pod, status) ? last : undefined);
  if (ended === undefined || ended.exitCode === 0) return [];
  // The first end of a container that is about to be started again is not a failure yet.
  if (restarts === 0 && pod.spec?.restartPolicy !== "Never") return [];
  return [
    failure({
      reason: ended.reason ?? "Error",
      container,
      exitCode: ended.exitCode,
      message: ended.message,
      restarts,
      since: unreadySince(pod) ?? ended.finishedAt,
    }),
  ];
}

/** What a container that crashes said itself at its end, which tells more than the kubelet's pause before the next start. */
function ownWords(reason: string, terminationMessage: string | undefined): string | undefined {
  return reason === "CrashLoopBackOff" && terminationMessage?.trim() !== "" ? terminationMessage : undefined;
}

/** Whether a container that runs again has not been ready since its last end. */
function isStillDown(pod: Pod, status: ContainerStatus): boolean {
  const startedAt = status.state?.running?.startedAt;
  if (status.ready || startedAt === undefined) return false;
  const since = unreadySince(pod);
  // Unready from a later moment on: it was ready again in between, and its last end is not what ails it now.
  const wasReadyAgain = since !== undefined && Date.parse(since) > Date.parse(startedAt) + STATUS_DELAY_MS;
  return !wasReadyAgain;
}

/** The kubelet writes a container's end into the conditions with its next sync. */
const STATUS_DELAY_MS = 10_000;

function isEphemeral(pod: Pod, status: ContainerStatus): boolean {
  return pod.status?.ephemeralContainerStatuses?.includes(status) === true;
}

function unreadySince(pod: Pod): string | undefined {
  return isReady(pod) ? undefined : podCondition(pod, "Ready")?.lastTransitionTime;
}
