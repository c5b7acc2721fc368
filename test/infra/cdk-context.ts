import { readFileSync } from "node:fs";

/** The context that `cdk.json` gives every synthesis. */
export const CDK_CONTEXT = (
  JSON.parse(readFileSync(new URL("../../cdk.json", import.meta.url), "utf8")) as { context: Record<string, unknown> }
).context;
