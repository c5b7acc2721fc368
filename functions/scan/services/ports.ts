import { lastingContainersOf } from "../../shared/kubernetes/containers.ts";
import type { Pod, Service } from "../../shared/kubernetes/types.ts";
import { some } from "../../shared/text.ts";

type ServicePort = NonNullable<NonNullable<Service["spec"]>["ports"]>[number];

/** How many ports are named. */
const MAX_PORTS = 5;

/**
 * What is wrong with the ports that a Service sends to, by the pods that it selects; undefined when nothing is.
 *
 * A name has to be that of a container's port, of the same protocol, in one pod at least: the others may be of another
 * revision. A number need not be declared by any container. So something is said of it only where the containers of every pod
 * declare ports, none of the Service's is among them, and nothing else in them speaks of it.
 * Source: kubernetes pkg/api/v1/pod/util.go, FindPort
 */
export function portProblem({ spec }: Service, selected: readonly Pod[]): string | undefined {
  const ports = spec?.ports ?? [];
  const pods = selected.filter(({ metadata, status }) => {
    return metadata?.deletionTimestamp === undefined && !["Succeeded", "Failed"].includes(status?.phase ?? "");
  });
  if (pods.length === 0) return undefined;
  return unknownName(ports, pods) ?? undeclaredNumber(ports, pods);
}

function unknownName(ports: readonly ServicePort[], pods: readonly Pod[]): string | undefined {
  const unknown = ports.find(({ targetPort, protocol = "TCP" }) => {
    return typeof targetPort === "string" && !pods.some((pod) => hasNamed(pod, targetPort, protocol));
  });
  if (unknown === undefined) return undefined;
  const { port, targetPort, protocol = "TCP" } = unknown;
  const names = pods.flatMap((pod) =>
    portsOf(pod).flatMap(({ name, protocol: of = "TCP" }) => (of === protocol ? (name ?? []) : [])),
  );
  const there = [...new Set(names)];
  const declared = there.length === 0 ? "none has a name" : `they are named ${some(there, MAX_PORTS)}`;
  return `Its port ${port} sends to the port "${targetPort}" (${protocol}), and no container of its pods has a port of that name: ${declared}.`;
}

function hasNamed(pod: Pod, wanted: string, wantedProtocol: string): boolean {
  return portsOf(pod).some(({ name, protocol = "TCP" }) => name === wanted && protocol === wantedProtocol);
}

function undeclaredNumber(ports: readonly ServicePort[], pods: readonly Pod[]): string | undefined {
  const targets = ports.map(({ targetPort, port }) => targetPort ?? port).map(Number);
  // One that is declared says that the others are left out on purpose.
  const isDoubtful = (pod: Pod) =>
    pod.spec?.hostNetwork !== true && portsOf(pod).length > 0 && !targets.some((target) => speaksOf(pod, target));
  if (targets.length === 0 || targets.some(Number.isNaN) || !pods.every(isDoubtful)) return undefined;
  const declared = [...new Set(pods.flatMap((pod) => portsOf(pod).map(({ containerPort }) => containerPort)))];
  const sent = [...new Set(targets)].map(String);
  return `The containers of its pods declare ${some(declared.map(String), MAX_PORTS)}, the Service sends to ${some(sent, MAX_PORTS)}.`;
}

/** Whether a container declares the port, in whatever protocol, or its probes, variables or command line hold the number. */
function speaksOf(pod: Pod, port: number): boolean {
  return lastingContainersOf(pod).some((container) => {
    const { ports: _ports, resources: _resources, image: _image, ...rest } = container;
    const isDeclared = (container.ports ?? []).some(({ containerPort }) => containerPort === port);
    return isDeclared || new RegExp(String.raw`(?<!\d)${port}(?!\d)`).test(JSON.stringify(rest));
  });
}

function portsOf(pod: Pod) {
  return lastingContainersOf(pod).flatMap(({ ports = [] }) => ports);
}
