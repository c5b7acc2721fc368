import type { z } from "zod";
import { bounded } from "./text.ts";

/** How long the clause about one field may be, and all of them together: an input may name its fields as it likes. */
const MAX_CLAUSE = 500;
const MAX_DESCRIPTION = 1_000;

/** Says what is wrong with an input, one clause a field: `namespace: must be ...; replicas: must be ...`. One bounded line. */
export function describeIssues(error: z.ZodError): string {
  const clauses = error.issues.map(({ path, message }) =>
    bounded(`${path.join(".") || "input"}: ${message}`, MAX_CLAUSE),
  );
  return bounded(clauses.join("; "), MAX_DESCRIPTION);
}
