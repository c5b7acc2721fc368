import { readFileSync } from "node:fs";
import { RemediationError } from "../../functions/shared/errors.ts";
import { parsePolicy, type Policy } from "../../functions/shared/policy.ts";

/** The policy in a JSON file; without one, the documented defaults. @throws RemediationError `InvalidPolicy` */
export function readPolicy(file: string | undefined): Policy {
  if (file === undefined) return parsePolicy(undefined);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new RemediationError("InvalidPolicy", `The policy ${file} cannot be read: ${(error as Error).message}`);
  }
  return parsePolicy(text);
}
