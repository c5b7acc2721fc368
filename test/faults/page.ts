import { format } from "prettier";
import { mutationChapter, readScores } from "../mutation/scores.ts";
import { INVARIANTS } from "./invariants.ts";
import type { Part } from "./part.ts";

/** What the last run of a part found, as it is kept in test-results. */
export interface LastRun {
  /** The command that repeats it. */
  command: string;
  seconds: number;
  executions: number;
  violations: readonly string[];
  figures: string;
}

/** docs/reliability.md: what is promised, how each promise is tested, and what the last run of each part measured. */
export async function reliabilityPage(
  parts: readonly Part[],
  lastRun: (part: Part) => LastRun | undefined,
): Promise<string> {
  return await format(text(parts, lastRun), { parser: "markdown", printWidth: 120 });
}

function text(parts: readonly Part[], lastRun: (part: Part) => LastRun | undefined): string {
  const rows = Object.entries(INVARIANTS).map(([name, words]) => `| \`${name}\` | ${words} |`);
  return `# Reliability

What the workflow promises when everything around it fails, and how often it was seen to keep that.

## What is promised

| promise | in words |
| --- | --- |
${rows.join("\n")}

## How it is tested

Each part below brings one kind of trouble about, on a real control plane: etcd, kube-apiserver and the controllers; only the
kubelet is simulated. The workflow runs in one process, from the definition and the handlers that are deployed. With
\`--limit\` a part is played smaller than its text says, with fewer runs, pods, executions or hours; its figures tell.

| part | trouble | executions | broken promises |
| --- | --- | --- | --- |
${parts.map((part) => overview(part, lastRun(part))).join("\n")}
${total(parts.flatMap((part) => lastRun(part) ?? []))}

\`\`\`
npm run test:faults                                    # all of it, an hour and a half
npm run test:faults -- --limit 30                      # a spread-out sample of each part
npm run test:faults -- --part crowd,load               # some parts
npm run test:faults -- --part requests --resume        # goes on where an earlier call was stopped
npm run test:faults -- --part requests --rate 0.1      # a tenth of all requests, with any fault
npm run test:faults -- --part requests --scenario bad-rollout --fault 503 --request 12
\`\`\`

It starts a control plane of its own; \`REMEDIATION_TEST_CLUSTER=.cluster\` uses the one that runs in that directory. Every
violation is printed with what shows it alone; \`test-results/faults/\` has each run.

${parts.map((part) => chapter(part, lastRun(part))).join("\n\n")}

${mutationChapter(readScores())}
`;
}

function overview({ name, summary }: Part, last: LastRun | undefined): string {
  const figures = last === undefined ? "not run | " : `${count(last.executions)} | ${last.violations.length}`;
  return `| \`${name}\` | ${summary} | ${figures} |`;
}

function total(runs: readonly LastRun[]): string {
  const executions = runs.reduce((sum, run) => sum + run.executions, 0);
  const violations = runs.reduce((sum, run) => sum + run.violations.length, 0);
  return `| all | | ${count(executions)} | ${violations} |`;
}

function chapter({ title, about }: Part, last: LastRun | undefined): string {
  const run =
    last === undefined
      ? "It was not run."
      : `\`${last.command}\`: ${count(last.executions)} executions in ${minutes(last.seconds)}, ${last.violations.length} violations.\n\n${last.figures.trim()}`;
  return `## ${title}\n\n${about.trim()}\n\n${run}`;
}

function minutes(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} minutes`;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
