import type { ErrorName } from "../functions/shared/errors.ts";
import type { Catch, Choice, Deed, Path, Payload, Rule, Task, Test, Wait } from "./asl.ts";
import { placeholderOf } from "./placeholder.ts";
import { retries, type Tries } from "./retries.ts";

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
  /** After which errors it is tried once more, and not as often as every task is. */
  retryOnce?: Tries["once"];
  /** Where it leads when the step finds its execution redriven. */
  onRedrive?: string;
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
  const { does, comment, function: name, parameters, result, retry, retryOnce, onRedrive, onError, next } = words;
  return {
    does,
    Type: "Task",
    ...(comment === undefined ? {} : { Comment: comment }),
    Resource: `\${${placeholderOf(name)}}`,
    ...(parameters === undefined ? {} : { Parameters: parameters }),
    TimeoutSeconds: TASK_SECONDS,
    ...(result === undefined ? {} : { ResultPath: result }),
    Retry: retries({ own: retry, once: retryOnce }),
    Catch: [...(onRedrive === undefined ? [] : [redriven(onRedrive)]), ...caught(onError)],
    ...(next === undefined ? { End: true } : { Next: next }),
  };
}

/** Takes every error on to a state. */
export function caught({ keep, next }: ErrorWords): Catch[] {
  return [{ ErrorEquals: ["States.ALL"], ...(keep === undefined ? {} : { ResultPath: keep }), Next: next }];
}

/** Takes the one error on that says that the execution was redriven: what the state holds stays as it was. */
function redriven(next: string): Catch {
  return { ErrorEquals: ["ExecutionRedriven" satisfies ErrorName], ResultPath: "$.redriven", Next: next };
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
