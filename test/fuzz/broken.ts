import { ERROR_NAMES, isRemediationError } from "../../functions/shared/errors.ts";
import { UNPRINTABLE } from "../support/hostile.ts";

/** A promise that an input broke: what the fuzzer looks for. */
export class Broken extends Error {
  override readonly name = "Broken";
}

/** Step Functions takes no larger payload, in bytes. */
export const MAX_PAYLOAD = 256 * 1_024;

/** @throws Broken */
export function hold(condition: boolean, promise: () => string): void {
  if (!condition) throw new Broken(promise());
}

/** The result, or the error by a name that the state machine knows; anything else that is thrown breaks a promise. */
export async function resultOf<Result>(
  run: () => Promise<Result> | Result,
): Promise<{ result: Result } | { refused: string }> {
  try {
    return { result: await run() };
  } catch (error) {
    if (error instanceof Broken) throw error;
    if (!isRemediationError(error)) throw new Broken(`threw ${describe(error)}`, { cause: error });
    hold(ERROR_NAMES.includes(error.name), () => `an error is called ${error.name}`);
    hold(error.name !== "StepFailed", () => error.message);
    // Its own output is what a step makes, whatever it is given.
    hold(error.name !== "InvalidStepOutput", () => error.message);
    expectLine(error.message, "the error's message", 2_000);
    return { refused: error.name };
  }
}

/** One line that people can read, not longer than that. */
export function expectLine(text: string, what: string, limit: number): void {
  hold(text.length <= limit, () => `${what} has ${text.length} characters`);
  hold(!UNPRINTABLE.test(text), () => `${what} holds what cannot be printed: ${JSON.stringify(text.slice(0, 200))}`);
}

/** Fits into the state of an execution, and is the same after JSON. */
export function expectPayload(value: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  hold(bytes < MAX_PAYLOAD, () => `the payload has ${bytes} bytes`);
}

const BUILT_IN = [Object.prototype, Array.prototype, String.prototype, Function.prototype].map((prototype) => ({
  prototype,
  keys: Reflect.ownKeys(prototype).length,
}));

/** Nothing was added to what every value inherits from. */
export function expectCleanPrototypes(): void {
  for (const { prototype, keys } of BUILT_IN) {
    hold(Reflect.ownKeys(prototype).length === keys, () => "a prototype was changed");
  }
}

/** The error, and where in the functions it was thrown, so that two of one kind are told as one. */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack?.split("\n").filter((line) => line.includes("/functions/")) ?? [];
  const place = /functions\/[^)]*/.exec(stack[0] ?? "")?.[0] ?? "no function";
  return `${error.name}: ${error.message.slice(0, 200)} at ${place}`;
}
