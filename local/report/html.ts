import { escape } from "./escape.ts";
import { byUrgency } from "./order.ts";
import { overview } from "./overview.ts";
import type { Recording } from "./recording.ts";
import { STYLE } from "./style.ts";
import { between } from "./time.ts";
import { workflow } from "./workflow.ts";
import { workloadArticle } from "./workload.ts";
import { pathOf, storiesOf, type WorkloadStory } from "./workload-story.ts";

/** A run as one HTML file that needs nothing beside it. */
export function reportOf(recording: Recording): string {
  const stories = byUrgency(storiesOf(recording));
  const { clusterName, played, began, ended, events } = recording;
  const about = `Remediation run on ${clusterName}`;
  const heading = played?.summary ?? about;
  const above = played === undefined ? "EKS remediation" : `EKS remediation, scenario ${playedAs(played)}`;
  const group = (heading: string, all: readonly WorkloadStory[], belongs: (story: WorkloadStory) => boolean) => {
    const articles = all.flatMap((story, index) => (belongs(story) ? [workloadArticle(story, index, began)] : []));
    return articles.length === 0 ? "" : `<h2>${heading}</h2>\n${articles.join("\n")}`;
  };
  const around = pathOf(events.filter(({ iteration }) => iteration === undefined));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(played === undefined ? about : `${playedAs(played)}: ${heading}`)}</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#workloads">Skip to the workloads</a>
<header>
<p class="above">${escape(above)}</p>
<h1>${escape(heading)}</h1>
<p class="faint">Cluster ${escape(clusterName)}, <time datetime="${began.toISOString()}">${began.toISOString().replace("T", " ").slice(0, 19)} UTC</time>, took ${between(began, ended)}</p>
</header>
<main>
${overview(recording, stories)}
<section id="workloads" aria-label="Workloads" tabindex="-1">
${group("Needs a person", stories, (story) => story.result.needs_person)}
${group("Needs nobody", stories, (story) => !story.result.needs_person)}
</section>
${workflow(stories, around)}
</main>
</body>
</html>
`;
}

function playedAs({ scenario, index }: NonNullable<Recording["played"]>): string {
  return index === 0 ? scenario : `${scenario}, run ${index + 1}`;
}
