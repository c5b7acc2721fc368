/** Something that a user can put right; the command line prints its name and message, and no stack trace. */
export abstract class CommandLineError extends Error {}
