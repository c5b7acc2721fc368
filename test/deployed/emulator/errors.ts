/** Why the AWS emulator cannot be had, with a sentence that says what to do. */
export class EmulatorError extends Error {
  override readonly name = "EmulatorError";
}
