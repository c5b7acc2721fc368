import { existsSync, readFileSync } from "node:fs";
import { RemediationError } from "../../functions/shared/errors.ts";

/** What the command line says about the request. */
export interface InputOptions {
  /** JSON text, or a file that holds it. */
  input?: string;
  namespace?: string;
  dryRun?: boolean;
  /** Used when the input names no cluster. */
  clusterName: string;
}

/**
 * Makes the execution's input: what was given, with the flags laid over it; who sits at a command line is a person. The workflow's first step checks it, as it
 * does in AWS.
 * @throws RemediationError `InvalidRequest` when it is not JSON, or a flag contradicts it
 */
export function readInput({ input, namespace, dryRun, clusterName }: InputOptions): unknown {
  const given = input === undefined ? {} : parse(input);
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  const request = given as Record<string, unknown>;
  if (namespace !== undefined && "namespace" in request && request["namespace"] !== namespace) {
    throw new RemediationError(
      "InvalidRequest",
      `--namespace ${namespace} contradicts the input's namespace ${String(request["namespace"])}. Give only one of them.`,
    );
  }
  return {
    cluster_name: clusterName,
    origin: "person",
    ...request,
    ...(namespace === undefined ? {} : { namespace }),
    ...(dryRun === true ? { dry_run: true } : {}),
  };
}

/** A context name, made to fit the pattern of a cluster name. */
export function clusterNameOf(context: string): string {
  const name = context.replace(/[^A-Za-z0-9_-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return name.slice(0, 100) || "local";
}

function parse(input: string): unknown {
  const isFile = !input.trimStart().startsWith("{") && existsSync(input);
  const text = isFile ? readFileSync(input, "utf8") : input;
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new RemediationError(
      "InvalidRequest",
      isFile
        ? `The file ${input} does not hold valid JSON: ${message}`
        : `--input is neither an existing file nor valid JSON: ${message}. Example: --input '{"action": "restart_pod", "namespace": "shop", "pod_name": "web-abc"}'`,
    );
  }
}
