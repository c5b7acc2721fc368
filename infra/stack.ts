import { createHash } from "node:crypto";
import { CfnOutput, Stack } from "aws-cdk-lib";
import { ManagedPolicy, type IManagedPolicy } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { EksRemediation } from "./eks-remediation.ts";
import type { Settings } from "./settings.ts";

/** The remediation workflow for one cluster. */
export class RemediationStack extends Stack {
  readonly remediation: EksRemediation;

  /** @throws SettingsError naming each setting that cannot be used, and its rule */
  constructor(scope: Construct, id: string, settings: Settings) {
    const { clusterName, notifyEmail, chat, deliver, scorecard, permissionsBoundary, ...props } = settings;
    super(scope, id, {
      stackName: stackNameOf(clusterName, props.namePrefix),
      description: `Remediates failing workloads on EKS cluster ${clusterName}`,
    });
    this.remediation = new EksRemediation(this, "Remediation", {
      ...props,
      clusterName,
      notifications: { emails: notifyEmail === undefined ? [] : [notifyEmail], chat, deliver, scorecard },
      permissionsBoundary: permissionsBoundary === undefined ? undefined : this.managedPolicy(permissionsBoundary),
    });
    this.addOutputs();
  }

  private managedPolicy(arnOrName: string): IManagedPolicy {
    return arnOrName.startsWith("arn:")
      ? ManagedPolicy.fromManagedPolicyArn(this, "PermissionsBoundary", arnOrName)
      : ManagedPolicy.fromManagedPolicyName(this, "PermissionsBoundary", arnOrName);
  }

  private addOutputs(): void {
    const {
      stateMachine,
      agentFunction,
      mcpUrls,
      waysIn,
      topic,
      recordTableName,
      evidenceBucketName,
      settingsPath,
      dashboardName,
      rbacCommand,
    } = this.remediation;
    new CfnOutput(this, "StateMachineArn", {
      description: "Start it with a request to remediate by hand or from a runbook",
      value: stateMachine.stateMachineArn,
    });
    new CfnOutput(this, "AgentFunctionName", { value: agentFunction.functionName });
    new CfnOutput(this, "AgentFunctionArn", {
      description: "Answers agents that invoke a function and wait for its JSON; fit for K8S_AGENT_ARN",
      value: agentFunction.functionArn,
    });
    if (mcpUrls !== undefined) {
      new CfnOutput(this, "McpReadUrl", {
        description: "Serves agents the tools that change nothing; needs lambda:InvokeFunctionUrl",
        value: mcpUrls.read.url,
      });
      new CfnOutput(this, "McpActUrl", {
        description: "Serves agents the tools that may change something; needs lambda:InvokeFunctionUrl",
        value: mcpUrls.act.url,
      });
    }
    if (waysIn !== undefined) {
      new CfnOutput(this, "WaysInFunctionArn", {
        description: "The target for rules of yours, which send cluster_name and namespace, where events are a way in",
        value: waysIn.function.lambda.functionArn,
      });
    }
    if (waysIn?.topic !== undefined) {
      new CfnOutput(this, "AlertTopicArn", {
        description: "Where a Managed Prometheus publishes its alerts",
        value: waysIn.topic.topicArn,
      });
    }
    new CfnOutput(this, "TopicArn", {
      description: "Subscribe to it to be told outcomes and alarms",
      value: topic.topicArn,
    });
    new CfnOutput(this, "RecordTableName", {
      description: "The record of all outcomes, for the commands history, show and undo",
      value: recordTableName,
    });
    new CfnOutput(this, "EvidenceBucketName", {
      description: "What went with pods that remedies have removed",
      value: evidenceBucketName,
    });
    new CfnOutput(this, "SettingsPath", {
      description: "Where the commands stop, resume and settings set what holds at run time",
      value: settingsPath,
    });
    if (dashboardName !== undefined) {
      new CfnOutput(this, "DashboardName", { description: "In the CloudWatch console", value: dashboardName });
    }
    new CfnOutput(this, "RbacCommand", {
      description: "Gives the functions' groups their permissions on the cluster",
      value: rbacCommand,
    });
  }
}

/**
 * One stack a cluster, so that several clusters of an account can be looked after; and one for each prefix, so that a cluster's
 * namespaces can be looked after in different ways. A stack's name knows no underscore: a cluster that has one keeps its
 * name apart from others' by a digest.
 */
function stackNameOf(clusterName: string, namePrefix = "eks-remediation"): string {
  const name = `${namePrefix}-${clusterName.replaceAll("_", "-")}`;
  return clusterName.includes("_") ? `${name}-${digest(clusterName)}` : name;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}
