import type { WorkloadResult } from "../../functions/run/contracts.ts";
import type { BlindSpot } from "../../functions/run/detection.ts";
import type { Lease } from "../../functions/shared/kubernetes/types.ts";
import type { Notification } from "../../functions/notify/notification.ts";
import type { ExecutionResult } from "../../local/engine/engine.ts";
import type { ProxiedRequest } from "./proxy/proxy.ts";
import type { Situation } from "./situations.ts";
import { differences, type Snapshot } from "./snapshot.ts";

/** All that is known of one run when it is over. */
export interface Observation {
  situation: Pick<
    Situation,
    "name" | "outcome" | "writes" | "writesAfterStop" | "mayChange" | "controlled" | "request" | "repeats"
  >;
  namespace: string;
  /** Undefined when it did not end in time. */
  result: ExecutionResult | undefined;
  workloads: WorkloadResult[];
  outcomes: string[];
  unseen: BlindSpot[];
  notifications: Notification[];
  requests: ProxiedRequest[];
  before: Snapshot;
  after: Snapshot;
  /** How the target differs from what a remedy that helped leaves; undefined when it does not. */
  amiss: string | undefined;
  /** Whether an undo was begun: it may write once what the remedy wrote. */
  undoing: boolean;
  claims: Lease[];
  /** The longest that a claim may hold, in seconds. */
  claimSeconds: number;
  /** Whether the function that takes and releases claims was kept from doing so. */
  claimSpoiled?: boolean;
  /**
   * Whether the function that tells people was lost after it had told them: then nobody can know, and they are told the
   * same again.
   */
  retold?: boolean;
  /** Whether somebody has put something else in the place of what was changed, so that nothing is to be seen of that any more. */
  replaced?: boolean;
}

/** The invariants, by a short name, in the words of docs/reliability.md. */
export const INVARIANTS = {
  ends: "The execution ends within its deadline.",
  "one-outcome":
    "Exactly one outcome is reported for the workload, or one failed run; a failing workload is not overlooked in silence.",
  told: "Subscribers are told exactly once, and what they are told is the outcome. Where the function that tells them is lost after it has told them, they are told the same again.",
  claim: "The claim is released; where its release cannot be written, it expires by itself.",
  accounted: "Every change is verified, undone, or named in the report of an Unresolved outcome.",
  "no-repeat": "No remedy is applied twice, and none is undone twice.",
  untouched: "Nothing but the target changes.",
  theirs: "What somebody else changes meanwhile stays as they left it, and is not reported as the remedy's work.",
} as const;
export type Invariant = keyof typeof INVARIANTS;

/** A broken promise. */
export interface Violation {
  invariant: Invariant;
  detail: string;
}

/** Skipped for a reason that passes by itself: a scan that finds it repeats itself, and tells nobody. */
const UNTOLD: readonly string[] = ["ObjectChanged", "DisruptionBudgetExhausted", "RolloutInProgress", "MayPass"].concat(
  "NotFailingAnymore",
  "BeingDeleted",
);

/** What is said of a remedy that was stopped when it had begun, and of which nothing is to be seen. */
const HAD_BEGUN = /Nothing is to be seen of the [\w-]+, which had begun/;
/** What is said of an execution that ended without a word about its workloads. */
const MAY_STAND = /may still be in place/;

/** What a run broke; empty when it kept every promise. */
export function violations(seen: Observation): Violation[] {
  if (seen.result === undefined) return [{ invariant: "ends", detail: "it was still running when its time was over" }];
  return [
    ...ofOutcome(seen),
    ...ofNotifications(seen),
    ...ofClaims(seen),
    ...ofChanges(seen),
    ...ofRepetition(seen),
    ...ofSurroundings(seen),
  ];
}

/** The writes that reached the API server and took effect, as `PATCH deployments`; claims and Events are left out. */
export function effectiveWrites(requests: readonly ProxiedRequest[]): ProxiedRequest[] {
  return requests.filter(
    ({ method, path, query, upstream }) =>
      method !== "GET" &&
      upstream !== undefined &&
      upstream < 300 &&
      !query.includes("dryRun=All") &&
      !["leases", "events", "namespaces"].includes(resourceOf(path)),
  );
}

