import { errorText } from "../../functions/shared/caught-error.ts";
import { writeRunLine } from "../live/json-lines.ts";
import type { Recording } from "../report/recording.ts";
import type { Interrupted } from "./interrupted.ts";
import { whatNext, type NextOptions } from "./next.ts";
import { outcomeTable, outcomesInShort } from "./summary.ts";

export interface ShowOptions {
  json: boolean;
  /** How a person talks to that cluster: `kubectl --context staging`; undefined for a cluster that is gone by then. */
  kubectl?: string | undefined;
}

/** Ends what was told of a run with its result, and with what to do next. */
export function showResult(recording: Recording, { json, kubectl }: ShowOptions): void {
  const { result, notifications, ended } = recording;
  if (result.status === "failed") {
    const { name, cause } = result.error;
    const message = errorText({ Error: name, Cause: cause });
    if (json) writeRunLine(process.stdout, ended, { finding: message, event: "error", error: { name, message } });
    process.stderr.write(`${name}: ${message}\n`);
  } else if (result.status === "succeeded" && json) {
    writeRunLine(process.stdout, ended, {
      finding: outcomesInShort(result.output),
      event: "result",
      result: result.output,
      notifications: notifications.map(({ document }) => document),
    });
  } else if (result.status === "succeeded") {
    const width = process.stdout.isTTY && process.stdout.columns > 0 ? process.stdout.columns : Infinity;
    process.stdout.write(resultText(recording, { kubectl, width }));
  }
}

/** How a run ended and what to do next, in words and tables. */
export function resultText(recording: Recording, options: NextOptions): string {
  const { result } = recording;
  const table = result.status === "succeeded" ? outcomeTable(result.output, options.width) : "";
  const parts = [table, whatNext(recording, options).join("\n")].filter((part) => part !== "");
  return `\n${parts.join("\n\n")}\n`;
}

/** Says what an interrupted run leaves behind. */
export function showInterrupted(workloads: readonly Interrupted[], json: boolean, now: Date): void {
  const lines = workloads.map(({ workload, text }) => `${workload}: ${text}`);
  const text = lines.length === 0 ? ["Nothing was changed."] : lines;
  if (json) {
    writeRunLine(process.stdout, now, {
      finding: `Interrupted. ${text.join(" ")}`,
      event: "interrupted",
      workloads: [...workloads],
    });
    return;
  }
  process.stdout.write(`${text.join("\n")}\n`);
  process.stderr.write("Interrupted.\n");
}
