import * as z from "zod";
import { MODES } from "./action-mode.ts";
import { parsedAs } from "./parsed.ts";

/** The key of the table of records under which the latest look at each cluster is. Step Functions names no execution so. */
export const LOOKS = "#looks";

/** What may be done at most about what is found; `stopped` while everything is. */
export const Allowed = z.enum([...MODES, "stopped"]);
export type Allowed = z.output<typeof Allowed>;

/** What the latest look at a cluster saw, as the table of records keeps it. Later versions may have more fields. */
export const KeptLook = z.object({
  /** As the schedule names it: a name, or in a hub an ARN. */
  cluster_name: z.string(),
  at: z.iso.datetime(),
  /** As a patrol answers. */
  status: z.string(),
  /** Undefined where the look failed. */
  failing_pods: z.int().optional(),
  /** How many failing workloads rest. */
  resting: z.int().optional(),
  /** How many parts of the cluster could not be looked at. */
  unseen: z.int().optional(),
  /** Undefined where the policy could not be read. */
  allowed: Allowed.optional(),
  /** In which ways something fails that other clusters may fail in as well, as `shared/signs.ts` writes them. */
  signs: z.array(z.string()).optional(),
});
export type KeptLook = z.output<typeof KeptLook>;

/** Reads a look that is kept; undefined where it is none that this version knows. */
export function parseLook(text: string): KeptLook | undefined {
  return parsedAs(KeptLook, text);
}
