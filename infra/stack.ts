import { CfnOutput, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";
import { ClusterAccess } from "./cluster-access.ts";
import { Functions } from "./functions.ts";
import { Notifications } from "./notifications.ts";
import { Schedule } from "./schedule.ts";
import type { Settings } from "./settings.ts";
import { Workflow } from "./workflow.ts";

/** The remediation workflow for one cluster. */
export class RemediationStack extends Stack {
  constructor(scope: Construct, id: string, { clusterName, policy, notifyEmail, schedule }: Settings) {
    super(scope, id, {
      // One stack a cluster, so that several clusters of an account can be looked after.
      stackName: `eks-remediation-${clusterName.replaceAll("_", "-")}`,
      description: `Remediates failing workloads on EKS cluster ${clusterName}`,
    });
    const { steps } = new Functions(this, "Functions", { policy });
    const { topic } = new Notifications(this, "Notifications", { publisher: steps.notify, email: notifyEmail });
    const { stateMachine } = new Workflow(this, "Workflow", { steps });
    new ClusterAccess(this, "ClusterAccess", { steps, clusterName });
    new Schedule(this, "Schedule", { stateMachine, clusterName, enabled: schedule === "on" });

    new CfnOutput(this, "StateMachineArn", { value: stateMachine.stateMachineArn });
    new CfnOutput(this, "TopicArn", { value: topic.topicArn });
    new CfnOutput(this, "RbacCommand", {
      description: "Gives the functions' groups their permissions on the cluster",
      value: "kubectl apply -f infra/rbac.yaml",
    });
  }
}
