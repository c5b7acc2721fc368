import type { Declined } from "./remedy.ts";

/** Somebody else has carried a remedy out since the diagnosis: it is theirs, and nothing to be undone. */
export function alreadySo(toDo: string): Declined {
  return {
    refusal: "AlreadyAsRequested",
    message: `Somebody else was about to ${toDo} as well, and was first; nothing was done.`,
  };
}
