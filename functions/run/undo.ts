import type { UndoResult } from "./contracts.ts";
import { isRemediationError } from "../shared/errors.ts";

/**
 * Undoes a remedy unless somebody changed the object or opted out since; then it stays as it is, and the result says so.
 * @param undo must throw `ObjectChanged` when the object is not as the remedy left it, or `OptedOut`
 * @param done what to say when it was undone
 */
export async function undoUnlessOvertaken(
  undo: () => Promise<void>,
  done: string,
): Promise<Pick<UndoResult, "status" | "message">> {
  try {
    await undo();
    return { status: "applied", message: done };
  } catch (error) {
    if (!isRemediationError(error, "ObjectChanged", "OptedOut")) throw error;
    return { status: "overtaken", message: `The remedy was not undone. ${error.message}` };
  }
}
