import type { HistoryEntry } from "../../functions/run/contracts.ts";
import { HISTORY_ANNOTATION, newLease } from "../../functions/run/lease.ts";
import { asking, type Asks } from "../../functions/run/places.ts";
import type { Lease } from "../../functions/shared/kubernetes/types.ts";
import type { WorkloadRef } from "../../functions/shared/refs.ts";
import { ago, NOW } from "./objects.ts";

/** The workload that claims of these tests are about. */
export function workload(name: string, namespace = "shop"): WorkloadRef {
  return { kind: "Deployment", namespace, name };
}

/** An entry of a history: by default a rollback that helped, ten minutes ago. */
export function entry(overrides: Partial<HistoryEntry> & { seconds?: number } = {}): HistoryEntry {
  const { seconds = 600, ...rest } = overrides;
  return {
    at: new Date(ago(seconds)).toISOString(),
    execution: "earlier",
    cause: "CrashLoopAfterRollout",
    action: "rollback",
    outcome: "Recovered",
    applied: true,
    template: "t1",
    ...rest,
  };
}

/** A remedy that an execution has begun and not ended. */
export function underWay(execution = "run-2", overrides: Partial<HistoryEntry> = {}): HistoryEntry {
  return entry({ seconds: 60, execution, outcome: "Unfinished", ...overrides });
}

/** A claim, with the newest of its history first. */
export function claim(
  of: WorkloadRef,
  options: {
    holder?: string;
    history?: HistoryEntry[];
    asks?: Partial<Asks>;
    version?: string;
    annotations?: Record<string, string>;
    /** For how many seconds it was taken, a minute ago. */
    seconds?: number;
  } = {},
): Lease {
  const { holder = "", history = [], asks, version = "100", annotations = {}, seconds = 2_580 } = options;
  const made = newLease(of, holder, seconds, new Date(NOW.getTime() - 60_000));
  const asked = { execution: holder, cause: "CrashLoopAfterRollout", action: "rollback", ...asks };
  const { metadata, ...lease } = asks === undefined ? made : asking(made, asked);
  const all = { ...metadata?.annotations, [HISTORY_ANNOTATION]: JSON.stringify(history), ...annotations };
  return { ...lease, metadata: { ...metadata, resourceVersion: version, annotations: all } };
}

/** The claim of a workload whose remedy is under way. */
export function busy(name: string, namespace = "shop", overrides: Partial<HistoryEntry> = {}): Lease {
  return claim(workload(name, namespace), { holder: "run-2", history: [underWay("run-2", overrides)] });
}
