import type { Retry } from "./retries.ts";

/**
 * A state as Amazon States Language has it, as far as the workflow uses it.
 * Source: https://states-language.net/spec.html
 */
export type State = Task | Choice | Wait | Pass | MapState | Succeed | Fail;
export type States = Readonly<Record<string, State>>;

export interface Machine {
  StartAt: string;
  States: States;
}

/** A JSONPath into the state: `$.claim`. */
export type Path = `$.${string}`;
/** Where a state leads: to another one, or to an end. */
type Onward = { Next: string } | { End: true };
export type Payload = Readonly<Record<string, unknown>>;

/**
 * What a task does. Whoever shows a run, counts in it or cleans up after it goes by this, not by the names of states. A
 * remedy and its undo may change the workload; nothing else does.
 */
export type Deed =
  | "detect"
  | "remember storm"
  | "claim"
  | "take up claim"
  | "diagnose"
  | "remedy"
  | "look what was done"
  | "verify"
  | "undo"
  | "verify undo"
  | "report"
  | "release"
  | "report failed run";

export type Task = {
  /** For this project alone: it is not in the definition. */
  does: Deed;
  Type: "Task";
  Comment?: string;
  Resource: string;
  Parameters?: Payload;
  TimeoutSeconds: number;
  ResultPath?: Path;
  Retry: Retry[];
  Catch: Catch[];
} & Onward;

export interface Catch {
  ErrorEquals: string[];
  ResultPath?: Path;
  Next: string;
}

/** A test on one field. */
export interface Test {
  Variable: Path;
  IsPresent?: boolean;
  StringEquals?: string;
  BooleanEquals?: boolean;
  NumericEqualsPath?: Path;
}

/** What a Choice asks for, and where it leads when that is so. */
export type Rule = (Test | { And: (Test | { Not: Test })[] }) & { Next: string };

export interface Choice {
  Type: "Choice";
  Comment?: string;
  Choices: Rule[];
  Default: string;
}

export interface Wait {
  Type: "Wait";
  Comment?: string;
  SecondsPath: Path;
  Next: string;
}

export type Pass = {
  Type: "Pass";
  Comment?: string;
  Parameters: Payload;
  ResultPath?: Path;
  OutputPath?: Path;
} & Onward;

/** A Map that begins an execution of its own for each item. */
export interface MapState {
  Type: "Map";
  Comment?: string;
  /** Part of the names of what it begins, at most 40 letters and digits. */
  Label: string;
  ItemsPath: Path;
  MaxConcurrency: number;
  ToleratedFailurePercentage: number;
  ItemSelector: Payload;
  ItemProcessor: Machine & { ProcessorConfig: { Mode: "DISTRIBUTED"; ExecutionType: "STANDARD" } };
  ResultPath: Path;
  Catch: Catch[];
  Next: string;
}

export interface Succeed {
  Type: "Succeed";
  Comment?: string;
  OutputPath?: Path;
}

export type Fail = { Type: "Fail"; Comment?: string } & ({ Error: string } | { ErrorPath: Path }) &
  ({ Cause: string } | { CausePath: Path });

/** A machine as Step Functions reads it. */
export function definitionOf(machine: Machine): object {
  const states = Object.entries(machine.States).map(([name, state]) => [name, definitionOfState(state)] as const);
  return { ...machine, States: Object.fromEntries(states) };
}

function definitionOfState(state: State): object {
  if (state.Type === "Map") return { ...state, ItemProcessor: definitionOf(state.ItemProcessor) };
  if (state.Type !== "Task") return state;
  const { does: _does, ...task } = state;
  return task;
}
