import { hasEffectBefore, isAt, pointsOf, type Call, type Interruption, type Moment, type Point } from "./calls.ts";

/** Errors with which a state learns that its function ended without an answer. */
export const CRASH_ERRORS = {
  "Lambda.TooManyRequestsException": "throttled: the function is not started",
  "Lambda.ServiceException": "Lambda fails",
  "Lambda.Unknown": "the function's process ends, and Lambda cannot say why",
  "Runtime.ExitError": "the function's process ends, and Lambda says so",
  "Sandbox.Timedout": "the function runs out of its time",
  "States.Timeout": "the state runs out of its time",
} as const;
export type CrashName = keyof typeof CRASH_ERRORS;

/** These mean that the function never ran. */
const NOT_STARTED: readonly CrashName[] = ["Lambda.TooManyRequestsException", "Lambda.ServiceException"];

/** What happens to one call of a function. */
export type CrashTrial = { point: Point } & (
  | { kind: "once"; name: CrashName }
  /** Every call by that state from this one on ends so. */
  | { kind: "always"; name: CrashName }
  /** It is given up while it runs, called again, and goes on when the second call is done. */
  | { kind: "straggler" }
);

/** Every way in which each call of a clean run is spoiled. */
export function crashTrials(calls: readonly Call[]): CrashTrial[] {
  return calls.flatMap((call) => pointsOf(call).flatMap((point) => trialsAt(point, call)));
}

function trialsAt(point: Point, call: Call): CrashTrial[] {
  const names = Object.keys(CRASH_ERRORS) as CrashName[];
  if (point.after === 0) return [...once(point, names), { kind: "always", name: "Lambda.Unknown", point }];
  const next = call.operations[point.after];
  const possible = names.filter((name) => !NOT_STARTED.includes(name));
  // Where it has only read, the world is as before its call.
  if (!hasEffectBefore(point, call)) return once(point, ["Lambda.Unknown"]);
  if (next === undefined) return [...once(point, possible), { kind: "always", name: "Sandbox.Timedout", point }];
  return [...once(point, ["Sandbox.Timedout"]), { kind: "always", name: "Lambda.Unknown", point }];
}

/** One call for each effect, held right before that. */
export function stragglerTrials(calls: readonly Call[]): CrashTrial[] {
  return calls.flatMap(({ state, call, operations }) =>
    operations.flatMap(({ kind }, after): CrashTrial[] =>
      kind === "read" ? [] : [{ kind: "straggler", point: { state, call, after } }],
    ),
  );
}

function once(point: Point, names: readonly CrashName[]): CrashTrial[] {
  return names.map((name) => ({ kind: "once", name, point }));
}

/** Carries a trial out. A call that is to fail always fails at its answer when it has less to do than the first. */
export function interruptionFor(trial: CrashTrial, reached: () => void): Interruption {
  const { point } = trial;
  let done = false;
  return (moment) => {
    const due = trial.kind === "always" ? isDueAlways(point, moment) : !done && isAt(point, moment);
    if (!due) return undefined;
    done = true;
    reached();
    return trial.kind === "straggler" ? moment.straggle() : moment.die(trial.name);
  };
}

function isDueAlways(point: Point, { state, call, after, next }: Moment): boolean {
  return state === point.state && call >= point.call && (after >= point.after || next === undefined);
}
