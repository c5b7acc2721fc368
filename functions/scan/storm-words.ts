import { bounded, count, some } from "../shared/text.ts";
import type { Counted, Extent, Share } from "./extent.ts";

/** How many nodes are told by their names, and how much of a message that many share. */
const MAX_NODES = 3;
const MAX_NAMESPACES = 5;
const MAX_MESSAGE = 160;

/** What is said of a storm of everything that was looked at. */
export function clusterWords(extent: Extent, all: Share): string {
  const { uncounted: unknown, passedOver } = extent;
  const counted = count(extent.workloads.size, "namespace");
  const [where, others] = passedOver === 0 ? ["", ""] : [` in ${counted}`, `, and none in ${passedOver} more`];
  return sentences(
    `${all.failing} of ${all.of} workloads${where} fail at once (${percent(all)})${others}, so nothing was touched.`,
    ...sharedBy(extent, extent.failing),
    all.failing === all.of && unknown + passedOver === 0
      ? "None of the workloads that count is well: that points to something that they share (network, DNS, registry, nodes, a base image), not to each of them."
      : "Look for what they share and the workloads that are well do not.",
  );
}

/** What is said of a storm of some namespaces, while others are looked after. */
export function namespaceWords(extent: Extent, names: readonly string[], all: Share, elsewhere: Share): string {
  const where = namespaces(names);
  const failing = inThem(extent, names);
  const others = extent.passedOver === 0 ? "" : `, and none in ${count(extent.passedOver, "more namespace")}`;
  return sentences(
    `${all.failing} of ${all.of} workloads in ${where} fail at once (${percent(all)}), so nothing was touched there.`,
    ...sharedBy(extent, failing),
    `Elsewhere, ${elsewhere.failing === 0 ? "none" : String(elsewhere.failing)} of ${count(elsewhere.of, "workload")} that ${elsewhere.of === 1 ? "counts" : "count"} ${elsewhere.failing > 1 ? "fail" : "fails"}${others}: look for what these share and those that are well do not.`,
  );
}

/**
 * What is said where it is not known whether it is a storm, because so much could not be counted.
 * @param names the namespaces that would have it; undefined for everything that was looked at
 */
export function unsureWords(extent: Extent, names?: readonly string[]): string {
  const failing = names === undefined ? extent.failing : inThem(extent, names);
  const spaces = [...new Set(failing.map(({ incident }) => incident.workload.namespace))].sort();
  return sentences(
    `${count(failing.length, "workload")} in ${namespaces(spaces)} ${failing.length === 1 ? "fails" : "fail"} at once.`,
    `How many workloads there are in ${count(extent.uncounted, "namespace")} could not be counted, so whether most of them fail is not known, and nothing was touched${names === undefined ? "" : " there"}.`,
    ...sharedBy(extent, failing),
    "The next run counts them again.",
  );
}

/** One node of a storm. */
interface OnNode {
  node: string;
  /** How many of the failing pods are on it. */
  pods: Share;
  /** All nodes of the storm. */
  of: readonly string[];
}

/** What is said of a storm of one node. */
export function nodeWords(extent: Extent, failing: readonly Counted[], { node, pods, of }: OnNode): string {
  const well = wellOn(extent, [node]);
  const all = extent.failing.flatMap((counted) => counted.pods);
  const elsewhere = all.filter((pod) => pod.node === undefined || !of.includes(pod.node)).length;
  const others = `${count(elsewhere, "pod")} ${elsewhere === 1 ? "fails" : "fail"} elsewhere, too`;
  return sentences(
    `${pods.failing} of ${pods.of} failing pods${inNamespaces(extent, failing)}, of ${failing.length} workloads, are on node ${node} (${percent(pods)}).`,
    ...sharedBy(extent, failing),
    well + elsewhere === 0
      ? "That points to the node, not to the workloads, so none of these was touched. Cordon and drain it, or replace it."
      : well === 0
        ? `So none of these was touched. Look at the node; ${others}, so look for what they share before it is drained.`
        : "So none of these was touched. Look at the node, and for what the pods that are well there do not need, before it is drained.",
  );
}

