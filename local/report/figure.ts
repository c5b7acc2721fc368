import { drawing } from "./drawing.ts";
import { escape } from "./escape.ts";
import type { States } from "./layout.ts";

/**
 * A path through the workflow: in words, and as a drawing that scrolls in a box of its own where it is wider than the screen.
 * @param whose what took the path
 */
export function figure(definition: States, path: readonly string[], whose: string): string {
  const label = `The path of ${whose} through the workflow`;
  const states = path.map((state) => `<li>${escape(state)}</li>`).join(" ");
  return `${path.length === 0 ? "" : `<ol class="path" role="list">${states}</ol>`}
<div class="scroll" tabindex="0" role="group" aria-label="${escape(`Drawing for ${whose}`)}">
${drawing(definition, path, `${label}: ${path.join(", then ")}`)}
</div>`;
}