/** `PATCH deployments`, `POST pods/eviction`. */
export function describeRequest(method: string, path: string): string {
  return `${method} ${resourceOf(path)}`;
}

function resourceOf(path: string): string {
  const parts = path.replace(/^\/apis\/[^/]+\/[^/]+\/|^\/api\/v1\//, "").split("/");
  const [resource = "", , sub] = parts[0] === "namespaces" && parts.length > 2 ? parts.slice(2) : parts;
  return sub === undefined ? resource : `${resource}/${sub}`;
}

function ofOutcome(seen: Observation): Violation[] {
  const { situation, result, workloads, outcomes, unseen, notifications, retold } = seen;
  const broken = (detail: string): Violation[] => [{ invariant: "one-outcome", detail }];
  if (result?.status === "aborted") return broken("the execution was aborted");
  if (result?.status === "failed") {
    const { name, cause } = result.error;
    const told = notifications.filter(({ report }) => report.workload !== undefined);
    return told.length === 0 || retold === true
      ? []
      : broken(`the outcome ${told[0]?.report.outcome ?? ""} was reported, and the run failed with ${name}: ${cause}`);
  }
  if (situation.outcome === "Healthy") {
    return outcomes.join() === "Healthy" ? [] : broken(`a healthy namespace ended with ${outcomes.join()}`);
  }
  if (workloads.length === 0 && unseen.length > 0) return [];
  const output = result?.status === "succeeded" ? JSON.stringify(result.output) : "";
  return workloads.length === 1 ? [] : broken(`${workloads.length} workloads were reported: ${output}`);
}

function ofNotifications(seen: Observation): Violation[] {
  const { situation, result, workloads, retold = false } = seen;
  const broken = (detail: string): Violation[] => [{ invariant: "told", detail }];
  const notifications = retold ? withoutRepetitions(seen.notifications) : seen.notifications;
  const [workload] = workloads;
  const scanned = situation.request === undefined;
  const untold = workload?.outcome === "Skipped" && scanned && UNTOLD.includes(workload.reason ?? "");
  const failed = result?.status === "failed";
  // Whoever was told the outcome and cannot be sure of it is told of the failed run as well.
  const outcomeToldBefore = failed && retold && notifications.some(({ report }) => report.workload !== undefined);
  const due = outcomeToldBefore ? 2 : failed || !(workload === undefined || untold) ? 1 : 0;
  const subjects = notifications.map(({ subject }) => subject).join(" | ");
  if (notifications.length !== due) {
    return broken(`${notifications.length} notifications instead of ${due}: ${subjects || "none"}`);
  }
  const said = notifications[0]?.report.outcome;
  if (workload !== undefined && said !== undefined && said !== workload.outcome) {
    return broken(`the notification says ${said}, the execution's output ${workload.outcome}`);
  }
  return [];
}

/** What a notification tells beside how old it is: one that is told late says so in its words, and advises to look first. */
export function newsOf({ report, document }: Notification): string {
  return JSON.stringify([report.workload, report.outcome, document.done]);
}

function withoutRepetitions(notifications: readonly Notification[]): Notification[] {
  return [...new Map(notifications.map((each) => [each.text, each])).values()];
}

function ofClaims({ claims, claimSeconds, requests, claimSpoiled = false }: Observation): Violation[] {
  const held = claims.filter(({ spec }) => (spec?.holderIdentity ?? "") !== "");
  const spoiled = claimSpoiled || requests.some(({ by, fault }) => by.endsWith("/claim") && fault !== undefined);
  return held.flatMap(({ metadata, spec }): Violation[] => {
    const name = metadata?.name ?? "";
    const seconds = spec?.leaseDurationSeconds ?? Infinity;
    if (seconds > claimSeconds)
      return [{ invariant: "claim", detail: `${name} is held for ${seconds} s instead of at most ${claimSeconds} s` }];
    if (!spoiled)
      return [{ invariant: "claim", detail: `${name} is still held, though nothing kept it from being released` }];
    return [];
  });
}

function ofChanges(seen: Observation): Violation[] {
  const { situation, workloads, notifications, requests, amiss, before, after } = seen;
  const broken = (detail: string): Violation[] => [{ invariant: "accounted", detail }];
  const writes = effectiveWrites(requests).map(({ method, path }) => describeRequest(method, path));
  // A run that failed has no output; what it told is what there is.
  const report = workloads[0] ?? notifications[0]?.report;
  const made = writes.join(", ") || "nothing";
  switch (report?.outcome) {
    case "Recovered":
      if (writes.length === 0) return broken("it says Recovered, and no change reached the API server");
      return amiss === undefined ? [] : broken(`it says Recovered after ${made}, and ${amiss}`);
    case "RolledBack":
      return differences(before, after, situation.controlled ?? {}).map((name): Violation => {
        return { invariant: "accounted", detail: `it says RolledBack, and ${name} is not as before` };
      });
    case "Unresolved": {
      if (writes.length === 0) return [];
      // A run that could not tell its outcome points at the execution's history.
      if (report.cause === "RunFailed" && MAY_STAND.test(report.summary)) return [];
      // What had begun is named where nothing is to be seen of it.
      if (seen.replaced === true && HAD_BEGUN.test(report.summary)) return [];
      const document = notifications[0]?.document;
      const denied = /was not applied|Could not be (claimed|diagnosed)/.exec(report.summary)?.[0];
      if (denied !== undefined)
        return broken(`${made} took effect, and the report says "${denied}": ${report.summary}`);
      if ((document?.done.length ?? 0) === 0) return broken(`${made} took effect, and the report names no change`);
      return report.needs_person ? [] : broken(`${made} took effect unverified, and no person is asked`);
    }
    default:
      return writes.length === 0 || isTakenBack(seen)
        ? []
        : broken(`${made} took effect, and the outcome is ${report?.outcome ?? "none"}`);
  }
}

/** Whether the step that changed something took all of it back itself, so that it has changed nothing. */
function isTakenBack({ situation, requests, workloads, before, after }: Observation): boolean {
  const isPatched = effectiveWrites(requests).every(({ method }) => method === "PATCH");
  const wasSeen = Object.keys(before).length > 0;
  const isAsBefore = differences(before, after, situation.controlled ?? {}).length === 0;
  return workloads[0]?.outcome === "Skipped" && isPatched && wasSeen && isAsBefore;
}

function ofRepetition(seen: Observation): Violation[] {
  const { situation, requests } = seen;
  const undoing = seen.undoing || isTakenBack(seen);
  const counts = new Map<string, number>();
  for (const { method, path } of withoutRepeatedRemovals(effectiveWrites(requests))) {
    const write = describeRequest(method, path);
    counts.set(write, (counts.get(write) ?? 0) + 1);
  }
  return [...counts].flatMap(([write, count]): Violation[] => {
    // A restart cannot be undone; what is patched is patched back.
    const most = (situation.writes[write] ?? 0) * (undoing && write.startsWith("PATCH") ? 2 : 1);
    return count <= most
      ? []
      : [{ invariant: "no-repeat", detail: `${write} took effect ${count} times; at most ${most} expected` }];
  });
}

/** A pod that is going does not go twice: to evict or delete it once more changes nothing. Each has a name of its own. */
function withoutRepeatedRemovals(writes: readonly ProxiedRequest[]): ProxiedRequest[] {
  const removed = new Set<string>();
  return writes.filter(({ method, path }) => {
    if (!path.includes("/pods/")) return true;
    const removal = `${method} ${path}`;
    if (removed.has(removal)) return false;
    removed.add(removal);
    return true;
  });
}

function ofSurroundings({ situation, namespace, requests, before, after }: Observation): Violation[] {
  const changed = differences(before, after, { ...situation.mayChange, ...situation.controlled });
  const outside = effectiveWrites(requests).filter(({ path }) => !path.includes(`/namespaces/${namespace}/`));
  return [
    ...changed.map((name): Violation => ({ invariant: "untouched", detail: `${name} changed beside the remedy` })),
    ...outside.map(({ method, path }): Violation => ({ invariant: "untouched", detail: `${method} ${path}` })),
  ];
}
