import { shownCluster } from "../../shared/cluster-name.ts";
import { isOfWorkloads } from "../../shared/signs.ts";
import { count, moment, some } from "../../shared/text.ts";
import type { Alike, FleetDocument } from "./document.ts";

/** How many clusters a line names. */
const NAMED = 20;

/** The title of the message. */
export function fleetTitle({ begun, over, lasting }: FleetDocument): string {
  const [first] = begun;
  if (first !== undefined) return `${count(first.number, "cluster")} fail alike`;
  if (lasting.length > 0) return "Some of what many clusters had in common is over";
  return `Clusters no longer fail alike: ${over[0]?.what ?? ""}`;
}

/** What the message says, what is news first. */
export function fleetLines(document: FleetDocument): string[] {
  const { begun, over, lasting, seen } = document;
  return [
    ...begun.flatMap((alike) => beginning(alike, document)),
    ...over.map(ending),
    ...lasting.map(({ what, number }) => `It lasts that ${what}: in ${count(number, "cluster")}.`),
    ...(begun.length === 0
      ? []
      : [
          `${count(seen, "cluster")} were looked at within the last hour. Look for what these share and the others do not: a release, an image, a registry, a network, an add-on.`,
          "Each cluster is looked after as before. Of what waits for this, people are told where it has failed for long (report_after_seconds), and of all else as ever.",
        ]),
  ];
}

function beginning({ what, number, clusters, sign, let_on: letOn }: Alike, { hold, seen }: FleetDocument): string[] {
  const shown = clusters.slice(0, NAMED).map(shownCluster).join(", ");
  const which = number > NAMED ? `${shown} and ${number - NAMED} more` : shown;
  const alike = `In ${number} of ${count(seen, "cluster")}, ${what}: ${which}.`;
  if (!hold || !isOfWorkloads(sign)) return [alike];
  const where = letOn.length === 0 ? "in none of them" : `only in ${some(letOn.map(shownCluster), NAMED)}`;
  return [
    alike,
    `While that lasts, a remedy for it that nobody asked for or approved begins ${where}, and in more of them as it turns out well (fleet.hold).`,
  ];
}

function ending({ what, since, number, mended }: Alike): string {
  const left = number === 0 ? "in none" : `in ${number}`;
  return `It is over that ${what} in so many clusters, which began ${moment(new Date(since))}: it is known to be well in ${mended}, and lasts, or nothing newer is known, ${left}.`;
}
