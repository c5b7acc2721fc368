import { REMEDIES } from "../functions/remedies/contracts.ts";
import type { RemedyEntry } from "../functions/remedies/entry.ts";
import type { Policy } from "../functions/shared/policy.ts";
import { MAX_TRIES, claimSeconds, pauseAfter, undoInterval } from "../functions/run/pauses.ts";
import type { Deed, Machine, Rule, State } from "../statemachines/asl.ts";
import { RUN_SECONDS, WORKLOADS_AT_ONCE } from "../statemachines/remediation.ts";
import { WORKLOAD } from "../statemachines/workload.ts";

/** What Step Functions allows for the history of an execution, in events. Source: its quotas, "Maximum execution history size" */
export const MAX_HISTORY = 25_000;

/** The part of it that the longest path may take: every call on it may be tried four times, and it still fits. */
const LONGEST_PATH = MAX_HISTORY / 2;

/** The states of remedies through tools: each is passed in the place of that of a plain one. */
const INSTEAD: ReadonlySet<string> = new Set(
  REMEDIES.flatMap((entry: RemedyEntry) =>
    entry.insteadOf === undefined
      ? []
      : [entry.apply.name, ...(typeof entry.undo === "string" ? [] : [entry.undo.name])],
  ),
);

/** How long a workload may take beside its claim, in seconds: until it has one, and while its outcome is told. */
const BESIDE_CLAIM_SECONDS = 300;

/** How often, at most, one workload passes through what is done again. */
interface Turns {
  /** Looks at a remedy. */
  looks: number;
  /** Remedies, and the further parts of one. */
  remedies: number;
  /** Looks at an undo. */
  undoLooks: number;
}

/**
 * How many events the longest possible path of one workload's execution is, every call succeeding at once, and nobody stopping
 * and redriving it.
 *
 * - ExecutionStarted and ExecutionSucceeded
 * - …StateEntered and …StateExited for each state
 * - LambdaFunctionScheduled, …Started and …Succeeded for each call
 *
 * Source: the HistoryEvent types of the Step Functions API
 * @param machine the workload's states; those of the workflow by default
 * @throws Error where a state can be passed again and again, and nothing here says how often
 */
export function longestHistory(policy: Policy, machine: Machine = WORKLOAD): number {
  const turns = turnsOf(policy);
  const events = Object.entries(machine.States)
    .filter(([name]) => !INSTEAD.has(name))
    .map(([name, state]) => (state.Type === "Task" ? 5 : 2) * visits(machine, name, turns));
  return events.reduce((sum, each) => sum + each, 2);
}

/** How long a run may take in which no workload recovers, in seconds. */
export function longestRun(policy: Policy): number {
  const waves = Math.ceil(policy.max_incidents / WORKLOADS_AT_ONCE);
  return waves * (claimSeconds(policy) + BESIDE_CLAIM_SECONDS);
}

/** Why a policy asks for more than an execution may hold or last, with what would help; undefined for one that fits. */
export function misfit(policy: Policy): string | undefined {
  const events = longestHistory(policy);
  if (events > LONGEST_PATH) {
    return `verify: one workload may need ${events} events, and the history of its execution has room for ${LONGEST_PATH} and for what is tried again; make interval_seconds longer, or deadline_seconds, soak_seconds or undo_deadline_seconds shorter`;
  }
  const seconds = longestRun(policy);
  if (seconds > RUN_SECONDS) {
    return `max_incidents: ${policy.max_incidents} workloads, ${WORKLOADS_AT_ONCE} at a time for up to ${claimSeconds(policy)} s, may need ${seconds} s, and a run may take ${RUN_SECONDS} s; make max_incidents smaller, or verify.deadline_seconds or verify.soak_seconds shorter`;
  }
  return undefined;
}

function turnsOf(policy: Policy): Turns {
  const { undo_deadline_seconds } = policy.verify;
  // Each part of a restart takes a pod at least.
  const parts = policy.restart.max_pods;
  return {
    remedies: parts + MAX_TRIES,
    looks: mostLooks(policy, parts),
    undoLooks: Math.ceil(undo_deadline_seconds / undoInterval(policy)) + 1,
  };
}

/**
 * As many looks as fit into the time of a claim. After a look at a workload that is well comes another when the soak is over,
 * and every part of a remedy begins with short pauses again.
 */
function mostLooks(policy: Policy, parts: number): number {
  const { soak_seconds: soak } = policy.verify;
  let left = claimSeconds(policy);
  let all = 0;
  for (let looks = 1; left > 0; looks++) {
    const pause = pauseAfter(looks, policy);
    const onAverage = Math.max(1, Math.min(pause, (pause + soak) / 2));
    const fitting = Math.ceil(left / onAverage);
    const isLongest = pause === pauseAfter(looks + 1, policy);
    const taken = isLongest ? fitting : Math.min(fitting, 2 * (parts + MAX_TRIES));
    all += taken;
    left -= taken * onAverage;
  }
  return all;
}

/** How often a state may be entered. */
function visits(machine: Machine, name: string, { looks, remedies, undoLooks }: Turns): number {
  if (!reaches(machine, name, name)) return 1;
  const [remedy, verify, verifyUndo] = (["remedy", "verify", "verify undo"] as const).map((deed) =>
    namesOf(machine, deed),
  );
  const turns = [
    isOnLoop(machine, name, verify, remedy) ? looks : 0,
    isOnLoop(machine, name, remedy, []) ? remedies : 0,
    isOnLoop(machine, name, verifyUndo, []) ? undoLooks : 0,
  ];
  const most = Math.max(...turns);
  if (most === 0) throw new Error(`How often "${name}" is passed is not known.`);
  return most;
}

function namesOf({ States: states }: Machine, deed: Deed): string[] {
  return Object.keys(states).filter((name) => isOf(states[name], deed));
}

/** Whether a state lies on a way from one of these back to itself that passes none of those. */
function isOnLoop(
  machine: Machine,
  name: string,
  through: readonly string[] = [],
  without: readonly string[] = [],
): boolean {
  return through.some((start) => {
    const there = start === name || reaches(machine, start, name, without);
    return there && reaches(machine, name, start, without);
  });
}

/** Whether a way leads from a state to another one, or back to itself. */
function reaches(machine: Machine, from: string, to: string, without: readonly string[] = []): boolean {
  const seen = new Set<string>();
  const open = nextOf(machine, from);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (name === to) return true;
    if (seen.has(name) || without.includes(name)) continue;
    seen.add(name);
    open.push(...nextOf(machine, name));
  }
  return false;
}

/** Where a state leads, but for the ways of an execution that was redriven: those are gone once for each redrive. */
function nextOf({ States: states }: Machine, name: string): string[] {
  const state = states[name];
  if (state === undefined) return [];
  const next = "Next" in state ? [state.Next] : [];
  const chosen = state.Type === "Choice" ? [...state.Choices.filter(isUsual), { Next: state.Default }] : [];
  const caught = "Catch" in state ? state.Catch : [];
  const all = [...next, ...[...chosen, ...caught].map((rule) => rule.Next)];
  return all.filter((to) => !isOf(states[to], "take up claim"));
}

/** An undo that was not begun is one that its execution was stopped before. */
function isUsual(rule: Rule): boolean {
  return !("StringEquals" in rule && rule.StringEquals === "not_begun");
}

function isOf(state: State | undefined, deed: Deed): boolean {
  return state?.Type === "Task" && state.does === deed;
}
