import { homedir } from "node:os";
import { join } from "node:path";

/** Where outcomes are kept on one machine unless another file is named. */
export function defaultRecordFile(): string {
  const state = process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state");
  return join(state, "eks-remediation", "record.jsonl");
}
