import * as z from "zod";
import { RESTART_SETTINGS } from "./restart/contract.ts";
import { SCALE_SETTINGS } from "./scale/contract.ts";

/** What each remedy may do by itself where the policy says nothing of it. */
export const REMEDY_MODES = { restart: "automatic", rollback: "automatic", scale: "automatic" } as const;

/** The remedies' own fields of the policy. */
export const REMEDY_SETTINGS = {
  scale: z.strictObject(SCALE_SETTINGS).prefault({}),
  restart: z.strictObject(RESTART_SETTINGS).prefault({}),
};
