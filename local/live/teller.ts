import type { WriteStream } from "node:tty";
import type { ExecutionEvent } from "../engine/engine.ts";
import { printable } from "./columns.ts";
import { JsonLines } from "./json-lines.ts";
import type { ReplicaReading } from "./replicas.ts";
import { tell } from "./story.ts";
import { afterEvent, afterReading, type Rows } from "./rows.ts";
import { LiveView } from "./view.ts";

/** Tells people, or a machine, what happens in an execution, event by event. */
export interface Teller {
  see: (event: ExecutionEvent) => void;
  /** Tells of the replicas of a workload. */
  count: (reading: ReplicaReading) => void;
  /** Says something that is none of the execution's events. */
  say: (line: string) => void;
  /** Ends what is told of the execution, so that others may write. */
  end: () => void;
}

/**
 * The teller that fits: JSON lines when asked for, a table that changes on a terminal, and plain lines everywhere else.
 *
 * @param now the clock of the cluster, which may run faster than the machine's
 */
export function tellerFor(output: NodeJS.WriteStream, json: boolean, now: () => Date): Teller {
  if (json) return jsonLines(output, now);
  return isDrawable(output) ? liveTable(output, now) : plainLines(output, now);
}

/**
 * Whether a table can be drawn anew in its place: on a terminal that does not say of itself that it is dumb, and that knows
 * how wide it is. The log of a CI job is none, whatever it is written through.
 */
function isDrawable(output: NodeJS.WriteStream): boolean {
  const { TERM, CI } = process.env;
  return output.isTTY && output.columns > 0 && TERM !== "dumb" && (CI === undefined || ["", "0", "false"].includes(CI));
}

function jsonLines(output: NodeJS.WritableStream, now: () => Date): Teller {
  const lines = new JsonLines(output, now);
  return {
    see: (event) => {
      lines.see(event);
    },
    count: (reading) => {
      lines.count(reading);
    },
    // Only what happens in the execution has a time, a workload and a finding.
    say: () => undefined,
    end: () => undefined,
  };
}

function plainLines(output: NodeJS.WritableStream, now: () => Date): Teller {
  return {
    see: (event) => {
      const line = tell(event);
      if (line === undefined) return;
      const workload = line.workload === undefined ? "" : `[${line.workload}] `;
      output.write(`${now().toISOString().slice(11, 19)} ${printable(`${workload}${line.state}: ${line.text}`)}\n`);
    },
    // What is settling is told with each look at it.
    count: () => undefined,
    say: (line) => {
      output.write(`${line}\n`);
    },
    end: () => undefined,
  };
}

function liveTable(terminal: WriteStream, now: () => Date): Teller {
  const view = new LiveView(terminal, now);
  let rows: Rows = new Map();
  const show = (next: Rows) => {
    if (next === rows) return;
    rows = next;
    view.show(rows);
  };
  return {
    see: (event) => {
      show(afterEvent(rows, event, now()));
    },
    count: (reading) => {
      show(afterReading(rows, reading));
    },
    say: (line) => {
      view.say(line);
    },
    end: () => {
      view.end();
    },
  };
}
