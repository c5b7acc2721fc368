import { Aws, Fn, type CfnCondition, type IResolvable } from "aws-cdk-lib";
import { PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";

/** Where functions are in a VPC, by ids alone: nothing of the VPC is looked up, at synthesis or later. */
export interface Network {
  /** At least one, in different zones. They have to have a way to what the functions call (docs/deploy.md). */
  readonly subnetIds: readonly string[];
  /** At least one, that the cluster's security group lets in on port 443. */
  readonly securityGroupIds: readonly string[];
  /** Where it does not hold when the template is deployed, the functions are outside any VPC. Default: it holds. */
  readonly condition?: CfnCondition | undefined;
}

/** What an id of each looks like. Source: the Amazon EC2 API reference */
export const NETWORK_IDS = { subnet: "subnet-[0-9a-f]{8,17}", securityGroup: "sg-[0-9a-f]{8,17}" } as const;

/** A function's `VpcConfig`. */
export function vpcConfigOf({ subnetIds, securityGroupIds, condition }: Network): CfnFunction["vpcConfig"] {
  if (condition === undefined) return { subnetIds: [...subnetIds], securityGroupIds: [...securityGroupIds] };
  const config = { SubnetIds: subnetIds, SecurityGroupIds: securityGroupIds };
  return Fn.conditionIf(condition.logicalId, config, Aws.NO_VALUE);
}

/**
 * What Lambda needs of a function's role to run it in a VPC.
 * Source: docs.aws.amazon.com/lambda, "Giving Lambda functions access to resources in an Amazon VPC"
 */
export function networkInterfaces(): PolicyStatement {
  return new PolicyStatement({
    actions: [
      "ec2:AssignPrivateIpAddresses",
      "ec2:CreateNetworkInterface",
      "ec2:DeleteNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:UnassignPrivateIpAddresses",
    ],
    resources: ["*"],
  });
}

/** A policy of a role that has it where a condition holds. */
export function networkPolicyUnder(condition: CfnCondition): IResolvable {
  const document = new PolicyDocument({ statements: [networkInterfaces()] });
  return Fn.conditionIf(condition.logicalId, { PolicyName: "Network", PolicyDocument: document }, Aws.NO_VALUE);
}
