import { failure, type Failure } from "../../shared/kubernetes/failures.ts";
import type { ContainerStatus, Pod } from "../../shared/kubernetes/types.ts";

/** The reason of a Job's pod whose work is done, and in which a container runs on that stands beside it. */
export const HELD_OPEN = "HeldOpen";

/**
 * What a container is called that serves another one and has no end of its own: `istio-proxy`, `vault-agent`, `daprd`. What collects
 * or exports may be at the Job's own work.
 */
const BESIDE =
  /(?:^|-)(?:proxy|sidecar|envoy|daprd|agent|(?:otel|log)-collector|fluentd|fluent-?bit|filebeat|promtail|xray)(?:$|-)/;

/**
 * That a Job's pod has a container that is done, and only such beside it as serve others: the pod does not end before they do, and
 * neither does the Job. One that was declared a sidecar is ended by the kubelet, and is none of them.
 * Source: kubernetes.io/docs/concepts/workloads/pods/sidecar-containers, "Jobs with sidecar containers"
 */
export function heldOpen(pod: Pod, since: string | undefined): Failure[] {
  const statuses = pod.status?.containerStatuses ?? [];
  const done = statuses.filter(({ state }) => state?.terminated?.exitCode === 0);
  const running = statuses.filter(({ state }) => state?.running != null);
  const isAll =
    done.length + running.length === pod.spec?.containers.length && done.some(({ name }) => !BESIDE.test(name));
  if (!isAll || running.length === 0 || !running.every(({ name }) => BESIDE.test(name))) return [];
  const names = (of: readonly ContainerStatus[]) => of.map(nameOf).join(", ");
  const message = `done: ${names(done)}; still running beside it: ${names(running)}`;
  return [failure({ reason: HELD_OPEN, container: running[0]?.name, message, since })];
}

function nameOf({ name }: { name: string }): string {
  return name;
}
