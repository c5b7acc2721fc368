import * as z from "zod";

/** The modes, from the most careful to the least. */
export const MODES = ["off", "observe", "approve", "automatic"] as const;
export type ActionMode = (typeof MODES)[number];

/**
 * `automatic`: carried out. `approve`: chosen and told, carried out once somebody has approved exactly that. `observe`, or
 * `diagnose` as it was called first: chosen and told, never carried out. `off`: neither chosen nor carried out.
 */
export const ActionMode = z
  .enum([...MODES, "diagnose"])
  .transform((mode): ActionMode => (mode === "diagnose" ? "observe" : mode));
