import { ArnFormat, Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Tracing } from "aws-cdk-lib/aws-lambda";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { useOfKeyFor } from "./encrypted-executions.ts";
import { STEP_TIMEOUT } from "./functions.ts";
import { nagResource } from "./nag-resource.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";

export interface PatrolProps {
  stateMachine: StateMachine;
  options: FunctionOptions;
}

/** The function that the schedule invokes: it looks, and starts the workflow when there is something for it to do. */
export class Patrol extends RemediationFunction {
  constructor(scope: Construct, id: string, { stateMachine, options }: PatrolProps) {
    super(scope, id, {
      name: "patrol",
      entry: "functions/patrol/handler.ts",
      description: "Looks whether there is something to do or to tell, and starts the workflow only then",
      // It runs the same scan as detect.
      memorySize: 1_024,
      // It is over before the next one begins.
      timeout: STEP_TIMEOUT,
      // Most looks find nothing; the executions that others lead to are traced.
      tracing: Tracing.PASS_THROUGH,
      options,
    });
    this.lambda.addEnvironment("STATE_MACHINE_ARN", stateMachine.stateMachineArn);
    Validations.of(this.lambda).acknowledge({
      id: "Serverless-LambdaTracing",
      reason: "It looks each minute and most looks find nothing. The executions that it starts are traced.",
    });
    this.allow(stateMachine, options);
  }

  private allow({ stateMachineArn, stateMachineName }: StateMachine, { key }: FunctionOptions): void {
    const stack = Stack.of(this);
    const executions = stack.formatArn({
      service: "states",
      resource: "execution",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      resourceName: `${stateMachineName}:*`,
    });
    const actions = ["states:ListExecutions", "states:StartExecution"];
    this.role.addToPolicy(new PolicyStatement({ actions, resources: [stateMachineArn] }));
    this.role.addToPolicy(new PolicyStatement({ actions: ["states:DescribeExecution"], resources: [executions] }));
    this.role.addToPolicy(useOfKeyFor(stateMachineArn, key));
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nagResource(stack, executions)}]`,
      reason: "It looks which of the machine's executions that failed are of the schedule; each has a name of its own.",
    });
  }
}
