import type { ClusterPlace } from "./cluster-name.ts";
import type { Policy } from "./policy.ts";
import { selects, type Entry, type Settings, type Stopped } from "./settings.ts";

/** What is set at run time for one cluster. */
export interface SettingsHere {
  /** What the names of the parameters begin with, by which the command line knows them. */
  path: string;
  /** That everything is stopped. */
  stopped?: Stopped | undefined;
  /** Why they cannot be used: nothing is changed by itself, or for anybody, then. */
  unreadable?: string | undefined;
  /** What is set for this cluster, the first first. */
  entries: readonly Entry[];
}

/** The policy in force: as it is deployed, with what is set at run time. */
export interface PolicyInForce extends Policy {
  /** Undefined where nothing can be set at run time. */
  settings?: SettingsHere | undefined;
}

/** Those of the settings that are for a cluster. */
export function entriesFor({ entries }: Settings, place: ClusterPlace): Entry[] {
  return entries.filter((entry) => selects(entry, place));
}

/** The deployed policy with what is set for a cluster: of two numbers the more careful holds. */
export function narrowed(policy: Policy, settings: SettingsHere | undefined): PolicyInForce {
  if (settings === undefined) return policy;
  const { entries } = settings;
  return {
    ...policy,
    settings,
    limits: { ...policy.limits, ...both(policy.limits, entries, "limits", Math.min) },
    cool_down: { ...policy.cool_down, ...both(policy.cool_down, entries, "cool_down", Math.max) },
    detect: { ...policy.detect, ...both(policy.detect, entries, "detect", Math.max) },
  };
}

type Section = "limits" | "cool_down" | "detect";

/** The numbers of a section that are set, the first entry's of each, against those that are deployed. */
function both(
  deployed: object,
  entries: readonly Entry[],
  section: Section,
  careful: (...numbers: number[]) => number,
): Record<string, number> {
  const set = Object.assign({}, ...entries.map((entry) => entry[section] ?? {}).toReversed()) as Record<string, number>;
  const present = deployed as Record<string, number>;
  return Object.fromEntries(Object.entries(set).map(([name, value]) => [name, careful(value, present[name] ?? value)]));
}
