import { quantity } from "../../shared/kubernetes/quantity.ts";
import { containersOf, lastingContainersOf, type Container } from "../../shared/kubernetes/containers.ts";
import { isChanged } from "../../shared/kubernetes/pods.ts";
import type { ContainerStatus, Pod } from "../../shared/kubernetes/types.ts";

/** The spec of the container of that name, which is not an ephemeral one; undefined when it is not there. */
export function containerSpec(pod: Pod, name: string | undefined): Container | undefined {
  return containersOf(pod).find((container) => container.name === name);
}

/**
 * Whether it is an init container that runs beside the others until the pod ends.
 * Source: kubernetes.io/docs/concepts/workloads/pods/sidecar-containers
 */
export function isSidecar({ spec }: Pod, { name }: Pick<ContainerStatus, "name">): boolean {
  return spec?.initContainers?.find((container) => container.name === name)?.restartPolicy === "Always";
}

/** Whether it is a sidecar that counts as started, so that what comes after it is not held up by it, ready or not. */
export function isStartedSidecar(pod: Pod, status: ContainerStatus): boolean {
  return status.started === true && isSidecar(pod, status);
}

/**
 * Whether a container that has ended is started again: by the first of its rules that its exit code meets, else by its own
 * restart policy, else by that of its pod.
 * Source: kubernetes pkg/api/v1/pod/util.go, ContainerShouldRestart
 */
export function isStartedAgain(pod: Pod, { name }: Pick<ContainerStatus, "name">, exitCode: number): boolean {
  const { restartPolicy, restartPolicyRules = [] } = containerSpec(pod, name) ?? {};
  const isRuled = restartPolicyRules.some(({ action, exitCodes }) => {
    if (action !== "Restart" && action !== "RestartAllContainers") return false;
    const isNamed = exitCodes?.values?.includes(exitCode) === true;
    return exitCodes !== undefined && (exitCodes.operator === "In" ? isNamed : !isNamed);
  });
  const policy = restartPolicy ?? pod.spec?.restartPolicy;
  return isRuled || (policy === "OnFailure" ? exitCode !== 0 : policy !== "Never");
}

/** Whether all that the pod is for has ended for good, so that its sidecars are ended, too, and not started again. */
export function isWindingUp(pod: Pod): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  return (
    statuses.length > 0 &&
    statuses.length === pod.spec?.containers.length &&
    statuses.every(({ name, state }) => {
      const exitCode = state?.terminated?.exitCode;
      return exitCode !== undefined && !isStartedAgain(pod, { name }, exitCode);
    })
  );
}

/** The kubelet's reason for the end of a container that was killed because its memory ran out. */
const OUT_OF_MEMORY = "OOMKilled";
/** The runtime's words where not even the container's first process could be set up. Source: github.com/opencontainers/runc libcontainer/process_linux.go */
const AT_START = /container init was OOM-killed/i;

/** How the memory ran out, where that ended a container's run or kept it from one; undefined where it was something else. */
export function outOfMemoryAtEnd(
  pod: Pod,
  container: string,
  { reason, message = "" }: { reason?: string | undefined; message?: string | undefined },
): string | undefined {
  if (reason === OUT_OF_MEMORY) return outOfMemoryWords(pod, container);
  return AT_START.test(message) ? outOfMemoryWords(pod, container, "OOM-killed before it could start,") : undefined;
}

/**
 * How the memory ran out for a container that was killed for it: at which limit. The container's own limit counts, and the
 * pod's, which all of its containers share; without either, it was the node's memory that ran out. Only `OOMKilled` where the
 * pod's spec is not known.
 * Source: kubernetes.io/docs/concepts/configuration/manage-resources-containers
 */
export function outOfMemoryWords(pod: Pod, container: string, killed = OUT_OF_MEMORY): string {
  const spec = containerSpec(pod, container);
  if (spec === undefined) return killed;
  const own = ownLimit(pod, spec);
  const ofPod = pod.spec?.resources?.limits?.["memory"];
  if (own === undefined && ofPod === undefined) return `${killed} without a memory limit: the node ran out of memory`;
  const shared = ofPod === undefined ? "" : `the pod's memory limit of ${ofPod}`;
  if (own === undefined) return `${killed} at ${shared}`;
  if (isChanged(pod))
    return `${killed.replace(/,$/, "")}, with a memory limit of ${own} by now${pendingLimit(pod, spec, own)}`;
  const isAlone = lastingContainersOf(pod).length === 1;
  return `${killed} at its memory limit of ${own}${shared === "" || isAlone ? "" : `, or at ${shared}`}`;
}

/** The memory limit that a container runs with: that of its spec may be one that its node has not given it yet. */
function ownLimit({ status }: Pod, { name, resources }: Container): string | undefined {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const given = all.find((container) => container.name === name)?.resources?.limits?.["memory"];
  const asked = resources?.limits?.["memory"];
  // The runtime writes amounts otherwise than people do.
  return given === undefined || quantity(given) === quantity(asked) ? asked : given;
}

/**
 * That another limit is asked for than the container has, and how that stands.
 * Source: kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources, "Pod Resize Status"
 */
function pendingLimit({ status }: Pod, { resources }: Container, own: string): string {
  const asked = resources?.limits?.["memory"];
  if (asked === undefined || asked === own) return "";
  const pending = status?.conditions?.find(({ type }) => type === "PodResizePending")?.reason;
  return `, while ${asked} is asked for${pending === undefined ? "" : ` (its resize is ${pending})`}`;
}
