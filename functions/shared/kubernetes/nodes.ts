import type { Node } from "./types.ts";

/** What a node says of whether it is ready; undefined for one that has never said. */
export function readyOf({ status }: Node) {
  return status?.conditions?.find(({ type }) => type === "Ready");
}

/** Since when each of the nodes has not reported, where one has stopped; by its name. */
export function lostNodesAmong(nodes: readonly Node[]): Map<string, string> {
  return readyAs("Unknown", nodes);
}

/** Since when each of the nodes has said that it is not ready, where one does; by its name. */
export function unreadyNodesAmong(nodes: readonly Node[]): Map<string, string> {
  return readyAs("False", nodes);
}

function readyAs(wanted: "Unknown" | "False", nodes: readonly Node[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const node of nodes) {
    const ready = readyOf(node);
    if (ready?.status === wanted) found.set(node.metadata?.name ?? "", ready.lastTransitionTime ?? "");
  }
  return found;
}
