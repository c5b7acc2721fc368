import type { Day } from "./day.ts";
import type { Figures } from "./simulate.ts";

const number = new Intl.NumberFormat("en");

/** What the command prints: what was simulated, and what came of it. */
export function figuresText(day: Day, figures: Figures): string {
  return linesOf(day, figures)
    .map(([what, value]) => `${what.padEnd(48)} ${value}\n`)
    .join("");
}

function linesOf(
  day: Day,
  { looks, invocations, starts, assumed, parameterReads, messages, ...rest }: Figures,
): [string, string][] {
  const { clusters, everyMinutes, failures, release, silence } = day;
  const rate = ({ total, most }: Figures["looks"]) =>
    `${number.format(total)}, at most ${number.format(most)} in a second`;
  return [
    ["clusters, looked at each so many minutes", `${number.format(clusters)}, ${everyMinutes}`],
    ["workloads of each that begin to fail", String(failures)],
    ["clusters that a release breaks", `${release.clusters} within ${release.minutes} min`],
    ["clusters that do not answer", `${silence.clusters} for ${silence.minutes} min`],
    ["looks", rate(looks)],
    ["invocations of functions", rate(invocations)],
    ["functions at once", number.format(rest.atOnce)],
    ["environments made", number.format(rest.environments)],
    ["executions started", rate(starts)],
    ["state transitions", number.format(rest.transitions)],
    ["AssumeRole", rate(assumed)],
    ["reads of parameters", rate(parameterReads)],
    ["messages on workloads and runs", rate(messages)],
    ["messages on the fleet", number.format(rest.fleetMessages)],
    [
      "the release is rolled back everywhere after",
      rest.releaseMinutes === undefined ? "not within the day" : `${Math.round(rest.releaseMinutes)} min`,
    ],
  ];
}
