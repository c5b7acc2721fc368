import { ArnFormat, Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Destination } from "../functions/notify/deliver/destinations.ts";
import { createDeadLetterQueue } from "./dead-letter-queue.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";
import { keepUndelivered, letDecrypt, letSnsKeep } from "./undelivered.ts";

export interface DeliveryProps {
  topic: ITopic;
  /** The parameter that holds each destination's secret. */
  secrets: Partial<Readonly<Record<Destination, string>>>;
  options: FunctionOptions;
}

/** How many messages go to one destination at once: it takes about one a second, and the account needs its concurrency elsewhere. */
const AT_ONCE = 2;
/** How long one is tried before Lambda tries it anew, which it does twice. */
const PATIENCE = Duration.minutes(3);
/** How long a message is worth to be delivered. */
const WORTH_TELLING = Duration.hours(1);
/** Names of Parameter Store that stand for secrets of Secrets Manager. */
const REFERENCE = "/aws/reference/secretsmanager/";

/**
 * Delivers what the topic carries to Slack, Teams and PagerDuty: one function each, which may read its own secret and no other,
 * so that none waits for another. What could not be delivered is kept in a dead-letter queue.
 */
export class Delivery extends Construct {
  /** By their names. */
  readonly functions: Readonly<Record<string, RemediationFunction>>;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { topic, secrets, options }: DeliveryProps) {
    super(scope, id);
    const { key } = options;
    this.deadLetterQueue = createDeadLetterQueue(this, "DeadLetters", key);
    letSnsKeep(key, "KeepUndeliveredMessages", Stack.of(this));
    this.functions = Object.fromEntries(
      (Object.entries(secrets) as [Destination, string][]).map(([destination, secret]) => {
        const deliver = this.create(destination, secret, options);
        topic.addSubscription(new LambdaSubscription(deliver.lambda, { deadLetterQueue: this.deadLetterQueue }));
        return [nameOf(destination), deliver];
      }),
    );
  }

  private create(destination: Destination, secret: string, options: FunctionOptions): RemediationFunction {
    const deliver = new RemediationFunction(this, nameOf(destination), {
      name: nameOf(destination),
      entry: "functions/notify/deliver/handler.ts",
      description: `Delivers messages to ${destination}`,
      memorySize: 256,
      timeout: PATIENCE,
      reservedConcurrentExecutions: AT_ONCE,
      options,
    });
    const { lambda, role } = deliver;
    lambda.addEnvironment("DESTINATION", destination);
    lambda.addEnvironment("DESTINATION_SECRET", secret);
    this.letRead(role, secret);
    keepUndelivered(deliver, {
      queue: this.deadLetterQueue,
      key: options.key,
      maxEventAge: WORTH_TELLING,
      retryAttempts: 2,
      takes: "the messages that it could not deliver, with the error beside them",
    });
    return deliver;
  }

  /**
   * The parameter, the secret that it stands for, and whichever key that is encrypted with, for nothing else.
   * Source: the AWS Systems Manager user guide, "Referencing AWS Secrets Manager secrets"; the KMS developer guide, "Encryption context"
   */
  private letRead(role: Role, name: string): void {
    const stack = Stack.of(this);
    const parameter = stack.formatArn({ service: "ssm", resource: "parameter", resourceName: name.replace(/^\//, "") });
    role.addToPolicy(new PolicyStatement({ actions: ["ssm:GetParameter"], resources: [parameter] }));
    const secret = name.startsWith(REFERENCE) ? this.arnOfSecret(name.slice(REFERENCE.length)) : undefined;
    if (secret !== undefined)
      role.addToPolicy(new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [secret] }));
    const context = secret === undefined ? { PARAMETER_ARN: parameter } : { SecretARN: secret };
    const service = secret === undefined ? "ssm" : "secretsmanager";
    letDecrypt(role, { service, context, region: stack.region, account: stack.account });
  }

  /** Secrets Manager adds a hyphen and six characters of its own to a name. */
  private arnOfSecret(name: string): string {
    return Stack.of(this).formatArn({
      service: "secretsmanager",
      resource: "secret",
      resourceName: `${name}-??????`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}

function nameOf(destination: Destination): string {
  return `deliver-${destination.toLowerCase()}`;
}
