import { simulatedNodes } from "./simulated-nodes.ts";
import { NODES } from "./kinds.ts";
import type { Store } from "./store.ts";

/** Creates `node-0`, `node-1`, ... spread over three zones. */
export function addNodes(store: Store, count: number): void {
  for (const node of simulatedNodes(count)) store.create(NODES, node);
}
