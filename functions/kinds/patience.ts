import type { PodTemplate, Workload } from "../shared/kubernetes/types.ts";
import type { Container } from "../shared/kubernetes/containers.ts";
import { probeSeconds } from "./failing/probes.ts";
import type { Kind } from "./kind.ts";

/** The API server's defaults. Source: kubernetes pkg/apis/core/v1/defaults.go, pkg/apis/apps/v1/defaults.go */
const DEFAULT_GRACE_SECONDS = 30;
export const DEFAULT_PROGRESS_DEADLINE_SECONDS = 600;
/** No policy waits for longer than a day, in seconds. */
export const MAX_SECONDS = 86_400;
/** Room for being scheduled and pulling images, which nothing in the template tells. */
const START_SECONDS = 60;

/**
 * How long a change of the workload may take to have its effect, in seconds, as its own spec has it: its progress
 * deadline where it has one, else the time that its pods need one after the other. At most a day.
 */
export function rolloutSeconds(kind: Kind | undefined, workload: Workload | undefined): number {
  const own = kind === undefined || workload === undefined ? DEFAULT_PROGRESS_DEADLINE_SECONDS : kind.seconds(workload);
  return Math.max(0, Math.min(MAX_SECONDS, own));
}

/** How long one pod may take to go and its replacement to become available, in seconds. */
export function podSeconds(spec: { template?: PodTemplate; minReadySeconds?: number } | undefined): number {
  const pod = spec?.template?.spec;
  const startup = ({ startupProbe }: Container) => (startupProbe === undefined ? 0 : probeSeconds(startupProbe));
  const readiness = ({ readinessProbe }: Container) =>
    readinessProbe === undefined ? 0 : probeSeconds(readinessProbe);
  // Sidecars start one after the other, before the containers, which start together.
  const sidecars = (pod?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
  const before = sidecars.reduce((sum, sidecar) => sum + startup(sidecar), 0);
  const probes = (pod?.containers ?? []).map((container) => startup(container) + readiness(container));
  const grace = pod?.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS;
  const ready = Math.max(0, ...probes, ...sidecars.map(readiness));
  return grace + START_SECONDS + before + ready + (spec?.minReadySeconds ?? 0);
}
