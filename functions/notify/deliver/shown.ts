import { describeWorkload } from "../../kinds/workloads.ts";
import { shownCluster } from "../../shared/cluster-name.ts";
import { bounded } from "../../shared/text.ts";
import { discoveryLines, discoveryTitle } from "../discovery/words.ts";
import { fleetLines, fleetTitle } from "../fleet/words.ts";
import type { NotificationDocument } from "../notification.ts";
import { scorecardSections, scorecardTitle } from "../scorecard/words.ts";
import { sectionsOf, type Heading } from "../sections.ts";
import { unlinked } from "../unlinked.ts";
import type { Alarm, Told } from "./told.ts";

/** What a message in chat is made of. All of it may hold what containers and objects say, but the links: these are the workflow's own. */
export interface Shown {
  title: string;
  what: string;
  sections: readonly { heading: string; lines: readonly string[] }[];
  links: readonly { text: string; url: string }[];
}

/** What is left out in chat: it stands in the e-mail, in the record and behind the link. */
const LEFT_OUT: readonly Heading[] = ["Changed", "Found", "Not done"];
/** How much of a section is shown, the whole of it first. */
const SHORTER = [
  { lines: 20, characters: 600 },
  { lines: 5, characters: 300 },
  { lines: 2, characters: 150 },
] as const;

/** What is shown of what the topic carried. */
export function shownOf(told: Told): Shown {
  switch (told.is) {
    case "outcome":
      return ofOutcome(told.document);
    case "scorecard": {
      const [what = "", ...rest] = scorecardSections(told.document);
      const sections = rest.length === 0 ? [] : [{ heading: "Namespaces", lines: rest }];
      return { title: scorecardTitle(told.document), what, sections, links: [] };
    }
    case "fleet": {
      const [what = "", ...rest] = fleetLines(told.document);
      const sections = rest.length === 0 ? [] : [{ heading: "More", lines: rest }];
      return { title: fleetTitle(told.document), what, sections, links: [] };
    }
    case "discovery": {
      const [what = "", ...rest] = discoveryLines(told.document);
      const sections = rest.length === 0 ? [] : [{ heading: "More", lines: rest }];
      return { title: discoveryTitle(told.document), what, sections, links: [] };
    }
    case "alarm":
      return ofAlarm(told.alarm);
  }
}

function ofOutcome(document: NotificationDocument): Shown {
  const { workload, proposal, execution, cluster_name: cluster } = document;
  const about = workload === undefined ? "" : `: ${describeWorkload(workload)}`;
  const link = proposal?.url;
  return {
    // Where there are no threads, what was told of one workload is found by its name and the cluster's.
    title: `${document.headline}${about} on cluster ${shownCluster(cluster)}`,
    what: document.what,
    sections: sectionsOf(document)
      .filter(({ heading }) => !LEFT_OUT.includes(heading))
      .map(({ heading, lines }) => ({
        heading,
        lines: link === undefined ? lines : lines.filter((line) => !line.includes(link)),
      }))
      .filter(({ lines }) => lines.length > 0),
    links: [
      ...(link === undefined || proposal === undefined
        ? []
        : [{ text: `Approve or decline it until ${proposal.valid_until}`, url: link }]),
      ...(execution.console_url === undefined ? [] : [{ text: "The execution", url: execution.console_url }]),
    ].filter(({ url }) => isPlain(url)),
  };
}

function ofAlarm({ AlarmName: name, AlarmDescription: description, ...alarm }: Alarm): Shown {
  const state = { ALARM: "is raised", OK: "is over", INSUFFICIENT_DATA: "has no data" }[alarm.NewStateValue];
  return {
    title: `Alarm ${name} ${state}`,
    what: description ?? "",
    sections: alarm.NewStateReason === "" ? [] : [{ heading: "Why", lines: [alarm.NewStateReason] }],
    links: [],
  };
}

/** Whether an address can stand in any form without ending what it stands in. */
export function isPlain(url: string): boolean {
  return /^https:\/\/[\w.~:/?#@!$&'*+,;=%-]+$/.test(url);
}

/** One line of text that no client makes a link of. */
export function shownLine(text: string, limit: number): string {
  return bounded(unlinked(bounded(text, limit)), limit);
}

/** A form of what is shown that is as large as may be, with less of each section where it is not. */
export function fitting<Form>(shown: Shown, make: (shown: Shown) => Form, isSmall: (form: Form) => boolean): Form {
  for (const { lines: most, characters } of SHORTER) {
    const form = make({ ...shown, sections: shown.sections.map((each) => shortened(each, most, characters)) });
    if (isSmall(form)) return form;
  }
  return make({ ...shown, sections: [] });
}

function shortened({ heading, lines }: Shown["sections"][number], most: number, characters: number) {
  const kept = lines.slice(0, most).map((line) => bounded(line, characters));
  const more = lines.length - kept.length;
  return { heading, lines: more === 0 ? kept : [...kept, `and ${more} more`] };
}
