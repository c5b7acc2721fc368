import { Stack } from "aws-cdk-lib";
import { CfnAccessEntry } from "aws-cdk-lib/aws-eks";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { STEP_NAMES, type StepFunctions } from "./functions.ts";

export interface ClusterAccessProps {
  steps: StepFunctions;
  clusterName: string;
}

/**
 * Lets each function find the cluster's endpoint, and maps its role to a Kubernetes group of its own. What a group may do
 * is in `rbac.yaml`. The cluster's authentication mode must be `API` or `API_AND_CONFIG_MAP`.
 */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { steps, clusterName }: ClusterAccessProps) {
    super(scope, id);
    const clusterArn = Stack.of(this).formatArn({ service: "eks", resource: "cluster", resourceName: clusterName });
    for (const step of STEP_NAMES) {
      const { role } = steps[step];
      role.addToPolicy(new PolicyStatement({ actions: ["eks:DescribeCluster"], resources: [clusterArn] }));
      new CfnAccessEntry(this, step, {
        clusterName,
        principalArn: role.roleArn,
        kubernetesGroups: [`eks-remediation:${step}`],
      });
    }
  }
}
