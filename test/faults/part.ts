import type { Stage } from "./stage.ts";

/** How much of a part is played, and how. */
export interface PartOptions {
  /** At most so many runs of each kind, spread over all there are; undefined for all. */
  limit: number | undefined;
  /** How many runs side by side. */
  concurrency: number;
  /** Tells a person how far it is, one line at a time. */
  tell: (line: string) => void;
}

/** What a part found. */
export interface Findings {
  /** How many executions were started. */
  executions: number;
  /** How many runs could not be set up; they say nothing about the workflow. */
  unprepared: number;
  /** Broken promises, one line each, with the command that shows it alone. */
  violations: string[];
  /** Markdown for docs/reliability.md, written from what was measured. */
  figures: string;
  /** What goes into test-results/faults.json. */
  document: object;
}

/** One part of `npm run test:faults`: one kind of trouble, brought about and measured. */
export interface Part {
  /** As `--part` takes it. */
  name: string;
  /** One line, for `--help`. */
  summary: string;
  /** Heading and explanation for docs/reliability.md, in Markdown: what is done, and what is checked. */
  title: string;
  about: string;
  run: (stage: Stage, options: PartOptions) => Promise<Findings>;
}
