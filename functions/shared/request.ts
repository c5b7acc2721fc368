import * as z from "zod";
import { RemediationError } from "./errors.ts";
import { MAX_OBJECT_NAME, OBJECT_NAME } from "./kubernetes/names.ts";
import { describeIssues } from "./validation.ts";

/** A namespace name: RFC 1123 label. */
const NAMESPACE_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
/** An EKS cluster name, as the CreateCluster API checks it. */
const CLUSTER_NAME = /^[0-9A-Za-z][A-Za-z0-9_-]*$/;

const clusterName = z
  .string("must be the name of an EKS cluster")
  .max(100, "must be at most 100 characters")
  .regex(CLUSTER_NAME, "must start with a letter or digit and hold only letters, digits, - and _");
const namespace = z
  .string("must be the name of a namespace")
  .max(63, "must be at most 63 characters")
  .regex(NAMESPACE_NAME, "must be a lower-case RFC 1123 label, for example shop");
const objectName = (what: string) =>
  z
    .string(`must be the name of a ${what}`)
    .max(MAX_OBJECT_NAME, `must be at most ${MAX_OBJECT_NAME} characters`)
    .regex(OBJECT_NAME, "must be a lower-case RFC 1123 name, for example web-7d4b9c");
const dryRun = z.boolean("must be true or false").optional();

/** No action: detect everything in scope and remediate what can be remediated. What the schedule sends. */
export const ScanRequest = z.strictObject({
  cluster_name: clusterName,
  namespace: namespace.optional(),
  dry_run: dryRun,
});

export const DetectFailuresRequest = z.strictObject({
  action: z.literal("detect_failures"),
  cluster_name: clusterName,
  namespace,
  dry_run: dryRun,
});

export const RestartPodRequest = z.strictObject({
  action: z.literal("restart_pod"),
  cluster_name: clusterName,
  namespace,
  pod_name: objectName("pod"),
  dry_run: dryRun,
});

export const RollbackDeploymentRequest = z.strictObject({
  action: z.literal("rollback_deployment"),
  cluster_name: clusterName,
  namespace,
  deployment_name: objectName("Deployment"),
  /** Roll back to exactly this revision instead of the newest healthy one. */
  revision: z.int("must be a whole number").min(1, "must be 1 or more").optional(),
  dry_run: dryRun,
});

export const ScaleDeploymentRequest = z.strictObject({
  action: z.literal("scale_deployment"),
  cluster_name: clusterName,
  namespace,
  deployment_name: objectName("Deployment"),
  replicas: z
    .int("must be a whole number")
    .min(1, "must be 1 or more; the workflow never scales to zero")
    .max(5_000, "must be at most 5000"),
  dry_run: dryRun,
});

const ActionRequest = z.discriminatedUnion("action", [
  DetectFailuresRequest,
  RestartPodRequest,
  RollbackDeploymentRequest,
  ScaleDeploymentRequest,
]);

export type ScanRequest = z.output<typeof ScanRequest>;
export type ActionRequest = z.output<typeof ActionRequest>;
/** A request that names its remedy, as a runbook does. */
export type RunbookRequest = Exclude<ActionRequest, { action: "detect_failures" }>;
export type RemediationRequest = ScanRequest | ActionRequest;

/** The actions a request may name. The names are a public contract. */
export const ACTIONS = ["detect_failures", "restart_pod", "rollback_deployment", "scale_deployment"] as const;

/**
 * Checks a request before anything is touched.
 * @throws RemediationError `InvalidRequest`, naming each offending field and its rule
 */
export function parseRequest(input: unknown): RemediationRequest {
  if (typeof input !== "object" || input === null || Array.isArray(input)) {
    throw new RemediationError(
      "InvalidRequest",
      'The request must be a JSON object, for example {"cluster_name": "prod"}.',
    );
  }
  if ("action" in input && !ACTIONS.includes(input.action as (typeof ACTIONS)[number])) {
    throw new RemediationError(
      "InvalidRequest",
      `The request is refused: action: must be one of ${ACTIONS.join(", ")}. Leave it out to detect and remediate everything in scope.`,
    );
  }
  const parsed = "action" in input ? ActionRequest.safeParse(input) : ScanRequest.safeParse(input);
  if (!parsed.success) {
    throw new RemediationError("InvalidRequest", `The request is refused: ${describeIssues(parsed.error)}.`);
  }
  return parsed.data;
}

/** Whether the request names its own remedy. */
export function isRunbookRequest(request: RemediationRequest): request is RunbookRequest {
  return "action" in request && request.action !== "detect_failures";
}
