import { Arn, ArnFormat, Duration, Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement, type Role } from "aws-cdk-lib/aws-iam";
import { SubscriptionFilter, type ITopic } from "aws-cdk-lib/aws-sns";
import { LambdaSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { idOf, nameOf, partitionOf, type GitRepository } from "../functions/notify/git/settings.ts";
import { createDeadLetterQueue } from "./dead-letter-queue.ts";
import { RemediationFunction, type FunctionOptions } from "./remediation-function.ts";
import { keyOfTable, ofItems } from "./table-items.ts";
import { keepUndelivered, letDecrypt, letSnsKeep } from "./undelivered.ts";

export interface GitProps {
  topic: ITopic;
  /** The record's table, in which each function remembers what it opened, in a partition of its own. */
  table: Table;
  repositories: readonly GitRepository[];
  options: FunctionOptions;
}

/** How many messages go to one repository at once. */
const AT_ONCE = 2;
/** How long one is tried before Lambda tries it anew, which it does twice; `UNDER_WAY_MS` in functions/notify/git/tell.ts is the same. */
const PATIENCE = Duration.minutes(2);
/** How long a message is worth to be told. */
const WORTH_TELLING = Duration.hours(3);

/**
 * Tells outcomes in repositories, as issues or reverts: one function each, which gets what concerns it alone, may read its own secret
 * and no other, and reaches no cluster. Nothing waits for it. What could not be told is kept in a dead-letter queue.
 */
export class Git extends Construct {
  /** By their names. */
  readonly functions: Readonly<Record<string, RemediationFunction>>;
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, { topic, table, repositories, options }: GitProps) {
    super(scope, id);
    const { key } = options;
    this.deadLetterQueue = createDeadLetterQueue(this, "DeadLetters", key);
    letSnsKeep(key, "KeepWhatIsNotToldInGit", Stack.of(this));
    this.functions = Object.fromEntries(
      repositories.map((repository) => {
        const name = `git-${idOf(repository)}`;
        const told = this.create(name, repository, options);
        this.letRemember(told, table, idOf(repository), options);
        topic.addSubscription(
          new LambdaSubscription(told.lambda, {
            deadLetterQueue: this.deadLetterQueue,
            filterPolicy: filterFor(repository),
          }),
        );
        return [name, told];
      }),
    );
  }

  private create(name: string, repository: GitRepository, options: FunctionOptions): RemediationFunction {
    const told = new RemediationFunction(this, name, {
      name,
      entry: "functions/notify/git/handler.ts",
      description: `Tells outcomes in ${nameOf(repository)}`,
      memorySize: 256,
      timeout: PATIENCE,
      reservedConcurrentExecutions: AT_ONCE,
      // It asks the policy for nothing, and needs the room.
      options: { ...options, policy: "{}" },
    });
    told.lambda.addEnvironment("GIT_REPOSITORY", JSON.stringify(repository));
    letReadSecret(told.role, repository.secret);
    keepUndelivered(told, {
      queue: this.deadLetterQueue,
      key: options.key,
      maxEventAge: WORTH_TELLING,
      retryAttempts: 2,
      takes: "the messages that it could not deliver, with the error beside them",
    });
    return told;
  }

  /** It reads and writes its own partition, and nothing of the record. */
  private letRemember({ lambda, role }: RemediationFunction, table: Table, id: string, { key }: FunctionOptions): void {
    lambda.addEnvironment("RECORD_TABLE", table.tableName);
    const actions = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
    role.addToPolicy(ofItems(actions, table, [partitionOf(id)]));
    role.addToPolicy(keyOfTable(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"], table, key));
  }
}

/** The secret, wherever it is, and what decrypts it. */
function letReadSecret(role: Role, secret: string): void {
  const { region = "", account = "" } = Arn.split(secret, ArnFormat.COLON_RESOURCE_NAME);
  role.addToPolicy(new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: [secret] }));
  letDecrypt(role, { service: "secretsmanager", region, account, context: { SecretARN: secret } });
}

/** What is of a namespace, and of those that are named. Source: functions/notify/message.ts, the message's attributes */
function filterFor({ namespaces, clusters }: GitRepository): Record<string, SubscriptionFilter> {
  return {
    namespace:
      namespaces === undefined
        ? SubscriptionFilter.existsFilter()
        : SubscriptionFilter.stringFilter({ allowlist: namespaces }),
    ...(clusters === undefined ? {} : { cluster: SubscriptionFilter.stringFilter({ allowlist: clusters }) }),
  };
}
