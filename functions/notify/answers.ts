/** Statuses of servers on the internet that may be others in a while. */
export const PASSING_STATUSES: readonly number[] = [408, 425, 429];

/** Why there is no answer, in the system's own name for it: the error's message may hold the address, or what was sent. */
export function noAnswerCode(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
  return typeof code === "string" ? code : error.name;
}
