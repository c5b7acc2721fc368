import { containerSpec } from "./container-spec.ts";
import { wasReadySince } from "../../shared/kubernetes/pods.ts";
import type { ContainerStatus, Pod } from "../../shared/kubernetes/types.ts";

/** The API server's defaults. Source: kubernetes pkg/apis/core/v1/defaults.go */
const DEFAULT_PROBE = { initialDelaySeconds: 0, periodSeconds: 10, failureThreshold: 3, successThreshold: 1 };

/** How long a probe may fail before that counts, in seconds. */
export function probeSeconds(probe: Partial<typeof DEFAULT_PROBE>): number {
  const { initialDelaySeconds, periodSeconds, failureThreshold } = { ...DEFAULT_PROBE, ...probe };
  return initialDelaySeconds + periodSeconds * failureThreshold;
}

/** How long a probe keeps a container unready that is well from its start on, in seconds; 0 for one without a delay. */
function delaySeconds(probe: Partial<typeof DEFAULT_PROBE>): number {
  const { initialDelaySeconds, periodSeconds, successThreshold } = { ...DEFAULT_PROBE, ...probe };
  return initialDelaySeconds === 0 ? 0 : initialDelaySeconds + periodSeconds * successThreshold;
}

/** For how long a container that runs may yet be unready, and why. */
export interface StartWindow {
  /** RFC 3339. */
  until: string;
  /** `its startup probe allows 1800 s`. */
  because: string;
}

/**
 * The time that a running container's own probes give it to become ready, counted from its start: that of the startup probe
 * until it has passed, then the readiness probe's delay. Undefined for a container that does not run, was ready since, or has
 * no probes.
 * Source: kubernetes pkg/kubelet/prober/worker.go
 */
export function startWindow(pod: Pod, { name, state, started }: ContainerStatus): StartWindow | undefined {
  const { startupProbe, readinessProbe } = containerSpec(pod, name) ?? {};
  const startedAt = state?.running?.startedAt ?? "";
  const start = Date.parse(startedAt);
  const readiness = readinessProbe === undefined ? 0 : delaySeconds(readinessProbe);
  const starting = startupProbe !== undefined && started !== true;
  const seconds = (starting ? probeSeconds(startupProbe) : 0) + readiness;
  if (!Number.isFinite(start) || seconds === 0 || wasReadySince(pod, startedAt)) return undefined;
  const until = new Date(start + seconds * 1_000);
  if (Number.isNaN(until.getTime())) return undefined;
  const probes = [...(starting ? ["startup"] : []), ...(readiness > 0 ? ["readiness"] : [])];
  const because = `its ${probes.join(" and ")} ${probes.length === 1 ? "probe allows" : "probes allow"} ${seconds} s`;
  return { until: until.toISOString().replace(".000Z", "Z"), because };
}
