import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { Construct } from "constructs";
import { parameterNames } from "../functions/shared/settings.ts";
import type { RemediationFunction } from "./remediation-function.ts";

export interface RunTimeSettingsProps {
  /** The functions that read what is set, by name. */
  functions: Readonly<Record<string, RemediationFunction>>;
  clusterName: string;
}

/**
 * Lets functions read what is set at run time, in two parameters that no stack has: CloudFormation writes a parameter's value
 * anew with each change of its tags, and would so let go on what somebody has stopped. One that is not there is not set. A third
 * one is the stack's, and tells whoever sets something that a deployment reads it.
 */
export class RunTimeSettings extends Construct {
  /** What the names of the parameters begin with. */
  readonly path: string;

  constructor(scope: Construct, id: string, { functions, clusterName }: RunTimeSettingsProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.path = `/eks-remediation/${stack.stackName}/${scope.node.id.replace(/[^\w.-]/g, "-")}`;
    const { settings, stop, of } = parameterNames(this.path);
    const own = stack.formatArn({ service: "eks", resource: "cluster", resourceName: clusterName });
    const resources = [settings, stop].map((name) =>
      stack.formatArn({ service: "ssm", resource: "parameter", resourceName: name.slice(1) }),
    );
    for (const { role, lambda } of Object.values(functions)) {
      role.addToPolicy(new PolicyStatement({ actions: ["ssm:GetParameter"], resources }));
      lambda.addEnvironment("REMEDIATION_SETTINGS", stack.toJsonString({ path: this.path, own }));
    }
    new StringParameter(this, "For", {
      parameterName: of,
      description: "The cluster of the deployment that reads the parameters beside this one",
      stringValue: own,
    });
  }
}
