import type { ErrorName } from "../functions/shared/errors.ts";
import { retries, type Retry } from "./retries.ts";

/**
 * The states of the workflow, as Amazon States Language has them, and the words in which they are written here.
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
type Payload = Readonly<Record<string, unknown>>;

/**
 * What a task does. Whoever shows a run, counts in it or cleans up after it goes by this, not by the names of states. A
 * remedy and its undo may change the workload; nothing else does.
 */
export type Deed =
  | "detect"
  | "remember storm"
  | "claim"
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

interface Catch {
  ErrorEquals: string[];
  ResultPath?: Path;
  Next: string;
}

/** A test on one field. */
interface Test {
  Variable: Path;
  IsPresent?: boolean;
  StringEquals?: string;
  BooleanEquals?: boolean;
}

/** What a Choice asks for, and where it leads when that is so. */
type Rule = (Test | { And: (Test | { Not: Test })[] }) & { Next: string };

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

export interface MapState {
  Type: "Map";
  Comment?: string;
  ItemsPath: Path;
  MaxConcurrency: number;
  ItemSelector: Payload;
  ItemProcessor: Machine & { ProcessorConfig: { Mode: "INLINE" } };
  ResultPath: Path;
  Catch: Catch[];
  Next: string;
}

export interface Succeed {
  Type: "Succeed";
  Comment?: string;
  OutputPath?: Path;
}

export type Fail = { Type: "Fail" } & ({ Error: string; Cause: string } | { ErrorPath: Path; CausePath: Path });

/** How a task is written; what all tasks have in common is added to it. */
interface TaskWords {
  does: Deed;
  comment?: string;
  /** The function that it calls, by the name of its folder. */
  function: string;
  /** What the function is given; the whole state when nothing is said. */
  parameters?: Payload;
  /** Where the function's answer is kept; it takes the place of the state when nothing is said. */
  result?: Path;
  /** After which errors it is tried again, beside those after which every task is. */
  retry?: readonly ErrorName[];
  onError: ErrorWords;
  /** The next state; without one, the workload's iteration ends here. */
  next?: string;
}

/** Where any error leads that no retry has helped against, and where it is kept; it takes the place of the state otherwise. */
interface ErrorWords {
  keep?: Path;
  next: string;
}

/** The longest that a call may take, in seconds. Longer than a function's own time limit, cold start included. */
const TASK_SECONDS = 60;

/** A call of a function, with the retries of every call, and a way on from every error. */
export function task(words: TaskWords): Task {
  const { does, comment, function: name, parameters, result, retry = [], onError, next } = words;
  return {
    does,
    Type: "Task",
    ...(comment === undefined ? {} : { Comment: comment }),
    Resource: `\${${placeholderOf(name)}}`,
    ...(parameters === undefined ? {} : { Parameters: parameters }),
    TimeoutSeconds: TASK_SECONDS,
    ...(result === undefined ? {} : { ResultPath: result }),
    Retry: retries(retry),
    Catch: caught(onError),
    ...(next === undefined ? { End: true } : { Next: next }),
  };
}

/** Takes every error on to a state. */
export function caught({ keep, next }: ErrorWords): Catch[] {
  return [{ ErrorEquals: ["States.ALL"], ...(keep === undefined ? {} : { ResultPath: keep }), Next: next }];
}

/** A fork: the first rule that holds says where to go on. */
export function choice(rules: Rule[], otherwise: string, comment?: string): Choice {
  return { Type: "Choice", ...(comment === undefined ? {} : { Comment: comment }), Choices: rules, Default: otherwise };
}

/** The rules that go by the words that a field may hold. */
export function byWord(field: Path, routes: Readonly<Record<string, string>>): Rule[] {
  return Object.entries(routes).map(([word, next]) => ({ Variable: field, StringEquals: word, Next: next }));
}

/** A field that may be absent, and holds this word. */
export function presentAs(field: Path, word: string): Test[] {
  return [
    { Variable: field, IsPresent: true },
    { Variable: field, StringEquals: word },
  ];
}

/** A pause of as many seconds as a field says. */
export function wait(seconds: Path, next: string, comment?: string): Wait {
  return { Type: "Wait", ...(comment === undefined ? {} : { Comment: comment }), SecondsPath: seconds, Next: next };
}

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

/** What stands for a function's ARN until the definition is deployed or run: `DetectFunctionArn` for `detect`. */
function placeholderOf(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}FunctionArn`;
}
