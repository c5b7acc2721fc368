import { ArnFormat, Duration, Stack, Validations } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { createDeadLetterQueue } from "./dead-letter-queue.ts";
import { nagResource } from "./nag-resource.ts";
import type { RemediationFunction } from "./remediation-function.ts";

export interface EndedExecutionsProps {
  stateMachine: StateMachine;
  /** The function that publishes. */
  notify: RemediationFunction;
  key: IKey;
}

/** How long an end that could not be told is worth telling. */
const WORTH_TELLING = Duration.hours(1);

/**
 * Tells of executions that failed, timed out or were aborted, which may not have had the time to tell it themselves, and of the
 * first scheduled one that works after others that failed. What could not be delivered or told is kept in a dead-letter queue.
 */
export class EndedExecutions extends Construct {
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { stateMachine, notify, key }: EndedExecutionsProps) {
    super(scope, id);
    this.deadLetterQueue = createDeadLetterQueue(this, "DeadLetters", key);
    new Rule(this, "Rule", {
      description: "Tells of executions that failed, timed out or were aborted, and when they work again",
      eventPattern: {
        source: ["aws.states"],
        detailType: ["Step Functions Execution Status Change"],
        detail: {
          stateMachineArn: [stateMachine.stateMachineArn],
          status: ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"],
        },
      },
      targets: [
        new LambdaFunction(notify.lambda, {
          event: RuleTargetInput.fromObject({ about: "execution", event: EventField.fromPath("$.detail") }),
          deadLetterQueue: this.deadLetterQueue,
          maxEventAge: WORTH_TELLING,
        }),
      ],
    });
    // Written out, because the queue's own grant allows `kms:GenerateDataKey*` and more.
    const { queueArn } = this.deadLetterQueue;
    notify.role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queueArn] }));
    notify.role.addToPolicy(
      new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] }),
    );
    this.letCount(notify, stateMachine);
    notify.lambda.configureAsyncInvoke({
      onFailure: { bind: () => ({ destination: queueArn }) },
      maxEventAge: WORTH_TELLING,
      retryAttempts: 2,
    });
    Validations.of(notify.lambda).acknowledge({
      id: "Serverless-LambdaDLQ",
      reason: "Its on-failure destination takes the events that it could not process, with the error beside them.",
    });
  }

  /** Whoever publishes counts how many scheduled runs have failed in a row. */
  private letCount({ role }: RemediationFunction, { stateMachineArn, stateMachineName }: StateMachine): void {
    const stack = Stack.of(this);
    const executions = stack.formatArn({
      service: "states",
      resource: "execution",
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      resourceName: `${stateMachineName}:*`,
    });
    // Of its own: the function waits for its role's policy, and the state machine for the function.
    const policy = new Policy(this, "CountRuns", {
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ["states:ListExecutions"], resources: [stateMachineArn] }),
        new PolicyStatement({ actions: ["states:DescribeExecution"], resources: [executions] }),
      ],
    });
    Validations.of(policy).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nagResource(stack, executions)}]`,
      reason: "It looks at executions of this state machine, whose names others choose.",
    });
  }
}
