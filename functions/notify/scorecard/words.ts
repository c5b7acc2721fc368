import { shownCluster } from "../../shared/cluster-name.ts";
import { count, duration } from "../../shared/text.ts";
import { ENOUGH, type ClusterScore, type NamespaceScore, type ScorecardDocument, type Tally } from "./document.ts";

/** When a namespace is ready for the next mode. */
export const RULE = `A namespace is ready for approve after ${ENOUGH.approve} decisions that were right, for automatic after ${ENOUGH.automatic} that were carried out here and helped, and none that was wrong.`;

/** What is said of all that was decided and not done. */
export function decisionWords({
  would_have_acted: decided,
  right,
  wrong,
  unknown,
  sooner_seconds: sooner,
}: Tally): string[] {
  if (decided === 0) return [];
  return [
    `It would have acted ${count(decided, "time")}: as far as can be seen, ${right} right, ${wrong} not needed or not wanted, ${unknown} that cannot be told.`,
    ...(sooner === 0 ? [] : [`The right ones would have come ${duration(sooner)} sooner in all.`]),
  ];
}

/** What is said of all that was done. */
export function deedWords({ acted, held, unexplained }: Tally): string[] {
  if (acted === 0) return [];
  return [
    `It acted ${count(acted, "time")}: ${held} held.`,
    ...(unexplained === 0
      ? []
      : [`${count(unexplained, "restart")} made well what nobody has explained yet: a restart mends no cause.`]),
  ];
}

/** How the decisions and deeds in a namespace were, and for which mode it is ready. */
export function namespaceWords({ namespace, right, wrong, unknown, ready_for: ready }: NamespaceScore): string {
  const numbers = `${namespace}: ${right} right, ${wrong} wrong, ${unknown} unknown`;
  return ready === undefined ? numbers : `${numbers}; ready for ${ready}`;
}

/** The title of the message of a week. */
export function scorecardTitle({ clusters, from, to }: ScorecardDocument): string {
  const [only, ...others] = clusters;
  const place =
    only === undefined || others.length > 0
      ? count(clusters.length, "cluster")
      : `cluster ${shownCluster(only.cluster_name)}`;
  return `Scorecard of ${place}, ${from.slice(0, 10)} to ${to.slice(0, 10)}`;
}

/** What the message says: what there is to say of all, then a line for each namespace, then when one is ready. */
export function scorecardSections({
  clusters,
  unread,
  is_cut: isCut,
  omitted_namespaces: omitted,
}: ScorecardDocument): string[] {
  const sum = sumOf(clusters);
  const words = [...decisionWords(sum), ...deedWords(sum)];
  const unseen = clusters.reduce((total, { not_looked_at: number }) => total + number, 0);
  const first = [
    ...(words.length === 0 ? ["Nothing was decided or done in that time."] : words),
    ...(unseen === 0 ? [] : [`${count(unseen, "decision")} could not be compared with what is on the cluster now.`]),
    ...(unread === 0 ? [] : [`${count(unread, "outcome")} of the record cannot be read, and are not counted.`]),
    ...(isCut ? ["There are more outcomes than are looked through: the oldest are not counted."] : []),
  ].join(" ");
  const isOne = clusters.length === 1;
  const lines = clusters.flatMap(({ cluster_name: cluster, namespaces }) =>
    namespaces.map((each) => (isOne ? namespaceWords(each) : `${shownCluster(cluster)}: ${namespaceWords(each)}`)),
  );
  const more = omitted === 0 ? [] : [`and ${count(omitted, "more namespace")}`];
  return lines.length === 0 ? [first] : [first, ...lines, ...more, RULE];
}

/** All clusters together. */
export function sumOf(clusters: readonly ClusterScore[]): Tally {
  const sum = (pick: (tally: Tally) => number) => clusters.reduce((total, each) => total + pick(each), 0);
  return {
    would_have_acted: sum((each) => each.would_have_acted),
    right: sum((each) => each.right),
    wrong: sum((each) => each.wrong),
    unknown: sum((each) => each.unknown),
    sooner_seconds: sum((each) => each.sooner_seconds),
    acted: sum((each) => each.acted),
    held: sum((each) => each.held),
    unexplained: sum((each) => each.unexplained),
  };
}
