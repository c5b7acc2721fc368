import { wrapped } from "../live/columns.ts";
import type { Recording } from "../report/recording.ts";
import { storiesOf } from "../report/workload-story.ts";
import { EXIT } from "./exit.ts";
import { exitCode, isDetection } from "./summary.ts";

/** What is left to do about one workload, or about a run that looked after none. */
interface Task {
  /** What it is about: `Deployment shop/web`. */
  title: string;
  needsPerson: boolean;
  summary: string;
  steps: readonly string[];
  commands: readonly string[];
}

export interface NextOptions {
  /** How a person talks to that cluster: `kubectl --context staging`; undefined for a cluster that is gone by then. */
  kubectl?: string | undefined;
  /** How wide the lines may be. */
  width: number;
}

/** What a run leaves for people to do, in lines: what needs a person first, with commands that show more. */
export function whatNext(recording: Recording, { kubectl, width }: NextOptions): string[] {
  const { result } = recording;
  if (result.status !== "succeeded" || isDetection(result.output)) return [];
  const tasks = tasksOf(recording);
  const urgent = tasks.filter(({ needsPerson }) => needsPerson);
  const later = tasks.filter(({ needsPerson, steps }) => !needsPerson && steps.length > 0);
  const nothing = urgent.length === 0 && exitCode(result) === EXIT.nothingToDo;
  return [
    ...(nothing ? ["Nothing needs a person."] : []),
    ...(urgent.length === 0 ? [] : [`Needs a person (${urgent.length}):`]),
    ...urgent.flatMap(({ title, summary, steps, commands }) => [
      ...indented(`${title}: ${summary}`, 2, width),
      ...steps.flatMap((step) => indented(step, 4, width)),
      // A command that is broken into lines cannot be copied.
      ...runnable(commands, kubectl).map((command) => `    $ ${command}`),
    ]),
    ...(later.length === 0 ? [] : ["When there is time (evidence and commands are in the report):"]),
    ...alike(later).flatMap(({ titles, step }) => indented(`${titles}: ${step}`, 2, width)),
  ];
}

/** What is the same to do about several of them, once. */
function alike(tasks: readonly Task[]): { titles: string; step: string }[] {
  const byStep = Map.groupBy(tasks, ({ steps }) => steps.join(" "));
  return [...byStep].map(([step, those]) => ({ titles: those.map(({ title }) => title).join(", "), step }));
}

function tasksOf(recording: Recording): Task[] {
  const stories = storiesOf(recording).map(({ title, result, document }) => ({ title, result, document }));
  // A run that looked after no workload has told of itself: of a storm, or of an error.
  const told = recording.notifications.map(({ document }) => ({ title: document.outcome, result: document, document }));
  return (stories.length > 0 ? stories : told).map(({ title, result, document }) => ({
    title,
    needsPerson: result.needs_person,
    summary: document.summary,
    steps: document.next_steps.filter((step) => !document.summary.includes(step)),
    commands: document.commands,
  }));
}

/** The commands as they reach the cluster of the run; whoever ran it needs none to connect. */
function runnable(commands: readonly string[], kubectl: string | undefined): string[] {
  if (kubectl === undefined) return [];
  return commands
    .filter((command) => command.startsWith("kubectl "))
    .map((command) => (command.includes(" --context ") ? command : command.replace(/^kubectl/, () => kubectl)));
}

function indented(text: string, by: number, width: number): string[] {
  return wrapped(text, Math.max(20, width - by - 1)).map((line) => `${" ".repeat(by)}${line}`);
}
