import { Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { Hub as HubVariable } from "../functions/shared/hub.ts";
import { DISCOVER } from "./discovery.ts";
import type { HubOptions } from "./hub-name.ts";
import { nagResource } from "./nag-resource.ts";
import type { RemediationFunction } from "./remediation-function.ts";

export interface HubProps {
  hub: HubOptions;
  /** The functions that reach clusters, by name. */
  functions: Readonly<Record<string, RemediationFunction>>;
  /** The hub's own functions, by name: they read the list and reach no cluster. */
  ofHub: Readonly<Record<string, RemediationFunction>>;
  clusterName: string;
}

/**
 * Lets each function read the list of clusters, and those that reach or discover clusters assume their own role in the accounts
 * of these. The parameter is its
 * owner's: a stack that had it would put an older list back.
 */
export class Hub extends Construct {
  constructor(scope: Construct, id: string, { hub, functions, ofHub, clusterName }: HubProps) {
    super(scope, id);
    const stack = Stack.of(this);
    const parameterArn = stack.formatArn({
      service: "ssm",
      resource: "parameter",
      resourceName: hub.parameter.replace(/^\//, ""),
    });
    const own = stack.formatArn({ service: "eks", resource: "cluster", resourceName: clusterName });
    const readers = { ...functions, ...ofHub };
    for (const [name, { role, lambda }] of Object.entries(readers)) {
      role.addToPolicy(new PolicyStatement({ actions: ["ssm:GetParameter"], resources: [parameterArn] }));
      role.addToPolicy(new PolicyStatement({ actions: ["ssm:GetParameters"], resources: [`${parameterArn}/*`] }));
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${nagResource(stack, `${parameterArn}/*`)}]`,
        reason:
          "The list names its further parameters itself, below its own name. They grow in number without a deployment.",
      });
      const variable: HubVariable = { name: hub.name, parameter: hub.parameter, function: name, own };
      lambda.addEnvironment("EKS_HUB", stack.toJsonString(variable));
    }
    for (const [name, { role }] of Object.entries(readers)) {
      if (functions[name] === undefined && name !== DISCOVER) continue;
      const roles = `arn:${stack.partition}:iam::*:role/${hub.name}-*-${name}`;
      role.addToPolicy(new PolicyStatement({ actions: ["sts:AssumeRole"], resources: [roles] }));
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${nagResource(stack, roles)}]`,
        reason:
          "Clusters come and go without a deployment. Each role says itself which hub it lets in, by external id.",
      });
    }
  }
}
