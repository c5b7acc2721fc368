import type { Pod } from "../types.ts";

/**
 * Whether a pod asks for a port of the node that another one has.
 * Source: kubernetes pkg/scheduler/framework/plugins/nodeports
 */
export function portsTaken(pod: Pod, onNode: readonly Pod[]): boolean {
  const taken = onNode.flatMap(hostPorts);
  return hostPorts(pod).some((wanted) =>
    taken.some(
      ({ port, protocol, ip }) =>
        port === wanted.port &&
        protocol === wanted.protocol &&
        (ip === wanted.ip || [ip, wanted.ip].includes(EVERY_ADDRESS)),
    ),
  );
}

const EVERY_ADDRESS = "0.0.0.0";

function hostPorts({ spec }: Pod): { port: number; protocol: string; ip: string }[] {
  return (spec?.containers ?? []).flatMap(({ ports = [] }) =>
    ports.flatMap(({ hostPort, protocol = "TCP", hostIP = EVERY_ADDRESS }) =>
      hostPort === undefined ? [] : [{ port: hostPort, protocol, ip: hostIP }],
    ),
  );
}
