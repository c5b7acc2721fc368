import { Stack } from "aws-cdk-lib";
import { Construct } from "constructs";
import { admit, ADMITTED, mayFind } from "./admission.ts";
import type { RemediationFunction } from "./remediation-function.ts";

export interface ClusterAccessProps {
  /** The functions that reach the cluster, by name. */
  functions: Readonly<Record<string, RemediationFunction>>;
  clusterName: string;
}

/**
 * Lets each function find the cluster's endpoint, and maps its role to a Kubernetes group. What a group may do is in
 * `rbac.yaml`. The cluster's authentication mode must be `API` or `API_AND_CONFIG_MAP`.
 */
export class ClusterAccess extends Construct {
  constructor(scope: Construct, id: string, { functions, clusterName }: ClusterAccessProps) {
    super(scope, id);
    const clusterArn = Stack.of(this).formatArn({ service: "eks", resource: "cluster", resourceName: clusterName });
    for (const [name, group] of ADMITTED) {
      const role = functions[name]?.role;
      if (role === undefined) continue;
      role.addToPolicy(mayFind(clusterArn));
      admit(this, name, { clusterName, principalArn: role.roleArn, group });
    }
  }
}
