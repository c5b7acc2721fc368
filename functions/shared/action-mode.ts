import * as z from "zod";

/**
 * `automatic`: carried out. `diagnose`: chosen and reported, never carried out. `off`: neither chosen nor carried out.
 */
export const ActionMode = z.enum(["automatic", "diagnose", "off"]);
export type ActionMode = z.output<typeof ActionMode>;
