import {
  CliCredentialsStackSynthesizer,
  CfnCondition,
  CfnParameter,
  CfnRule,
  Fn,
  Stack,
  type IStackSynthesizer,
} from "aws-cdk-lib";
import { CfnSubscription } from "aws-cdk-lib/aws-sns";
import type { Construct } from "constructs";
import type { EksRemediation } from "./eks-remediation.ts";
import type { Network } from "./network.ts";
import { acknowledgeNoRedrive } from "./notifications.ts";
import { RELEASED } from "./released-parameters.ts";
import { remediate } from "./remediate.ts";
import { EXAMPLE_CLUSTER, type Settings } from "./settings.ts";

/** Where the functions' code of a release is. */
export interface Release {
  /** The bucket: Lambda takes code from one in its own region, so that its name may hold `${AWS::Region}`. */
  bucket: string;
  /** What the names of its objects begin with, `v1/` for example. */
  prefix: string;
}

/**
 * The workflow as a template that deploys by itself, without the CDK and a bootstrapped account: the cluster, who is told, and
 * where the functions run are its parameters, with what is set for them as their defaults; all else is set when the release is made.
 */
export class ReleasedStack extends Stack {
  readonly remediation: EksRemediation;

  /** @throws SettingsError naming each setting that cannot be used, and its rule */
  constructor(scope: Construct, id: string, settings: Settings, { bucket, prefix }: Release) {
    super(scope, id, {
      description: "Remediates failing workloads on an EKS cluster",
      analyticsReporting: false,
      synthesizer: new CliCredentialsStackSynthesizer({
        fileAssetsBucketName: bucket,
        bucketPrefix: prefix,
      }) as IStackSynthesizer,
    });
    const cluster = new CfnParameter(this, "ClusterName", {
      ...RELEASED.ClusterName,
      ...(settings.clusterName === EXAMPLE_CLUSTER ? {} : { default: settings.clusterName }),
    });
    const email = new CfnParameter(this, "NotifyEmail", {
      ...RELEASED.NotifyEmail,
      default: settings.notifyEmail ?? "",
    });
    this.remediation = remediate(this, {
      ...settings,
      clusterName: cluster.valueAsString,
      notifyEmail: undefined,
      network: this.network(settings.network),
    });
    this.tell(email.valueAsString);
  }

  /** The functions are in a VPC where the parameters name subnets of one, which then need security groups as well. */
  private network({ subnetIds, securityGroupIds }: Network = { subnetIds: [], securityGroupIds: [] }): Network {
    const given = (name: "SubnetIds" | "SecurityGroupIds", ids: readonly string[]) =>
      new CfnParameter(this, name, { ...RELEASED[name], default: ids.join(",") }).valueAsString;
    const subnets = given("SubnetIds", subnetIds);
    const groups = given("SecurityGroupIds", securityGroupIds);
    const isNamed = (ids: string) => Fn.conditionNot(Fn.conditionEquals(ids, ""));
    const condition = new CfnCondition(this, "InVpc", { expression: isNamed(subnets) });
    const needs = (id: string, one: string, other: string, assertDescription: string) =>
      new CfnRule(this, id, {
        ruleCondition: isNamed(one),
        assertions: [{ assert: isNamed(other), assertDescription }],
      });
    needs("SubnetsHaveGroups", subnets, groups, "SubnetIds need SecurityGroupIds.");
    needs("GroupsHaveSubnets", groups, subnets, "SecurityGroupIds need SubnetIds.");
    return { subnetIds: Fn.split(",", subnets), securityGroupIds: Fn.split(",", groups), condition };
  }

  private tell(email: string): void {
    const isGiven = new CfnCondition(this, "TellsByEmail", {
      expression: Fn.conditionNot(Fn.conditionEquals(email, "")),
    });
    const { topicArn } = this.remediation.topic;
    const subscription = new CfnSubscription(this, "Email", { topicArn, protocol: "email", endpoint: email });
    subscription.cfnOptions.condition = isGiven;
    acknowledgeNoRedrive(subscription);
  }
}
