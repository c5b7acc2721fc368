import { mapConcurrently } from "../../shared/concurrency.ts";
import { plainClusterName } from "../../shared/cluster-name.ts";
import { TAG, type Admission, type Discovered, type FoundCluster, type Waits } from "../../shared/discovered.ts";
import { bounded, some } from "../../shared/text.ts";

/** A region of an account in which clusters are discovered. */
export interface Place {
  account: string;
  region: string;
  /** The value that the tag has to have. */
  tag: string;
  /** How the ARNs of the hub's roles there begin; a hyphen and a function's name follow. */
  roles: string;
  /** The names of clusters there that the list has itself, or that are the hub's own. */
  listed: ReadonlySet<string>;
}

/** What is asked of the EKS of an account. Each ends with an error where that cannot be known. */
export interface Account {
  names: () => Promise<readonly string[]>;
  /** Undefined where the cluster is gone. */
  tags: (name: string) => Promise<Readonly<Record<string, string>> | undefined>;
  /** Undefined where the cluster is gone. */
  state: (
    name: string,
  ) => Promise<{ hasEndpoint: boolean; takesAccessEntries: boolean; admitted: readonly string[] } | undefined>;
}

/** How many clusters of an account and region are looked after by their tags: five times as many as it may have by default. */
const MOST = 500;
/** How many clusters are asked about at a time: an account's own tools ask the same API. */
const AT_A_TIME = 4;
/** How many names a sentence has. */
const NAMED = 5;

/** The functions whose roles need an access entry, and how the ARNs of these begin. */
interface Needed {
  functions: readonly Admission[];
  roles: string;
}

/** Nothing is known of it as of now. */
interface Unread {
  name: string;
  why: string;
}

/**
 * Looks which clusters of an account and region have the tag, and whether those that are new can be looked at. What cannot be known
 * now is as it was known before, and said: a cluster is not gone because nobody could ask for it.
 * @param before what was known; undefined where nothing was
 * @param functions those that need an access entry
 */
export async function discoverIn(
  { account, region, tag, roles, listed }: Place,
  before: Discovered | undefined,
  eks: Account,
  { functions, now }: { functions: readonly Admission[]; now: Date },
): Promise<Discovered> {
  // What was known by other roles says nothing of whether these are let in.
  const known = before?.roles === roles ? before : undefined;
  const base = { account, region, roles, at: now.toISOString(), told: before?.told ?? [] };
  let names: string[];
  try {
    names = [...new Set(await eks.names())].filter((name) => isUsable(name) && !listed.has(name)).sort();
  } catch (error) {
    const why = whyOf(error);
    return {
      ...base,
      clusters: known?.clusters ?? [],
      left_out: known?.left_out ?? 0,
      failed: failed(before, why, now),
    };
  }
  const wasKnown = new Map(known?.clusters.map((cluster) => [cluster.name, cluster]));
  const asked = await mapConcurrently(names, AT_A_TIME, (name) =>
    look(name, tag, wasKnown.get(name), eks, { functions, roles }),
  );
  const clusters = asked.flatMap(({ cluster }) => cluster ?? []);
  const unread = asked.flatMap(({ unread: each }) => each ?? []);
  const [first] = unread;
  const which = some(
    unread.map(({ name }) => name),
    NAMED,
  );
  return {
    ...base,
    clusters: clusters.slice(0, MOST),
    left_out: Math.max(0, clusters.length - MOST),
    ...(first === undefined ? {} : { failed: failed(before, `${which}: ${first.why}`, now) }),
  };
}

/** What is no name of a cluster would be part of an ARN, and of a command. */
function isUsable(name: string): boolean {
  return plainClusterName.safeParse(name).success;
}

async function look(
  name: string,
  tag: string,
  known: FoundCluster | undefined,
  eks: Account,
  about: Needed,
): Promise<{ cluster?: FoundCluster; unread?: Unread }> {
  try {
    const tags = await eks.tags(name);
    if (tags?.[TAG] !== tag) return {};
    // A function that comes with a new version takes no cluster away: its own errors say what is missing.
    if (known !== undefined && known.waits === undefined) return { cluster: { name } };
    const state = await eks.state(name);
    if (state === undefined) return {};
    const waits = waitsFor(state, about);
    return { cluster: { name, ...(waits === undefined ? {} : { waits }) } };
  } catch (error) {
    return { ...(known === undefined ? {} : { cluster: known }), unread: { name, why: whyOf(error) } };
  }
}

function waitsFor(
  { hasEndpoint, takesAccessEntries, admitted }: NonNullable<Awaited<ReturnType<Account["state"]>>>,
  { functions, roles }: Needed,
): Waits | undefined {
  if (!hasEndpoint) return { for: "endpoint" };
  if (!takesAccessEntries) return { for: "authentication mode" };
  const letIn = new Set(admitted);
  const missing = functions.filter(({ name }) => !letIn.has(`${roles}-${name}`));
  return missing.length === 0 ? undefined : { for: "access entries", functions: missing };
}

function failed(before: Discovered | undefined, why: string, now: Date): NonNullable<Discovered["failed"]> {
  const { times = 0, since = now.toISOString() } = before?.failed ?? {};
  return { why, times: times + 1, since };
}

function whyOf(error: unknown): string {
  return bounded(error instanceof Error ? error.message : String(error), 600);
}
