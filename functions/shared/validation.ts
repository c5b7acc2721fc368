import type { z } from "zod";

/** Says what is wrong with an input, one clause a field: `namespace: must be ...; replicas: must be ...`. */
export function describeIssues(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".") || "input"}: ${issue.message}`).join("; ");
}
