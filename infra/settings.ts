import { readFileSync } from "node:fs";
import type { Node } from "constructs";
import * as z from "zod";
import { isRemediationError } from "../functions/shared/errors.ts";
import { parsePolicy } from "../functions/shared/policy.ts";
import { ScanRequest } from "../functions/shared/request.ts";
import { describeIssues } from "../functions/shared/validation.ts";

/** What can be set for a deployment: with `-c name=value`, or under `context` in `cdk.json`. */
const Context = z.object({
  /** The EKS cluster to look after, in the account and region of the stack. */
  clusterName: ScanRequest.shape.cluster_name,
  /** The remediation policy: a path to a JSON file, JSON text, or (in `cdk.json`) an object. */
  policy: z.union([z.string(), z.record(z.string(), z.unknown())], "must be a file's path or a JSON object").optional(),
  /** Who is told the outcomes by e-mail. The address has to confirm its subscription once. */
  notifyEmail: z.email("must be an e-mail address").optional(),
  /** `off` deploys the schedule disabled; runbooks and people can still start the workflow. */
  schedule: z.enum(["on", "off"], "must be on or off").default("on"),
});

export interface Settings {
  clusterName: string;
  /** The policy as JSON text, valid. */
  policy: string;
  notifyEmail: string | undefined;
  schedule: "on" | "off";
}

/** A setting that cannot be used; the message says which, and what it has to be. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Lambda allows 4 KiB for all of a function's environment variables; the rest is for the others. */
const MAX_POLICY_BYTES = 3_500;

/**
 * Reads the settings from the app's context.
 * @throws SettingsError naming each setting that is missing, misspelt or malformed
 */
export function readSettings(app: Node): Settings {
  const names = Object.keys(Context.shape);
  refuseMisspelt(Object.keys(app.getAllContext() as object), names);
  const parsed = Context.safeParse(Object.fromEntries(names.map((name) => [name, app.tryGetContext(name) as unknown])));
  if (!parsed.success) {
    throw new SettingsError(
      `The context is refused: ${describeIssues(parsed.error)}. Settings are given like this: npx cdk synth -c clusterName=my-cluster`,
    );
  }
  const { clusterName, policy, notifyEmail, schedule } = parsed.data;
  return { clusterName, policy: readPolicy(policy), notifyEmail, schedule };
}

/** A setting written as `cluster_name` would otherwise be ignored, and the default cluster deployed to. */
function refuseMisspelt(given: string[], known: string[]): void {
  const plain = (name: string) => name.replace(/[-_]/g, "").toLowerCase();
  for (const name of given) {
    const meant = known.find((candidate) => plain(candidate) === plain(name));
    if (meant !== undefined && meant !== name) {
      throw new SettingsError(`The context is refused: ${name} is not a setting; write it ${meant}.`);
    }
  }
}

function readPolicy(value: string | object | undefined): string {
  const text = policyText(value);
  try {
    parsePolicy(text);
  } catch (error) {
    if (!isRemediationError(error)) throw error;
    throw new SettingsError(error.message, { cause: error });
  }
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) {
    throw new SettingsError(
      `The context is refused: policy: must be at most ${MAX_POLICY_BYTES} bytes of JSON, so that it fits into a function's environment.`,
    );
  }
  return text;
}

function policyText(value: string | object | undefined): string {
  if (value === undefined) return "{}";
  if (typeof value !== "string") return JSON.stringify(value);
  if (value.trimStart().startsWith("{")) return value;
  try {
    return readFileSync(value, "utf8");
  } catch (error) {
    throw new SettingsError(
      `The context is refused: policy: ${value} cannot be read (${(error as Error).message}). It must be a JSON file's path or a JSON object.`,
      { cause: error },
    );
  }
}
