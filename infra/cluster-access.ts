import { Stack } from "aws-cdk-lib";
import { CfnAccessEntry } from "aws-cdk-lib/aws-eks";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { STEP_NAMES, type StepFunctions, type StepName } from "./functions.ts";
import type { RemediationFunction } from "./remediation-function.ts";

export interface ClusterAccessProps {
  steps: StepFunctions;
  /** Functions beside them that run the same scan as detect. */
  scanning: Readonly<Record<string, RemediationFunction>>;
  clusterName: string;
}

/**
 * Lets each function find the cluster's endpoint, and maps its role to a Kubernetes group. What a group may do is in
 * `rbac.yaml`. The cluster's authentication mode must be `API` or `API_AND_CONFIG_MAP`.
 */
export class ClusterAccess extends Construct {
  private readonly clusterName: string;

  constructor(scope: Construct, id: string, { steps, scanning, clusterName }: ClusterAccessProps) {
    super(scope, id);
    this.clusterName = clusterName;
    for (const step of STEP_NAMES) this.admit(step, steps[step], step);
    for (const [name, each] of Object.entries(scanning)) this.admit(name, each, "detect");
  }

  private admit(name: string, { role }: RemediationFunction, group: StepName): void {
    const { clusterName } = this;
    const clusterArn = Stack.of(this).formatArn({ service: "eks", resource: "cluster", resourceName: clusterName });
    role.addToPolicy(new PolicyStatement({ actions: ["eks:DescribeCluster"], resources: [clusterArn] }));
    new CfnAccessEntry(this, name, {
      clusterName,
      principalArn: role.roleArn,
      kubernetesGroups: [`eks-remediation:${group}`],
    });
  }
}
