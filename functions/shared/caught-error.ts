import { bounded } from "./text.ts";

/** The sentence in a caught error: Lambda wraps it in JSON, Step Functions' own errors are plain text. */
export function errorText(error: { Error: string; Cause: string }): string {
  try {
    const parsed: unknown = JSON.parse(error.Cause);
    if (typeof parsed === "object" && parsed !== null && "errorMessage" in parsed) {
      return bounded(String(parsed.errorMessage), 600);
    }
  } catch {
    // Not JSON: the text itself is the cause.
  }
  return bounded(error.Cause, 600);
}
