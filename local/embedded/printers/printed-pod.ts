import type { ContainerStatus, Pod } from "../types.ts";

/**
 * What the API server prints of a pod under READY and STATUS: the cells that a scan judges it by.
 * Modelled on kubernetes pkg/printers/internalversion/printers.go
 */
export function printedPod(pod: Pod): { ready: string; status: string } {
  const init = printedInit(pod);
  const app = isInitialized(pod) ? (pod.status?.containerStatuses ?? []) : [];
  const ready = init.ready + app.filter(isRunningAndReady).length;
  return {
    ready: `${ready}/${wantedContainers(pod)}`,
    status: printedDeletion(pod) ?? printedApp(pod, app, init.status ?? ownWords(pod)),
  };
}

/** Whether its init containers are behind it, so that its other containers speak for it. */
export function isInitialized(pod: Pod): boolean {
  return printedInit(pod).status === undefined || isTrue(pod, "Initialized");
}

/** What the pod itself says, before its containers are heard. */
function ownWords({ status }: Pod): string {
  const gated = status?.conditions?.some(({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated");
  return gated === true ? "SchedulingGated" : (status?.reason ?? status?.phase ?? "");
}

/** The first init container that is neither done nor a started sidecar, and how many sidecars before it are ready. */
function printedInit(pod: Pod): { ready: number; status: string | undefined } {
  let ready = 0;
  for (const [index, status] of (pod.status?.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (isSidecar(pod, status) && status.started === true) {
      if (status.ready) ready++;
      continue;
    }
    if (terminated !== undefined) return { ready, status: `Init:${endOf(terminated)}` };
    if (waiting?.reason !== undefined && waiting.reason !== "PodInitializing") {
      return { ready, status: `Init:${waiting.reason}` };
    }
    return { ready, status: `Init:${index}/${pod.spec?.initContainers?.length ?? 0}` };
  }
  return { ready, status: undefined };
}

/** The first container that waits or has ended speaks for all; one that is done gives way to those that are not. */
function printedApp(pod: Pod, statuses: ContainerStatus[], otherwise: string): string {
  const speaking = statuses.flatMap(({ state }) => {
    if (state?.waiting?.reason !== undefined) return [{ words: state.waiting.reason, failed: false }];
    if (state?.terminated === undefined) return [];
    return [{ words: endOf(state.terminated), failed: state.terminated.exitCode !== 0 }];
  });
  const words = speaking[0]?.words ?? otherwise;
  if (words !== "Completed") return words;
  const running = statuses.some(isRunningAndReady);
  if (running && isTrue(pod, "Ready")) return "Running";
  return speaking.find(({ failed }) => failed)?.words ?? (running ? "NotReady" : words);
}

function printedDeletion({ metadata, status }: Pod): string | undefined {
  if (metadata?.deletionTimestamp === undefined) return undefined;
  if (status?.reason === "NodeLost") return "Unknown";
  return status?.phase === "Succeeded" || status?.phase === "Failed" ? undefined : "Terminating";
}

function endOf({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode: number }): string {
  if (reason !== undefined) return reason;
  return signal === undefined ? `ExitCode:${exitCode}` : `Signal:${signal}`;
}

/** Builders may leave the spec out: then there are as many containers as there are statuses. */
function wantedContainers({ spec, status }: Pod): number {
  const sidecars = spec?.initContainers?.filter(({ restartPolicy }) => restartPolicy === "Always") ?? [];
  return (spec?.containers.length ?? status?.containerStatuses?.length ?? 0) + sidecars.length;
}

/** Whether it is an init container that keeps running. */
export function isSidecar({ spec }: Pod, { name }: ContainerStatus): boolean {
  return spec?.initContainers?.find((container) => container.name === name)?.restartPolicy === "Always";
}

function isRunningAndReady({ ready, state }: ContainerStatus): boolean {
  return ready && state?.running !== undefined && state.waiting?.reason === undefined && state.terminated === undefined;
}

function isTrue({ status }: Pod, condition: "Initialized" | "Ready"): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === condition && value === "True") === true;
}
