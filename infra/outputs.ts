import { CfnOutput, type Stack } from "aws-cdk-lib";
import type { EksRemediation } from "./eks-remediation.ts";

/** Says where everything is that people, agents and their tools use. */
export function addOutputs(stack: Stack, remediation: EksRemediation): void {
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
  } = remediation;
  new CfnOutput(stack, "StateMachineArn", {
    description: "Start it with a request to remediate by hand or from a runbook",
    value: stateMachine.stateMachineArn,
  });
  new CfnOutput(stack, "AgentFunctionName", { value: agentFunction.functionName });
  new CfnOutput(stack, "AgentFunctionArn", {
    description: "Answers agents that invoke a function and wait for its JSON; fit for K8S_AGENT_ARN",
    value: agentFunction.functionArn,
  });
  if (mcpUrls !== undefined) {
    new CfnOutput(stack, "McpReadUrl", {
      description: "Serves agents the tools that change nothing; needs lambda:InvokeFunctionUrl",
      value: mcpUrls.read.url,
    });
    new CfnOutput(stack, "McpActUrl", {
      description: "Serves agents the tools that may change something; needs lambda:InvokeFunctionUrl",
      value: mcpUrls.act.url,
    });
  }
  if (waysIn !== undefined) {
    new CfnOutput(stack, "WaysInFunctionArn", {
      description: "The target for rules of yours, which send cluster_name and namespace, where events are a way in",
      value: waysIn.function.lambda.functionArn,
    });
  }
  if (waysIn?.topic !== undefined) {
    new CfnOutput(stack, "AlertTopicArn", {
      description: "Where a Managed Prometheus publishes its alerts",
      value: waysIn.topic.topicArn,
    });
  }
  new CfnOutput(stack, "TopicArn", {
    description: "Subscribe to it to be told outcomes and alarms",
    value: topic.topicArn,
  });
  new CfnOutput(stack, "RecordTableName", {
    description: "The record of all outcomes, for the commands history, show and undo",
    value: recordTableName,
  });
  new CfnOutput(stack, "EvidenceBucketName", {
    description: "What went with pods that remedies have removed",
    value: evidenceBucketName,
  });
  new CfnOutput(stack, "SettingsPath", {
    description: "Where the commands stop, resume and settings set what holds at run time",
    value: settingsPath,
  });
  if (dashboardName !== undefined) {
    new CfnOutput(stack, "DashboardName", { description: "In the CloudWatch console", value: dashboardName });
  }
  new CfnOutput(stack, "RbacCommand", {
    description: "Gives the functions' groups their permissions on the cluster",
    value: rbacCommand,
  });
}
