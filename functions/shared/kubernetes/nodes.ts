import type { Node } from "./types.ts";

/** Since when each of the nodes has not reported, where one has stopped; by its name. */
export function lostNodesAmong(nodes: readonly Node[]): Map<string, string> {
  const lost = new Map<string, string>();
  for (const { metadata, status } of nodes) {
    const ready = status?.conditions?.find(({ type }) => type === "Ready");
    if (ready?.status === "Unknown") lost.set(metadata?.name ?? "", ready.lastTransitionTime ?? "");
  }
  return lost;
}
