import { errorText } from "../../functions/shared/caught-error.ts";
import { OUTCOMES, type Outcome } from "../../functions/run/contracts.ts";
import { count } from "../../functions/shared/text.ts";
import { EXIT } from "../command-line/exit.ts";
import { exitCode, outcomeTable } from "../command-line/summary.ts";
import { breakable, escape } from "./escape.ts";
import { outcome, TONES } from "./outcome.ts";
import type { Recording } from "./recording.ts";
import type { WorkloadStory } from "./workload-story.ts";

/** How the run ended, before anything about single workloads. */
export function overview(recording: Recording, stories: readonly WorkloadStory[]): string {
  return `<section id="overview" aria-labelledby="overview-title">
<h2 id="overview-title">Overview</h2>
${ending(recording)}
${stories.length === 0 ? told(recording) : `${tally(stories)}\n${table(stories)}`}
</section>`;
}

/** What went wrong with the run itself, if something did. */
function ending({ result }: Recording): string {
  switch (result.status) {
    case "failed": {
      const { name, cause } = result.error;
      return `<p class="notice bad"><strong>Failed: ${escape(name)}</strong> ${escape(errorText({ Error: name, Cause: cause }))}</p>`;
    }
    case "aborted":
      return `<p class="notice bad"><strong>Interrupted</strong> before it had ended.</p>`;
    case "succeeded":
      return "";
  }
}

/** How a run ended that looked after no workload: what subscribers were told, or what was found. */
function told({ result, notifications }: Recording): string {
  if (notifications.length > 0) {
    return notifications
      .map(({ document: { outcome: end, summary, found, next_steps } }) => {
        const part = (title: string, lines: readonly string[]) =>
          lines.length === 0 ? "" : `<div class="panel"><h3>${title}</h3>${list(lines)}</div>`;
        return `<p>${outcome(end)} ${escape(summary)}</p>\n<div class="columns">${part("Found", found)}${part("What to do next", next_steps)}</div>`;
      })
      .join("\n");
  }
  if (result.status !== "succeeded") return "";
  const { outcomes } = result.output as { outcomes?: Outcome[] };
  if (outcomes !== undefined) return `<p>${outcomes.map(outcome).join(", ")}</p>`;
  const calm = exitCode(result) === EXIT.nothingToDo;
  return `<p>${calm ? outcome("Healthy") : "What was found:"}</p>\n<pre tabindex="0">${escape(outcomeTable(result.output))}</pre>`;
}

/** How many workloads ended in which way. */
function tally(stories: readonly WorkloadStory[]): string {
  const ends = stories.map(({ result }) => result.outcome);
  const counts = OUTCOMES.map((end) => ({ end, number: ends.filter((each) => each === end).length }));
  const calls = stories.filter(({ result }) => result.needs_person).length;
  return `<ul class="tally" role="list">
${counts
  .filter(({ number }) => number > 0)
  .map(({ end, number }) => `<li class="${TONES[end]}"><strong>${number}</strong> ${end}</li>`)
  .join("\n")}
<li class="${calls > 0 ? "warn" : "calm"}"><strong>${calls}</strong> ${calls === 1 ? "needs" : "need"} a person</li>
</ul>`;
}

function table(stories: readonly WorkloadStory[]): string {
  const titles = ["Workload", "Failure", "Cause", "Remedy", "Outcome", "Needs a person"];
  // The roles stay where a narrow screen shows the cells as blocks, which takes the elements' own away.
  return `<table role="table">
<caption>${count(stories.length, "workload")}, those that need a person first</caption>
<thead role="rowgroup"><tr role="row">${titles.map((title) => `<th scope="col" role="columnheader">${title}</th>`).join("")}</tr></thead>
<tbody role="rowgroup">
${stories.map((story, index) => row(story, index, titles)).join("\n")}
</tbody>
</table>`;
}

function row({ title, failure, result }: WorkloadStory, index: number, titles: readonly string[]): string {
  const { cause, action, outcome: end, reason, needs_person } = result;
  const cells = [
    breakable(failure),
    breakable(cause),
    escape(action),
    `${outcome(end)}${reason === undefined ? "" : ` <span class="faint">${breakable(reason)}</span>`}`,
    needs_person ? `<strong class="warn">yes</strong>` : "no",
  ];
  return (
    `<tr role="row"><th scope="row" role="rowheader"><a href="#workload-${index}">${breakable(title)}</a></th>` +
    `${cells.map((cell, column) => `<td role="cell" data-label="${titles[column + 1] ?? ""}">${cell}</td>`).join("")}</tr>`
  );
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map((line) => `<li>${escape(line)}</li>`).join("")}</ul>`;
}
