import { count } from "../../functions/shared/text.ts";
import { loadDefinition } from "../engine/engine.ts";
import { drawing } from "./drawing.ts";
import { escape } from "./escape.ts";
import type { States } from "./layout.ts";
import type { WorkloadStory } from "./workload-story.ts";

/** A drawing that is folded, and scrolls in a box of its own where it is wider than the screen. */
function figure(svg: string, label: string): string {
  return `<div class="scroll" tabindex="0" role="group" aria-label="${escape(label)}">\n${svg}\n</div>`;
}

/** A path in words. */
export function pathInWords(path: readonly string[]): string {
  if (path.length === 0) return "";
  return `<ol class="path" role="list">${path.map((state) => `<li>${escape(state)}</li>`).join(" ")}</ol>`;
}

/**
 * The workflow, once for all: which of its states workloads passed, and how many each. A run that looked after none is drawn
 * as a whole.
 * @param around the states that the run entered before and after its workloads
 */
export function workflow(stories: readonly WorkloadStory[], around: readonly string[]): string {
  const paths = stories.map(({ path }) => path);
  const whole = paths.length === 0;
  const label = whole
    ? "The path of the run through the workflow"
    : `The paths of ${count(paths.length, "workload")} through the workflow`;
  const svg = drawing(whole ? loadDefinition() : insideOfMap(), whole ? [around] : paths, label);
  return `<section aria-labelledby="workflow">
<h2 id="workflow">The workflow</h2>
<details>
<summary>${whole ? "The path of the run" : "The states that the workloads passed, with how many passed each"}</summary>
<h3>The run as a whole passed</h3>
${pathInWords(around)}
${figure(svg, whole ? "Drawing of the run" : "Drawing for all workloads")}
</details>
</section>`;
}

/** The states inside the Map, which each workload passes. */
function insideOfMap(): States {
  const { States: states } = loadDefinition() as unknown as { States: Record<string, { ItemProcessor?: States }> };
  const inside = Object.values(states).find(({ ItemProcessor: processor }) => processor !== undefined)?.ItemProcessor;
  if (inside === undefined) throw new Error("The definition has no Map.");
  return inside;
}
