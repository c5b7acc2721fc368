import { podFailures } from "../kinds/failing/pod-failures.ts";
import type { Kind } from "../kinds/kind.ts";
import type { Sight } from "../run/sight.ts";
import { containerStatuses, isLeftover, isReady, isTerminating } from "../shared/kubernetes/pods.ts";
import type { ContainerStatus, Pod, Workload } from "../shared/kubernetes/types.ts";

/** What is looked at. */
export interface Looked {
  /** Absent for what is of no kind that the workflow knows. */
  kind: Kind | undefined;
  workload: Workload | undefined;
  /** Its pods, of all its revisions. */
  pods: readonly Pod[];
  /** The pods that fail; those that fail beyond doubt where they are not given. */
  failing?: readonly Pod[];
  /** The nodes that have stopped reporting. */
  lostNodes?: ReadonlyMap<string, string>;
}

/** What a look at a workload shows of how it is, for whoever is told of it. */
export function sightOf({ kind, workload, pods, failing, lostNodes }: Looked, now: Date): Sight {
  const staying = pods.filter((pod) => !isTerminating(pod));
  const reported = failing ?? staying.filter((pod) => !isLeftover(pod) && podFailures(pod).length > 0);
  const shown = reported.filter((pod) => !isTerminating(pod) && lostNodes?.has(pod.spec?.nodeName ?? "") !== true);
  const [pod] = shown;
  const log = shown.flatMap(readableLog)[0];
  const since = workload === undefined ? undefined : kind?.unavailableSince?.(workload)?.toISOString();
  return {
    at: now.toISOString(),
    ...(workload === undefined || kind === undefined
      ? {}
      : { ready: staying.filter(isReady).length, wanted: kind.wanted(workload) }),
    ...(since === undefined ? {} : { unavailable_since: since }),
    ...(log === undefined ? {} : { log }),
    ...(pod?.metadata?.name === undefined ? {} : { pod: pod.metadata.name }),
  };
}

/**
 * The log of a container that is not ready, or has failed before, where the kubelet has one: of its run before, once that has ended, since the present
 * run may have said nothing yet. A container that was never started has none.
 * Source: kubernetes pkg/kubelet/kubelet_pods.go, validateContainerLogStatus
 */
function readableLog(pod: Pod): NonNullable<Sight["log"]>[] {
  const name = pod.metadata?.name;
  if (name === undefined) return [];
  const failing = new Set(podFailures(pod).map(({ container }) => container));
  const logged = containerStatuses(pod).filter(hasLog);
  const own = logged.filter(isOfInterest);
  // One that fails beyond doubt says more than one that is not ready yet, and that more than one that runs again.
  const chosen = own.find((status) => failing.has(status.name)) ?? own[0] ?? logged.find(hasFailedBefore);
  return chosen === undefined ? [] : [{ pod: name, container: chosen.name, previous: hasEndedBefore(chosen) }];
}

/** One that has ended well is none that fails. */
function isOfInterest({ ready, state }: ContainerStatus): boolean {
  return !ready && state?.terminated?.exitCode !== 0;
}

function hasFailedBefore(status: ContainerStatus): boolean {
  return hasEndedBefore(status) && status.lastState?.terminated?.exitCode !== 0;
}

function hasEndedBefore({ lastState }: ContainerStatus): boolean {
  return hasRun(lastState?.terminated);
}

function hasLog(status: ContainerStatus): boolean {
  const { state } = status;
  return state?.running !== undefined || hasRun(state?.terminated) || hasEndedBefore(status);
}

/** Ends of containers that never ran, or of which their node does not know any more. Source: kubernetes pkg/kubelet/kuberuntime */
const WITHOUT_RUN: readonly (string | undefined)[] = ["StartError", "ContainerCannotRun", "ContainerStatusUnknown"];

/** What was run is named by the runtime. */
function hasRun(end: NonNullable<ContainerStatus["state"]>["terminated"]): boolean {
  return (end?.containerID ?? "") !== "" && !WITHOUT_RUN.includes(end?.reason);
}
