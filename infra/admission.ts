import { CfnAccessEntry } from "aws-cdk-lib/aws-eks";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { STEP_NAMES, type StepName } from "./functions.ts";

/** The functions that look at clusters beside the steps: they run the same scan as detect. */
export const SCANNING = ["patrol", "agent", "mcp-read"] as const;

/** Each function that reaches clusters, and whose permissions it has there. */
export const ADMITTED: ReadonlyMap<string, StepName> = new Map([
  ...STEP_NAMES.map((step) => [step, step] as const),
  ...SCANNING.map((name) => [name, "detect"] as const),
  // It looks at a workload as verify does.
  ["scorecard", "verify"],
]);

/** What a role needs of AWS to find a cluster. */
export function mayFind(clusterArn: string): PolicyStatement {
  return new PolicyStatement({ actions: ["eks:DescribeCluster"], resources: [clusterArn] });
}

export interface AdmissionProps {
  clusterName: string;
  principalArn: string;
  /** The function whose permissions it gets; `rbac.yaml` says which these are. */
  group: StepName;
}

/** Maps a role to a Kubernetes group. The cluster's authentication mode must be `API` or `API_AND_CONFIG_MAP`. */
export function admit(scope: Construct, id: string, { group, ...entry }: AdmissionProps): CfnAccessEntry {
  return new CfnAccessEntry(scope, id, { ...entry, kubernetesGroups: [`eks-remediation:${group}`] });
}
