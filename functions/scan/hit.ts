import type { Policy } from "../shared/policy.ts";
import type { Counted, Extent, Share } from "./extent.ts";
import { reachOf, type Vote } from "./votes.ts";

const NOTHING_KNOWN: Vote = { namespace: "", failing: 0, workloads: 0, isHit: false, isMost: false };

/** What is known of how many workloads fail. */
type Known = Pick<Extent, "failing" | "workloads" | "uncounted" | "atLeast">;

/** How what could not be counted is taken. */
interface Unknown {
  /** Where something fails and not all could be counted, there is no more than what was. */
  asHit: boolean;
}

/**
 * The namespaces that have a storm: each by itself, or several together. What could not be counted speaks against a storm of
 * all, unless it is taken for hit.
 */
export function namespacesHit(
  extent: Known,
  policy: Policy,
  { asHit }: Unknown = { asHit: false },
): "everywhere" | ReadonlySet<string> {
  const { min_workloads, min_share } = policy.storm;
  // Where all that there is waits for something elsewhere, nothing is told from it.
  const taken = asHit ? sharesOfUnknown(extent) : [];
  const shares = [...sharesOf(extent), ...taken].filter(([, { of }]) => of > 0);
  const votes = shares.map(([namespace, share]): Vote => ({
    namespace,
    failing: share.told.failing,
    workloads: share.told.failing,
    isHit: share.failing > 0 && shareOf(share) >= min_share,
    isMost: share.failing * 2 > share.of,
  }));
  const left = Math.max(0, extent.uncounted - taken.length);
  const unknown = Array.from({ length: left }, (): Vote => NOTHING_KNOWN);
  const together = reachOf([...votes, ...unknown], { least: min_workloads, share: min_share });
  if (together === "everywhere") return together;
  const own = shares.filter(([, share]) => share.failing >= min_workloads && shareOf(share) >= min_share);
  return new Set([...together, ...own.map(([name]) => name)]);
}

/**
 * Whether it is known which namespaces have a storm, whatever the workloads of so many more namespaces are, in which none
 * fails; `none` where it is known that none has.
 */
export function isDecided(extent: Known, policy: Policy, more: number): boolean | "none" {
  const outcomes = [false, true].map((asHit) => {
    const [least, most] = [more, 0].map((against) =>
      namespacesHit({ ...extent, uncounted: extent.uncounted + against }, policy, { asHit }),
    );
    return { most, isSame: keyOf(least) === keyOf(most) };
  });
  if (!outcomes.every(({ isSame }) => isSame)) return false;
  return outcomes.every(({ most }) => keyOf(most) === "") ? "none" : true;
}

function keyOf(hit: ReturnType<typeof namespacesHit> | undefined): string {
  return hit === undefined || hit === "everywhere" ? "*" : [...hit].sort().join();
}

/** How many workloads of a namespace fail, of how many, without those that are explained; and with them, as people are told. */
interface NamespaceShare extends Share {
  told: Share;
}

/** The namespaces that have workloads, each with how many of them fail; one that could not be counted is not among them. */
export function sharesOf({ failing, workloads }: Pick<Extent, "failing" | "workloads">): Map<string, NamespaceShare> {
  const failed = Map.groupBy(failing, namespaceOf);
  const shares = [...workloads].map(([name, counted]): [string, NamespaceShare] => {
    return [name, shareIn(failed.get(name) ?? [], counted)];
  });
  return new Map(shares.filter(([, { told }]) => told.of > 0));
}

/** Those in which something fails and that could not be counted, as if there were no more than what was. */
function sharesOfUnknown({ failing, workloads, uncounted, atLeast }: Known): [string, NamespaceShare][] {
  if (uncounted === 0) return [];
  const failed = Map.groupBy(failing, namespaceOf);
  return [...failed].flatMap(([name, here]) =>
    workloads.has(name) ? [] : [[name, shareIn(here, atLeast.get(name) ?? 0)]],
  );
}

function shareIn(here: readonly Counted[], counted: number): NamespaceShare {
  const explained = here.filter(({ isExplained }) => isExplained === true).length;
  // What was made or deleted while the scan went on.
  const all = Math.max(here.length, counted);
  return { failing: here.length - explained, of: all - explained, told: { failing: here.length, of: all } };
}

function namespaceOf({ incident }: Counted): string {
  return incident.workload.namespace;
}

export function shareOf({ failing, of }: Share): number {
  return of === 0 ? 0 : failing / of;
}

export function sum(shares: readonly Share[]): Share {
  const add = (total: Share, { failing, of }: Share) => ({ failing: total.failing + failing, of: total.of + of });
  return shares.reduce(add, { failing: 0, of: 0 });
}
