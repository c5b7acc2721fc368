/** What one namespace shows of something that may be the matter of many. */
export interface Vote {
  namespace: string;
  /** How much fails in it: workloads, or pods on a node. */
  failing: number;
  /** How many workloads that is. */
  workloads: number;
  /** Whether that is so large a part of it that the namespace counts as hit. */
  isHit: boolean;
  /** Whether that is most of it. */
  isMost: boolean;
}

/** How much has to fail. */
export interface Threshold {
  /** How much, in all namespaces together. */
  least: number;
  /** What share of the namespaces has to be hit. */
  share: number;
}

/** No more namespaces than these are taken for one tenant's. */
const MAX_OF_ONE_TENANT = 5;
/** Where there are few namespaces, one tenant is taken to have this part of them, and one at least. */
const PART_OF_ONE_TENANT = 0.25;
/** What shows in one namespace alone is that one's own matter. */
const MIN_NAMESPACES = 2;
/** What part of what has to fail has to fail without the namespaces that may be one tenant's. */
const PART_OUTSIDE = 0.5;

/**
 * Whether something is the matter of all namespaces, of those that are hit the most, or of none together. Each namespace has
 * one vote, so that no number of objects in a few of them decides for the others: it has to show without the worst of them,
 * as many as one tenant may have. Where there are too few namespaces to leave out that many, it is the matter of those alone
 * most of which fails, and of more than one workload of which.
 * @returns the namespaces, or `everywhere`
 */
export function reachOf(votes: readonly Vote[], threshold: Threshold): "everywhere" | ReadonlySet<string> {
  const failing = votes.reduce((sum, vote) => sum + vote.failing, 0);
  if (failing < threshold.least) return new Set();
  if (showsWithout(MAX_OF_ONE_TENANT, votes, threshold)) return "everywhere";
  const few = Math.max(1, Math.floor(votes.length * PART_OF_ONE_TENANT));
  if (few >= MAX_OF_ONE_TENANT || !showsWithout(few, votes, threshold)) return new Set();
  return new Set(votes.filter(({ isMost, workloads }) => isMost && workloads > 1).map(({ namespace }) => namespace));
}

/** Whether it still shows when so many namespaces are left out, those that are hit the most. */
function showsWithout(number: number, votes: readonly Vote[], { least, share }: Threshold): boolean {
  const hit = votes.filter(({ isHit }) => isHit).sort((a, b) => b.failing - a.failing);
  const outside = hit.slice(number);
  const failing = outside.reduce((sum, vote) => sum + vote.failing, 0);
  return (
    outside.length >= MIN_NAMESPACES &&
    failing >= least * PART_OUTSIDE &&
    outside.length >= share * (votes.length - number)
  );
}
