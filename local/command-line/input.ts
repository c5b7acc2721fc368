import { existsSync, readFileSync } from "node:fs";
import { clusterOfArn, plainNameOf } from "../../functions/shared/cluster-name.ts";
import { RemediationError } from "../../functions/shared/errors.ts";
import { bounded } from "../../functions/shared/text.ts";

/** What the command line says about the request. */
export interface InputOptions {
  /** JSON text, or a file that holds it. */
  input?: string;
  namespace?: string;
  dryRun?: boolean;
  /** The context of the cluster that is reached, which is what it is called where the input does not name it. */
  context: string;
  /** What the kubeconfig calls that cluster. */
  entry: string;
  /** What the kubeconfig calls others, and their contexts. */
  others: readonly string[];
}

/**
 * Makes the execution's input: what was given, with the flags laid over it; who sits at a command line is a person. The workflow's first step checks it, as it
 * does in AWS.
 * @throws RemediationError `InvalidRequest` when it is not JSON, a flag contradicts it, or it names another of the kubeconfig's clusters than the one that is reached
 */
export function readInput({ input, namespace, dryRun, context, entry, others }: InputOptions): unknown {
  const given = input === undefined ? {} : parse(input);
  if (typeof given !== "object" || given === null || Array.isArray(given)) return given;
  const request = given as Record<string, unknown>;
  if (namespace !== undefined && "namespace" in request && request["namespace"] !== namespace) {
    throw new RemediationError(
      "InvalidRequest",
      `--namespace ${namespace} contradicts the input's namespace ${String(request["namespace"])}. Give only one of them.`,
    );
  }
  const named = request["cluster_name"];
  const other = typeof named === "string" ? anotherOf(named, [context, entry], others) : undefined;
  if (other !== undefined) {
    throw new RemediationError(
      "InvalidRequest",
      `The input names the cluster ${bounded(String(named))}, as the kubeconfig calls ${other}, and context ${context} reaches another one. Name its context with --context, or leave cluster_name out.`,
    );
  }
  return {
    cluster_name: clusterNameOf(context),
    origin: "person",
    ...request,
    ...(namespace === undefined ? {} : { namespace }),
    ...(dryRun === true ? { dry_run: true } : {}),
  };
}

/** Which other cluster of the kubeconfig a name means; undefined where it may mean the one that is reached, or means none of them. */
function anotherOf(named: string, reached: readonly string[], others: readonly string[]): string | undefined {
  return reached.some((known) => mayBe(known, named)) ? undefined : others.find((known) => mayBe(known, named));
}

/** Whether what a kubeconfig calls a cluster or a context may stand for the cluster of that name, or ARN. */
function mayBe(known: string, named: string): boolean {
  if (clusterOfArn(known) !== undefined && clusterOfArn(named) !== undefined) return known === named;
  const plain = plainNameOf(named);
  // `arn:aws:eks:…:cluster/prod`, `me@prod.eu-west-1.eksctl.io`
  return clusterNameOf(known) === plain || known.split(/[^A-Za-z0-9_-]+/).includes(plain);
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
