import * as z from "zod";

/** The modes, from the most careful to the least. */
export const MODES = ["off", "observe", "approve", "automatic"] as const;
export type ActionMode = (typeof MODES)[number];

/**
 * `automatic`: carried out. `approve`, `observe`, and `diagnose`, which says the same: chosen and told, carried out only for a
 * person who asks for it by name. `off`: carried out for nobody.
 */
export const ActionMode = z
  .enum([...MODES, "diagnose"])
  .transform((mode): ActionMode => (mode === "diagnose" ? "observe" : mode));
