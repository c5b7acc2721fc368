import { ArnFormat, Duration, Stack, Validations } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { WORKLOAD_LABEL } from "../statemachines/remediation.ts";
import { createDeadLetterQueue } from "./dead-letter-queue.ts";
import { nagResource } from "./nag-resource.ts";
import type { RemediationFunction } from "./remediation-function.ts";
import { keepUndelivered } from "./undelivered.ts";

export interface EndedExecutionsProps {
  stateMachine: StateMachine;
  /** As text: the machine depends on the function, so that what the function may do cannot depend on the machine. */
  stateMachineName: string;
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

  constructor(scope: Construct, id: string, { stateMachine, stateMachineName, notify, key }: EndedExecutionsProps) {
    super(scope, id);
    this.deadLetterQueue = createDeadLetterQueue(this, "DeadLetters", key);
    const rule = (id: string, description: string, detail: Record<string, unknown[]>) =>
      new Rule(this, id, {
        description,
        eventPattern: { source: ["aws.states"], detailType: ["Step Functions Execution Status Change"], detail },
        targets: [
          new LambdaFunction(notify.lambda, {
            event: RuleTargetInput.fromObject({ about: "execution", event: EventField.fromPath("$.detail") }),
            deadLetterQueue: this.deadLetterQueue,
            maxEventAge: WORTH_TELLING,
          }),
        ],
      });
    const without = ["FAILED", "TIMED_OUT", "ABORTED"];
    const arnsFrom = (begin: string) =>
      Stack.of(this).formatArn({
        service: "states",
        resource: "execution",
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        resourceName: `${stateMachine.stateMachineName}${begin}`,
      });
    // By the ARN of the execution, too: whichever state machine the event of a workload's execution names, one rule takes it.
    rule("Rule", "Tells of executions that failed, timed out or were aborted, and when they work again", {
      stateMachineArn: [stateMachine.stateMachineArn],
      executionArn: [{ prefix: arnsFrom(":") }],
      status: ["SUCCEEDED", ...without],
    });
    rule("OfWorkloads", "Tells of executions of one workload that failed or were aborted while their run goes on", {
      executionArn: [{ prefix: arnsFrom("/") }],
      status: without,
    });
    this.allowToRead(stateMachineName, notify);
    keepUndelivered(notify, {
      ...{ queue: this.deadLetterQueue, key, maxEventAge: WORTH_TELLING, retryAttempts: 2 },
      takes: "the events that it could not process, with the error beside them",
    });
  }

  /**
   * The events leave out what is encrypted; the role may use the key already. How many scheduled runs have failed in a row, the
   * list of the executions tells. By name: the machine waits for the function, and that for its role's policy.
   */
  private allowToRead(stateMachineName: string, { role }: RemediationFunction): void {
    const stack = Stack.of(this);
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    const executions = [`${stateMachineName}:*`, `${stateMachineName}/${WORKLOAD_LABEL}:*`].map((resourceName) =>
      stack.formatArn({ service: "states", resource: "execution", arnFormat, resourceName }),
    );
    const machine = stack.formatArn({
      service: "states",
      resource: "stateMachine",
      arnFormat,
      resourceName: stateMachineName,
    });
    role.addToPolicy(new PolicyStatement({ actions: ["states:ListExecutions"], resources: [machine] }));
    role.addToPolicy(new PolicyStatement({ actions: ["states:DescribeExecution"], resources: executions }));
    for (const resource of executions) {
      Validations.of(role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${nagResource(stack, resource)}]`,
        reason: "Any execution of this machine may end without success, and each has a name of its own.",
      });
    }
  }
}
