import type { Namespace, Node } from "../types.ts";
import { ageCell } from "./age.ts";
import { columns, nameOf, type Printer } from "./printer.ts";

const ROLE = "node-role.kubernetes.io/";

export const NODE_PRINTER: Printer<Node> = {
  columns: columns(
    "Name, Status, Roles, Age, Version | Internal-IP, External-IP, OS-Image, Kernel-Version, Container-Runtime",
  ),
  cells: (node, now) => {
    const info = node.status?.nodeInfo;
    return [
      nameOf(node),
      statusOf(node),
      rolesOf(node),
      ageCell(node.metadata?.creationTimestamp, now),
      info?.kubeletVersion ?? "",
      addressOf(node, "InternalIP"),
      addressOf(node, "ExternalIP"),
      ...[info?.osImage, info?.kernelVersion, info?.containerRuntimeVersion].map((text) => orUnknown(text)),
    ];
  },
};

export const NAMESPACE_PRINTER: Printer<Namespace> = {
  columns: columns("Name, Status, Age"),
  cells: (namespace, now) => [
    nameOf(namespace),
    namespace.status?.phase ?? "Active",
    ageCell(namespace.metadata?.creationTimestamp, now),
  ],
};

function statusOf({ spec, status }: Node): string {
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  const state = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return spec?.unschedulable === true ? `${state},SchedulingDisabled` : state;
}

function rolesOf({ metadata }: Node): string {
  const roles = Object.keys(metadata?.labels ?? {})
    .filter((label) => label.startsWith(ROLE))
    .map((label) => label.slice(ROLE.length));
  return roles.length === 0 ? "<none>" : roles.sort().join(",");
}

function addressOf({ status }: Node, wanted: string): string {
  return status?.addresses?.find(({ type }) => type === wanted)?.address ?? "<none>";
}

function orUnknown(text: string | undefined): string {
  return text === undefined || text === "" ? "<unknown>" : text;
}
