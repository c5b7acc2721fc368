import { probeSeconds } from "../shared/kubernetes/probes.ts";
import type { ContainerStatus, Pod } from "../shared/kubernetes/types.ts";

/**
 * Until when the containers of a pod that run and have not passed their startup probes yet may take for that, in
 * milliseconds, as the pod's own spec has it; undefined when a container that is not ready has started, or does not run.
 */
export function mayStartUntil({ spec, status }: Pod): number | undefined {
  const unready = (status?.containerStatuses ?? []).filter(({ ready }) => !ready);
  const ends = unready.map((container) => {
    const probe = spec?.containers.find(({ name }) => name === container.name)?.startupProbe;
    const running = runningSince(container);
    return probe === undefined || container.started === true ? undefined : running + probeSeconds(probe) * 1_000;
  });
  const known = ends.filter((end) => end !== undefined && Number.isFinite(end));
  return known.length === 0 || known.length < ends.length ? undefined : Math.max(...known.map(Number));
}

function runningSince({ state }: ContainerStatus): number {
  return Date.parse(state?.running?.startedAt ?? "");
}
