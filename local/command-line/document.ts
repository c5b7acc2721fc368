import { stringify } from "yaml";
import type { Notification } from "../../functions/notify/notification.ts";
import { errorText } from "../../functions/shared/caught-error.ts";
import type { ExecutionResult } from "../engine/engine.ts";
import type { Teller } from "../live/teller.ts";
import type { DocumentFormat } from "./document-format.ts";
import { isDetection } from "./summary.ts";

/** Says nothing while a run goes on that is printed as one document. */
export const SILENT: Teller = {
  see: () => undefined,
  count: () => undefined,
  say: () => undefined,
  end: () => undefined,
};

/**
 * Prints what the workflow ended with, and the notifications of it, with evidence and plan. What `detect_failures` answers has
 * none, and is printed as `docs/schemas/detection.json` has it.
 */
export function showDocument(
  format: DocumentFormat,
  result: Exclude<ExecutionResult, { status: "aborted" }>,
  notifications: readonly Notification[],
): void {
  if (result.status === "succeeded") {
    const output = result.output as object;
    const told = notifications.map(({ document }) => document);
    printDocument(format, isDetection(output) ? output : { ...output, notifications: told });
    return;
  }
  const { name, cause } = result.error;
  const message = errorText({ Error: name, Cause: cause });
  printDocument(format, { error: name, message });
  process.stderr.write(`${name}: ${message}\n`);
}

/** Prints one document. */
export function printDocument(format: DocumentFormat, document: object): void {
  const text = format === "yaml" ? stringify(document) : `${JSON.stringify(document, null, 2)}\n`;
  process.stdout.write(text);
}
