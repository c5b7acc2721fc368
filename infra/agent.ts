import { ArnFormat, Duration, Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";
import { useOfKeyFor } from "./encrypted-executions.ts";
import { nagResource } from "./nag-resource.ts";
import { RemediationFunction, type FunctionOptions, type RemediationFunctionProps } from "./remediation-function.ts";

export interface AgentProps {
  stateMachine: StateMachine;
  options: FunctionOptions;
  /** How it differs from the function that agents invoke. */
  as?: Pick<RemediationFunctionProps, "name" | "entry" | "description">;
}

const INVOKED = {
  name: "agent",
  entry: "functions/agent/handler.ts",
  description: "Answers agents that invoke a function instead of starting the workflow",
} as const;

/** A function that agents call instead of starting the workflow. It may start it, and look at what it started. */
export class Agent extends RemediationFunction {
  constructor(scope: Construct, id: string, { stateMachine, options, as = INVOKED }: AgentProps) {
    super(scope, id, {
      ...as,
      // It may run the same scan as detect.
      memorySize: 1_024,
      // It may wait for an outcome, so it has as long as Lambda gives.
      timeout: Duration.minutes(15),
      options,
    });
    this.lambda.addEnvironment("STATE_MACHINE_ARN", stateMachine.stateMachineArn);
    // A request that nobody waits for must not be made twice.
    this.lambda.configureAsyncInvoke({ retryAttempts: 0 });
    this.allow(stateMachine, options);
    for (const id of ["Serverless-LambdaAsyncFailureDestination", "Serverless-LambdaDLQ"]) {
      Validations.of(this.lambda).acknowledge({
        id,
        reason:
          "Agents wait for its answer. An event that nobody waits for is not tried again; an alarm tells its error.",
      });
    }
  }

  private allow({ stateMachineArn, stateMachineName }: StateMachine, { key }: FunctionOptions): void {
    const stack = Stack.of(this);
    const started = stack.formatArn({
      service: "states",
      resource: "execution",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      // The agent names its executions like this.
      resourceName: `${stateMachineName}:agent-*`,
    });
    this.role.addToPolicy(new PolicyStatement({ actions: ["states:StartExecution"], resources: [stateMachineArn] }));
    this.role.addToPolicy(new PolicyStatement({ actions: ["states:DescribeExecution"], resources: [started] }));
    this.role.addToPolicy(useOfKeyFor(stateMachineArn, key));
    Validations.of(this.role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nagResource(stack, started)}]`,
      reason: "It looks at the executions that it started, whose names end with the ID of the invocation.",
    });
  }
}
