import { ArnFormat, Duration, Stack } from "aws-cdk-lib";
import { Rule } from "aws-cdk-lib/aws-events";
import { LambdaFunction } from "aws-cdk-lib/aws-events-targets";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Topic, type ITopic } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { StateMachine } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import type { WayIn } from "../functions/ways-in/ways.ts";
import { createDeadLetterQueue } from "./dead-letter-queue.ts";
import { useOfKeyFor } from "./encrypted-executions.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";
import { keepUndelivered } from "./undelivered.ts";

export interface WaysInProps {
  stateMachine: StateMachine;
  clusterName: string;
  ways: readonly WayIn[];
  options: FunctionOptions;
}

/** How many messages are read at once: whoever may send them can take no more of the account's concurrency. */
const AT_ONCE = 2;
/** How long what could not be read at once is worth a look. */
const WORTH_A_LOOK = Duration.minutes(15);

/** Starts a look as soon as an alarm, an alert or an event says where. What could not be delivered is kept in a dead-letter queue. */
export class WaysIn extends Construct {
  readonly function: RemediationFunction;
  readonly deadLetterQueue: Queue;
  /** Where a Managed Prometheus publishes its alerts; undefined where that is no way in. */
  readonly topic: ITopic | undefined;

  constructor(scope: Construct, id: string, { stateMachine, clusterName, ways, options }: WaysInProps) {
    super(scope, id);
    const { stateMachineArn } = stateMachine;
    this.deadLetterQueue = createDeadLetterQueue(this, "DeadLetters", options.key);
    this.function = new RemediationFunction(this, "ways-in", {
      name: "ways-in",
      entry: "functions/ways-in/handler.ts",
      description: "Starts a look where an alarm, an alert or an event says that something fails",
      memorySize: 256,
      timeout: Duration.seconds(60),
      reservedConcurrentExecutions: AT_ONCE,
      options,
    });
    const { lambda, role } = this.function;
    lambda.addEnvironment("CLUSTER_NAME", clusterName);
    lambda.addEnvironment("STATE_MACHINE_ARN", stateMachineArn);
    role.addToPolicy(new PolicyStatement({ actions: ["states:StartExecution"], resources: [stateMachineArn] }));
    role.addToPolicy(useOfKeyFor(stateMachineArn, options.key));
    keepUndelivered(this.function, {
      ...{ queue: this.deadLetterQueue, key: options.key, maxEventAge: WORTH_A_LOOK, retryAttempts: 2 },
      takes: "the events that it could not process, with the error beside them",
    });
    if (ways.includes("alarms")) this.admitAlarms(clusterName);
    if (ways.includes("events")) this.admitRules();
    this.topic = ways.includes("alertmanager") ? this.admitAlerts(options) : undefined;
  }

  /** Alarms on metrics of this cluster: other alarms, those of the remediation itself among them, invoke nothing. */
  private admitAlarms(clusterName: string): void {
    const dimensions = { ClusterName: [clusterName] };
    new Rule(this, "Alarms", {
      description: `Looks where an alarm on a metric of ${clusterName} is raised`,
      eventPattern: {
        source: ["aws.cloudwatch"],
        detailType: ["CloudWatch Alarm State Change"],
        detail: { state: { value: ["ALARM"] }, configuration: { metrics: { metricStat: { metric: { dimensions } } } } },
      },
      targets: [
        new LambdaFunction(this.function.lambda, {
          deadLetterQueue: this.deadLetterQueue,
          maxEventAge: WORTH_A_LOOK,
        }),
      ],
    });
  }

  /** Rules of this account, on any bus, which send what an input transformer makes of an event. */
  private admitRules(): void {
    const arnFormat = ArnFormat.SLASH_RESOURCE_NAME;
    const rules = Stack.of(this).formatArn({ service: "events", resource: "rule", resourceName: "*", arnFormat });
    this.function.lambda.addPermission("Rules", {
      principal: new ServicePrincipal("events.amazonaws.com"),
      sourceArn: rules,
      sourceAccount: Stack.of(this).account,
    });
  }

  /**
   * A topic on which the Managed Prometheus of this account publishes, and nobody else.
   * Source: docs.aws.amazon.com/prometheus, "Giving Amazon Managed Service for Prometheus permission to send alert messages"
   */
  private admitAlerts({ key, namePrefix }: FunctionOptions): Topic {
    const topic = new Topic(this, "Alerts", {
      displayName: "EKS remediation: alerts",
      masterKey: key,
      enforceSSL: true,
      ...(namePrefix === undefined ? {} : { topicName: `${namePrefix}-alerts` }),
    });
    const prometheus = new ServicePrincipal("aps.amazonaws.com");
    const conditions = { StringEquals: { "aws:SourceAccount": Stack.of(this).account } };
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: "PublishAlerts",
        principals: [prometheus],
        actions: ["sns:Publish", "sns:GetTopicAttributes"],
        resources: [topic.topicArn],
        conditions,
      }),
    );
    for (const statement of [
      new PolicyStatement({
        sid: "PublishAlerts",
        principals: [prometheus],
        actions: ["kms:Decrypt", "kms:GenerateDataKey*"],
        resources: ["*"],
        conditions,
      }),
      new PolicyStatement({
        sid: "KeepUndeliveredAlerts",
        principals: [new ServicePrincipal("sns.amazonaws.com")],
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: ["*"],
        conditions,
      }),
    ])
      key.addToResourcePolicy(statement);
    topic.addSubscription(new LambdaSubscription(this.function.lambda, { deadLetterQueue: this.deadLetterQueue }));
    return topic;
  }
}
