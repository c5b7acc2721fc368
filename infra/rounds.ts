import { Duration, Validations } from "aws-cdk-lib";
import { EventField, Rule, RuleTargetInput, Schedule as RuleSchedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Tracing } from "aws-cdk-lib/aws-lambda";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";

export interface RoundsProps {
  /** What looks at a cluster. */
  patrol: RemediationFunction;
  /** Whether there are rounds: without the schedule, a cluster is looked at only when something asks for it. */
  enabled: boolean;
  /** Takes the rounds that could not be made. */
  deadLetterQueue: Queue;
  options: FunctionOptions;
}

/** How often there is a round: a cluster may be looked at each minute. */
const INTERVAL = Duration.minutes(1);

/** Has the clusters of a hub's list looked at, each as often as the list says. */
export class Rounds extends RemediationFunction {
  constructor(scope: Construct, id: string, { patrol, enabled, deadLetterQueue, options }: RoundsProps) {
    super(scope, id, {
      name: "rounds",
      entry: "functions/rounds/handler.ts",
      description: "Has the clusters of the hub's list looked at, each as often as the list says",
      memorySize: 256,
      // It is over before the next one begins.
      timeout: Duration.seconds(55),
      tracing: Tracing.PASS_THROUGH,
      options,
    });
    this.lambda.addEnvironment("PATROL_FUNCTION", patrol.lambda.functionName);
    this.role.addToPolicy(
      new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [patrol.lambda.functionArn] }),
    );
    new Rule(this, "Rule", {
      description: "Has the clusters of the hub's list looked at",
      schedule: RuleSchedule.rate(INTERVAL),
      enabled,
      targets: [
        new LambdaFunction(this.lambda, {
          // The moment that it is for, however late it comes: no cluster is left out, or looked at twice.
          event: RuleTargetInput.fromObject({ id: EventField.eventId, time: EventField.time }),
          deadLetterQueue,
          maxEventAge: INTERVAL,
        }),
      ],
    });
    const { queueArn } = deadLetterQueue;
    this.role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queueArn] }));
    this.role.addToPolicy(new PolicyStatement({ actions: ["kms:GenerateDataKey"], resources: [options.key.keyArn] }));
    this.lambda.configureAsyncInvoke({
      onFailure: { bind: () => ({ destination: queueArn }) },
      maxEventAge: INTERVAL,
      // What it did is done once, whatever is tried again; the next round is another try.
      retryAttempts: 0,
    });
    for (const { id: finding, reason } of [
      { id: "Serverless-LambdaDLQ", reason: "Its on-failure destination takes the rounds that it could not make." },
      { id: "Serverless-LambdaTracing", reason: "It makes a round each minute, and does nothing but ask for looks." },
    ]) {
      Validations.of(this.lambda).acknowledge({ id: finding, reason });
    }
  }
}