/** The failing workloads of these namespaces. */
function inThem(extent: Extent, names: readonly string[]): Counted[] {
  return extent.failing.filter(({ incident }) => names.includes(incident.workload.namespace));
}

/** What the workloads have in common, as far as the scan knows it. */
function sharedBy(extent: Extent, failing: readonly Counted[]): string[] {
  const pods = failing.flatMap((counted) => counted.pods);
  const nodes = [...new Set(pods.flatMap(({ node }) => node ?? []))].sort();
  const well = wellOn(extent, nodes);
  const images = new Set(pods.map(({ facts }) => facts?.image));
  const [image] = images;
  return [
    ...mostOf(
      failing.map(({ incident }) => incident.failures.map(({ reason }) => reason)),
      (reason) => reason,
    ),
    ...mostOf(
      failing.map(({ incident }) => incident.failures.flatMap(({ message }) => message ?? [])),
      (message) => `“${bounded(message, MAX_MESSAGE)}”`,
    ),
    ...(images.size === 1 && image !== undefined
      ? [`All their failing containers are of image ${bounded(image, 120)}.`]
      : []),
    ...(nodes.length === 0 ? [] : [onNodes(nodes, well)]),
    ...(extent.notCounted === 0 ? [] : [uncounted(extent.notCounted)]),
  ];
}

/** How many pods are well on these nodes, of all that were looked at. */
function wellOn(extent: Extent, nodes: readonly string[]): number {
  const numbers = nodes.flatMap((node) => [...(extent.wellOn.get(node)?.values() ?? [])]);
  return numbers.reduce((sum, number) => sum + number, 0);
}

/** The namespaces of these workloads, where workloads fail in others, too. */
function inNamespaces({ failing: all }: Extent, failing: readonly Counted[]): string {
  const names = [...new Set(failing.map(({ incident }) => incident.workload.namespace))].sort();
  const isAll = all.every(({ incident }) => names.includes(incident.workload.namespace));
  return isAll ? "" : ` in ${namespaces(names)}`;
}

function namespaces(names: readonly string[]): string {
  return `namespace${names.length === 1 ? "" : "s"} ${some(names, MAX_NAMESPACES)}`;
}

/** What at least half of the workloads, and more than one, have in common. */
function mostOf(having: readonly (readonly string[])[], quote: (shared: string) => string): string[] {
  const times = new Map<string, number>();
  for (const each of having) for (const item of new Set(each)) times.set(item, (times.get(item) ?? 0) + 1);
  const [most] = [...times].sort((a, b) => b[1] - a[1]);
  if (most === undefined || most[1] < 2 || most[1] * 2 < having.length) return [];
  const [item, number] = most;
  return [`${number === having.length ? "All" : String(number)} of them show ${quote(item)}.`];
}

function onNodes(nodes: readonly string[], well: number): string {
  const others =
    well === 0 ? "no other pod that was looked at is" : `${count(well, "other pod")} ${well === 1 ? "is" : "are"}`;
  const where = nodes.length === 1 ? "that node" : `those ${nodes.length} nodes`;
  return `Their failing pods are on ${some(nodes, MAX_NODES)}; ${others} well on ${where}.`;
}

function uncounted(number: number): string {
  return `${count(number, "more failing workload")} ${number === 1 ? "does" : "do"} not count: pods without a controller, Jobs, records of ended pods, kinds that are never written to, HPAs, what is kept out by the policy or an annotation, or rollouts whose earlier revision serves.`;
}

function percent({ failing, of }: Share): string {
  return `${Math.round((failing / of) * 100)} %`;
}

function sentences(...parts: string[]): string {
  return parts.join(" ");
}
