/** A setting or a prop that cannot be used; the message says which, and what it has to be. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}
