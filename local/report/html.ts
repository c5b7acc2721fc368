import type { Outcome } from "../../functions/shared/contracts.ts";
import { duration } from "../../functions/shared/text.ts";
import { loadDefinition } from "../engine.ts";
import { drawing } from "./drawing.ts";
import { escape } from "./escape.ts";
import type { States } from "./layout.ts";
import type { Recording } from "./recording.ts";
import { STYLE } from "./style.ts";
import { pathOf, storiesOf, type Moment, type WorkloadStory } from "./workload-story.ts";

/** How each outcome is coloured; the word says the same. */
const TONES: Readonly<Record<Outcome, "good" | "bad" | "calm">> = {
  Healthy: "good",
  Recovered: "good",
  RolledBack: "bad",
  Unresolved: "bad",
  Storm: "bad",
  Skipped: "calm",
  DryRun: "calm",
};

/** A run as one HTML file that needs nothing beside it. */
export function reportOf(recording: Recording): string {
  const stories = storiesOf(recording);
  const { clusterName, title, began, ended } = recording;
  const heading = title ?? `Remediation run on ${clusterName}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(heading)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#workloads">Skip to the workloads</a>
<main>
<h1>${escape(heading)}</h1>
<p class="faint">Cluster ${escape(clusterName)}, <time datetime="${began.toISOString()}">${began.toISOString().replace("T", " ").slice(0, 19)} UTC</time>, ${duration((ended.getTime() - began.getTime()) / 1_000)}</p>
${summary(recording, stories)}
<section id="workloads" aria-label="Workloads">
${stories.map((story, index) => workload(story, index, began)).join("\n")}
</section>
<h2>The run around them</h2>
${figure(loadDefinition(), runPath(recording), "The states of the run")}
</main>
</body>
</html>
`;
}

function summary({ result }: Recording, stories: readonly WorkloadStory[]): string {
  if (result.status === "failed")
    return `<p class="outcome bad">Failed: ${escape(`${result.error.name}: ${result.error.cause}`)}</p>`;
  if (result.status === "aborted") return `<p class="outcome bad">Interrupted</p>`;
  if (stories.length === 0) {
    const { outcomes = [] } = result.output as { outcomes?: Outcome[] };
    return `<p>${outcomes.map(outcome).join(", ")}</p>`;
  }
  const cell = (label: string, content: string) => `<td data-label="${label}">${content}</td>`;
  const rows = stories.map(
    ({ title, result: { cause, action, outcome: end, reason, needs_person } }, index) =>
      `<tr><th scope="row"><a href="#workload-${index}">${escape(title)}</a></th>${cell("Cause", escape(cause))}${cell("Remedy", escape(action))}` +
      `${cell("Outcome", `${outcome(end)}${reason === undefined ? "" : ` (${escape(reason)})`}`)}${cell("Needs a person", needs_person ? "yes" : "no")}</tr>`,
  );
  return `<table>
<thead><tr><th scope="col">Workload</th><th scope="col">Cause</th><th scope="col">Remedy</th><th scope="col">Outcome</th><th scope="col">Needs a person</th></tr></thead>
<tbody>
${rows.join("\n")}
</tbody>
</table>`;
}

function workload(story: WorkloadStory, index: number, began: Date): string {
  const { title, result, document, path, moments } = story;
  const panel = (heading: string, lines: readonly string[]) =>
    lines.length === 0 ? "" : `<div class="panel"><h3>${heading}</h3>${list(lines)}</div>`;
  return `<article id="workload-${index}" aria-labelledby="title-${index}">
<h2 id="title-${index}">${escape(title)}: ${outcome(result.outcome)}</h2>
<p>${escape(document.summary)}</p>
<div class="columns">
${panel("Before", document.found)}
${panel("After", [`Verified: ${document.verified}`, ...document.changed])}
</div>
<div class="columns">
${panel("Evidence", document.evidence)}
${panel("Decision", decision(story))}
${panel("What to do next", document.next_steps)}
</div>
<h3>Timeline</h3>
<ol class="timeline">
${moments.map((moment) => item(moment, began)).join("\n")}
</ol>
<h3>Path through the workflow</h3>
<p class="faint">${path.map(escape).join(" → ")}</p>
${figure(insideOfMap(), path, `The path of ${title} through the workflow`)}
</article>`;
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

function item({ at, state, text }: Moment, began: Date): string {
  const seconds = Math.round((at.getTime() - began.getTime()) / 1_000);
  return `<li><time datetime="${at.toISOString()}">+${seconds} s</time><span><strong>${escape(state)}</strong>: ${escape(text)}</span></li>`;
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${escape(line)}</li>`).join("")}</ul>`;
}

function outcome(end: Outcome): string {
  return `<span class="outcome ${TONES[end]}">${end}</span>`;
}

function figure(definition: States, path: readonly string[], label: string): string {
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escape(label)}">
${drawing(definition, path, label)}
</div>`;
}

/** The states inside the Map, which each workload passes. */
function insideOfMap(): States {
  const { States: states } = loadDefinition() as unknown as { States: Record<string, { ItemProcessor?: States }> };
  const inside = Object.values(states).find(({ ItemProcessor: processor }) => processor !== undefined)?.ItemProcessor;
  if (inside === undefined) throw new Error("The definition has no Map.");
  return inside;
}

function runPath({ events }: Recording): string[] {
  return pathOf(events.filter(({ iteration }) => iteration === undefined));
}
