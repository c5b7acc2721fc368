import { readFileSync } from "node:fs";
import { DEFINITION_FILE } from "../../local/engine/engine.ts";

/** A rule of a Choice state, as far as a picture needs it. */
interface Rule {
  Next?: string;
  StringEquals?: string;
  BooleanEquals?: boolean;
  And?: Rule[];
  Not?: Rule;
}

interface State {
  Type: string;
  Next?: string;
  Choices?: Rule[];
  Default?: string;
  Catch?: { Next: string }[];
  ItemProcessor?: States;
}

interface States {
  StartAt: string;
  States: Record<string, State>;
}

/**
 * The workflow as a Mermaid flowchart, drawn from the definition. Of the lines that errors take, those are drawn that lead
 * to a state which nothing else leads to: nearly every state has one to a report, and they would hide the others.
 */
export function workflowPicture(): string {
  const definition = JSON.parse(readFileSync(DEFINITION_FILE, "utf8")) as States;
  return ["flowchart TD", ...drawStates(definition, "  ")].join("\n");
}

function drawStates({ StartAt, States: states }: States, indent: string): string[] {
  // Mermaid starts drawing with what comes first.
  const names = [StartAt, ...Object.keys(states).filter((name) => name !== StartAt)];
  const nodes = names.flatMap((name) => drawState(name, states[name], indent));
  const edges = names.flatMap((name) => edgesOf(states[name]).map(({ to, label }) => [name, to, label] as const));
  const reached = new Set(edges.map(([, to]) => to));
  const errors = names.flatMap((name) =>
    (states[name]?.Catch ?? []).filter(({ Next }) => !reached.has(Next)).map(({ Next }) => [name, Next] as const),
  );
  const lines = edges.map(([from, to, label]) => `${idOf(from)} -->${label === "" ? "" : `|${label}|`} ${idOf(to)}`);
  const dotted = errors.map(([from, to]) => `${idOf(from)} -.->|error| ${idOf(to)}`);
  return [...nodes, ...[...lines, ...dotted].map((line) => `${indent}${line}`)];
}

function drawState(name: string, state: State | undefined, indent: string): string[] {
  if (state?.ItemProcessor !== undefined) {
    const inside = drawStates(state.ItemProcessor, `${indent}  `);
    return [`${indent}subgraph ${idOf(name)} ["${name}"]`, ...inside, `${indent}end`];
  }
  return [`${indent}${idOf(name)}${SHAPES[state?.Type ?? ""]?.(name) ?? `["${name}"]`}`];
}

const rounded = (name: string) => `(["${name}"])`;
/** How a state of each type is drawn; the others are boxes. */
const SHAPES: Readonly<Record<string, (name: string) => string>> = {
  Choice: (name) => `{"${name}"}`,
  Wait: (name) => `("${name}")`,
  Pass: rounded,
  Succeed: rounded,
  Fail: rounded,
};

interface Edge {
  to: string;
  label: string;
}

function edgesOf(state: State | undefined): Edge[] {
  const chosen = (state?.Choices ?? []).map((rule) => ({ to: rule.Next ?? "", label: wordsOf(rule) }));
  const otherwise = state?.Default === undefined ? [] : [{ to: state.Default, label: "otherwise" }];
  const next = state?.Next === undefined ? [] : [{ to: state.Next, label: "" }];
  return [...chosen, ...otherwise, ...next];
}

/** What a rule asks for, in one word or two. */
function wordsOf({ StringEquals, BooleanEquals, And, Not }: Rule): string {
  if (And !== undefined) return And.map(wordsOf).filter(Boolean).join(", ");
  if (Not !== undefined) return Not.StringEquals === "detect_failures" ? "a runbook" : `not ${wordsOf(Not)}`;
  if (BooleanEquals !== undefined) return BooleanEquals ? "no" : "yes";
  return (StringEquals ?? "").replaceAll("_", " ");
}

function idOf(name: string): string {
  return name.replace(/[^A-Za-z]+/g, "_").replace(/_$/, "");
}

/** `docs/workflow.md`: every state, and every way from one to the next. */
export function workflowDocument(): string {
  return `# The workflow

Written by \`npm run docs\` from \`statemachines/remediation.asl.json\`: every state, and every way from one to the next; a dotted
one is taken on an error.

\`\`\`mermaid
${workflowPicture()}
\`\`\`
`;
}
