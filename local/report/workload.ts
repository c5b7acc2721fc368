import { loadDefinition } from "../engine/engine.ts";
import { breakable, escape } from "./escape.ts";
import { figure } from "./figure.ts";
import type { States } from "./layout.ts";
import { outcome } from "./outcome.ts";
import type { Moment, WorkloadStory } from "./workload-story.ts";

/** Everything about one workload. */
export function workloadArticle(story: WorkloadStory, index: number, began: Date): string {
  const { title, failure, result, document, path, moments } = story;
  const facts = [
    ["Failure", breakable(failure)],
    ["Cause", breakable(result.cause)],
    ["Remedy", escape(result.action)],
    ["Outcome", `${outcome(result.outcome)}${result.reason === undefined ? "" : ` ${breakable(result.reason)}`}`],
  ];
  return `<article id="workload-${index}" aria-labelledby="title-${index}" tabindex="-1">
<h2 id="title-${index}">${breakable(title)}</h2>
<p class="summary">${escape(document.summary)}</p>
<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name ?? ""}</dt><dd>${value ?? ""}</dd></div>`).join("")}</dl>
<div class="halves">
<div>
<div class="columns">
${panel("Before", document.found)}
${panel("After", [`Verified: ${document.verified}`, ...document.changed])}
</div>
<div class="columns">
${panel("Evidence", document.evidence)}
${panel("Decision", decision(story))}
</div>
${panel("What to do next", document.next_steps)}
<h3>Timeline</h3>
<ol class="timeline" role="list">
${moments.map((moment) => item(moment, began)).join("\n")}
</ol>
</div>
<div>
<h3>Path through the workflow</h3>
${figure(insideOfMap(), path, title)}
</div>
</div>
<p><a class="up" href="#overview">Back to the overview</a></p>
</article>`;
}

function panel(heading: string, lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return `<div class="panel"><h3>${heading}</h3><ul>${lines.map((line) => `<li>${escape(line)}</li>`).join("")}</ul></div>`;
}

/** What was decided, and what was not, in words. */
function decision({ document }: WorkloadStory): string[] {
  const { cause, confidence, action, reason, not_done, done } = document;
  return [
    `Cause: ${cause}${confidence === undefined ? "" : ` (confidence ${confidence})`}`,
    action === "none" || done.length === 0
      ? `No remedy${reason === undefined ? "" : `: ${reason}`}`
      : `Remedy: ${action}`,
    ...not_done.map((line) => `Not ${line}`),
  ];
}

function item({ at, title, text, kind }: Moment, began: Date): string {
  return `<li class="${kind}"><time datetime="${at.toISOString()}">${offset(at, began)}</time><span><strong>${escape(title)}</strong>: ${escape(text)}</span></li>`;
}

/** `+12 s` after the run began, `−40 s` before it did. */
function offset(at: Date, began: Date): string {
  const seconds = Math.round((at.getTime() - began.getTime()) / 1_000);
  return `${seconds < 0 ? "\u2212" : "+"}${Math.abs(seconds)} s`;
}

/** The states inside the Map, which each workload passes. */
function insideOfMap(): States {
  const { States: states } = loadDefinition() as unknown as { States: Record<string, { ItemProcessor?: States }> };
  const inside = Object.values(states).find(({ ItemProcessor: processor }) => processor !== undefined)?.ItemProcessor;
  if (inside === undefined) throw new Error("The definition has no Map.");
  return inside;
}
