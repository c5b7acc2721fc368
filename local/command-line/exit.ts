/** What the process exits with. */
export const EXIT = { nothingToDo: 0, error: 1, needsPerson: 2, interrupted: 130 } as const;
