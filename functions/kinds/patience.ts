import type { DaemonSet, Deployment, PodTemplate, StatefulSet, Workload } from "../shared/kubernetes/types.ts";
import { DEFAULT_PROGRESS_DEADLINE_SECONDS, progressDeadline } from "./deployment/rollout.ts";

/** The API server's defaults. Source: kubernetes pkg/apis/core/v1/defaults.go */
const DEFAULT_GRACE_SECONDS = 30;
const DEFAULT_PROBE = { initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3 };
/** No policy waits for longer than a day. */
const MAX_SECONDS = 86_400;
/** Room for being scheduled and pulling images, which nothing in the template tells. */
const START_SECONDS = 60;

/**
 * How long a change of the workload may take to have its effect, in seconds, as its own spec has it: its progress
 * deadline where it has one, else the time that its pods need one after the other. At most a day.
 */
export function rolloutSeconds(kind: string, workload: Workload | undefined): number {
  return Math.max(0, Math.min(MAX_SECONDS, ownSeconds(kind, workload)));
}

function ownSeconds(kind: string, workload: Workload | undefined): number {
  if (workload === undefined) return DEFAULT_PROGRESS_DEADLINE_SECONDS;
  const { spec } = workload;
  const pod = podSeconds(spec?.template) + (spec?.minReadySeconds ?? 0);
  switch (kind) {
    case "Deployment":
      return Math.max(pod, progressDeadline(workload as Deployment));
    case "StatefulSet":
      return pod * Math.max(1, (workload as StatefulSet).spec?.replicas ?? 1);
    case "DaemonSet":
      return pod * Math.max(1, (workload as DaemonSet).status?.desiredNumberScheduled ?? 1);
    default:
      return Math.max(pod, DEFAULT_PROGRESS_DEADLINE_SECONDS);
  }
}

/** How long one pod may take to go and its replacement to become ready. */
function podSeconds(template: PodTemplate | undefined): number {
  const probes = (template?.spec?.containers ?? []).map(({ startupProbe, readinessProbe }) => {
    const startup = startupProbe === undefined ? 0 : probeSeconds(startupProbe);
    return startup + (readinessProbe === undefined ? 0 : probeSeconds(readinessProbe));
  });
  const grace = template?.spec?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  return grace + START_SECONDS + Math.max(0, ...probes);
}

/** How long a probe may fail before that counts. */
function probeSeconds(probe: Partial<typeof DEFAULT_PROBE>): number {
  const { initialDelaySeconds, periodSeconds, failureThreshold } = { ...DEFAULT_PROBE, ...probe };
  return initialDelaySeconds + periodSeconds * failureThreshold;
}
