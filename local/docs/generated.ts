import * as z from "zod";
import { Detection } from "../../functions/shared/contracts.ts";
import { Policy } from "../../functions/shared/policy.ts";

/** A file under `docs/` that is written from the code. */
export interface GeneratedFile {
  /** Its path, from the root of the project. */
  path: string;
  content: () => string;
}

/** Every file that `npm run docs` writes. A test fails when one of them is stale. */
export const GENERATED: readonly GeneratedFile[] = [
  { path: "docs/schemas/detection.json", content: () => schema(Detection, "Detection", "output") },
  { path: "docs/schemas/policy.json", content: () => schema(Policy, "Policy", "input") },
];

function schema(type: z.ZodType, title: string, io: "input" | "output"): string {
  return `${JSON.stringify({ title, ...z.toJSONSchema(type, { io }) }, null, 2)}\n`;
}
