import type { ContainerStatus, Pod } from "../types.ts";
import { isJobPod } from "../pod-facts.ts";

/** What a pod's annotations ask for. They are described in local/cluster/README.md. */
export interface Markers {
  /** The value of `simulation/failure`; empty for a pod that runs well. */
  failure: string;
  /** The name of the container that fails. */
  failing: string;
  /** Whether that is an init container. */
  initFails: boolean;
  crashes: boolean;
  isJob: boolean;
  after: string | undefined;
  reason: string | undefined;
  message: string | undefined;
  exitCode: number | undefined;
  /** The status of the failing container, if that is not an init container. */
  broken: ContainerStatus | undefined;
}

export function markersOf(pod: Pod): Markers {
  const note = (name: string) => pod.metadata?.annotations?.[`simulation/${name}`];
  const failure = note("failure") ?? "";
  const failing = note("failing-container") ?? pod.spec?.containers[0]?.name ?? "";
  const exitCode = note("exit-code");
  return {
    failure,
    failing,
    initFails: failure !== "" && (pod.spec?.initContainers ?? []).some(({ name }) => name === failing),
    crashes: failure === "crash-loop" || failure === "oom-kill",
    isJob: isJobPod(pod),
    after: note("after"),
    reason: note("reason"),
    message: note("message"),
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
    broken: pod.status?.containerStatuses?.find(({ name }) => name === failing),
  };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3_600 };

/** The seconds until a marker's time: a duration such as `30s` or `1m30s`, or a moment such as `2026-06-01T12:00:00Z`. */
export function secondsUntil(after: string, now: Date): number {
  if (after.includes("T")) return Math.max(0, (new Date(after).getTime() - now.getTime()) / 1_000);
  const parts = [...after.matchAll(/([\d.]+)(ms|s|m|h)/g)];
  return parts.reduce((sum, [, value = "0", unit = "s"]) => sum + Number(value) * (UNIT_SECONDS[unit] ?? 1), 0);
}

/** Whether a failure is in force when a container starts: not one that begins later. */
export function isDue({ after }: Markers, now: Date): boolean {
  return after === undefined || (after.includes("T") && now > new Date(after));
}

/** Whether the failing container is behind a readiness probe. */
export function isProbed({ spec }: Pod, { failing }: Markers): boolean {
  return spec?.containers.some(({ name, readinessProbe }) => name === failing && readinessProbe !== undefined) === true;
}
