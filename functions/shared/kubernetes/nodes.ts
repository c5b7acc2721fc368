import type { Node } from "./types.ts";

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
  for (const { metadata, status } of nodes) {
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status === wanted) found.set(metadata?.name ?? "", ready.lastTransitionTime ?? "");
  }
  return found;
}
