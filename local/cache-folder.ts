import { homedir } from "node:os";
import { join } from "node:path";

/** The folder of the user's own in which what is made once is kept, as the XDG Base Directory Specification has it. */
export function cacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "eks-remediation");
}
