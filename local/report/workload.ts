import type { NotificationDocument } from "../../functions/notify/notification.ts";
import { replicaChart } from "./chart.ts";
import { breakable, escape } from "./escape.ts";
import { outcome } from "./outcome.ts";
import { clock, timeElement } from "./time.ts";
import { pathInWords } from "./workflow.ts";
import type { Moment, WorkloadStory } from "./workload-story.ts";

/** Everything about one workload, folded under a line that says how it ended; open where a person is needed. */
export function workloadArticle(story: WorkloadStory, index: number, began: Date): string {
  const { title, failure, result, document, path, moments, samples, ended } = story;
  const facts = [
    ["Failure", breakable(failure)],
    ["Cause", breakable(result.cause)],
    ["Remedy", escape(result.action)],
    ["Outcome", `${outcome(result.outcome)}${result.reason === undefined ? "" : ` ${breakable(result.reason)}`}`],
  ];
  const changes = moments.filter(({ kind }) => kind === "remedy").map(({ at }) => at);
  return `<details class="workload"${result.needs_person ? " open" : ""}>
<summary><h3 id="title-${index}">${breakable(title)}</h3> ${outcome(result.outcome)}${replicasNow(story)}</summary>
<article id="workload-${index}" aria-labelledby="title-${index}" tabindex="-1">
<p class="summary">${escape(withoutSteps(document))}</p>
<div class="columns">
${panel("What to do next", document.next_steps, commands(document.commands))}
<div>
${replicaChart({ samples, began, ended, changes })}
${panel("Evidence", document.evidence)}
</div>
</div>
<details class="more">
<summary>Decision, before and after, and the timeline until ${clock(ended, began)}</summary>
<dl class="facts">${facts.map(([name, value]) => `<div><dt>${name ?? ""}</dt><dd>${value ?? ""}</dd></div>`).join("")}</dl>
<div class="columns">
${panel("Decision", decision(story))}
${panel("Before", document.found)}
${panel("After", [`Verified: ${document.verified}`, ...document.changed])}
</div>
<h4>Timeline</h4>
<ol class="timeline" role="list">
${moments.map((moment) => item(moment, began)).join("\n")}
</ol>
<h4>Path through the workflow</h4>
${pathInWords(path)}
<p><a class="up" href="#overview">Back to the overview</a></p>
</details>
</article>
</details>`;
}

/** What there is to say in short, without what stands under "What to do next". */
function withoutSteps({ summary, next_steps }: NotificationDocument): string {
  const rest = next_steps.reduce((text, step) => text.replace(step, () => ""), summary).trim();
  return rest === "" ? summary : rest;
}

/** How many replicas were ready when they were last read. */
function replicasNow({ samples }: WorkloadStory): string {
  const last = samples.at(-1);
  return last === undefined ? "" : ` <span class="faint">${last.ready} of ${last.wanted} ready</span>`;
}

function panel(heading: string, lines: readonly string[], after = ""): string {
  if (lines.length === 0 && after === "") return "";
  return `<div class="panel"><h4>${heading}</h4><ul>${lines.map((line) => `<li>${escape(line)}</li>`).join("")}</ul>${after}</div>`;
}

/** Commands that show more, in a box that scrolls: one that is broken into lines cannot be copied. */
function commands(lines: readonly string[]): string {
  if (lines.length === 0) return "";
  return `<pre tabindex="0" role="group" aria-label="Commands">${lines.map(escape).join("\n")}</pre>`;
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
  return `<li class="${kind}">${timeElement(at, began)}<span><strong>${escape(title)}</strong>: ${escape(text)}</span></li>`;
}
