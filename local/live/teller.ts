import type { WriteStream } from "node:tty";
import type { ExecutionEvent } from "../engine/engine.ts";
import { tell } from "./story.ts";
import { afterEvent, type Rows } from "./rows.ts";
import { LiveView } from "./view.ts";

/** Tells people what happens in an execution, event by event. */
export interface Teller {
  see: (event: ExecutionEvent) => void;
}

/**
 * The teller that fits: JSON lines when asked for, a table that changes on a terminal, and plain lines everywhere else.
 *
 * @param now the clock of the cluster, which may run faster than the machine's
 */
export function tellerFor(output: NodeJS.WriteStream, json: boolean, now: () => Date): Teller {
  if (json) return jsonLines(output);
  // A terminal that cannot move its cursor says that it is dumb.
  return output.isTTY && process.env["TERM"] !== "dumb" ? liveTable(output) : plainLines(output, now);
}

function jsonLines(output: NodeJS.WritableStream): Teller {
  return {
    see: ({ type, state, iteration, error }) => {
      output.write(`${JSON.stringify({ event: type, state, iteration, error })}\n`);
    },
  };
}

function plainLines(output: NodeJS.WritableStream, now: () => Date): Teller {
  return {
    see: (event) => {
      const line = tell(event);
      if (line === undefined) return;
      const workload = line.workload === undefined ? "" : `[${line.workload}] `;
      output.write(`${now().toISOString().slice(11, 19)} ${workload}${line.state}: ${line.text}\n`);
    },
  };
}

function liveTable(terminal: WriteStream): Teller {
  const view = new LiveView(terminal);
  let rows: Rows = new Map();
  return {
    see: (event) => {
      const before = rows;
      rows = afterEvent(rows, event);
      if (rows !== before) view.draw(rows);
    },
  };
}
