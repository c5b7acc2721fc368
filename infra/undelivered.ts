import { Stack, Validations, type Duration } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal, type Role } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { nagResource } from "./nag-resource.ts";
import type { RemediationFunction } from "./remediation-function.ts";

/** Lets SNS keep in encrypted queues what it could not hand over. */
export function letSnsKeep(key: IKey, sid: string, { account }: Stack): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      sid,
      principals: [new ServicePrincipal("sns.amazonaws.com")],
      actions: ["kms:Decrypt", "kms:GenerateDataKey"],
      resources: ["*"],
      conditions: { StringEquals: { "aws:SourceAccount": account } },
    }),
  );
}

interface Undelivered {
  queue: Queue;
  key: IKey;
  /** For how long it is worth to be tried. */
  maxEventAge: Duration;
  /** How often it is tried again. */
  retryAttempts: number;
  /** What the queue takes, in words. */
  takes: string;
}

/** Has Lambda try again what a function is invoked with and waited for by nobody, and keep what it could not do, with the error beside it. */
export function keepUndelivered(
  { lambda, role }: RemediationFunction,
  { queue: { queueArn }, key, maxEventAge, retryAttempts, takes }: Undelivered,
): void {
  // Written out, because the queue's own grant allows `kms:GenerateDataKey*` and more.
  role.addToPolicy(new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [queueArn] }));
  role.addToPolicy(new PolicyStatement({ actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] }));
  lambda.configureAsyncInvoke({
    onFailure: { bind: () => ({ destination: queueArn }) },
    maxEventAge,
    retryAttempts,
  });
  Validations.of(lambda).acknowledge({
    id: "Serverless-LambdaDLQ",
    reason: `Its on-failure destination takes ${takes}.`,
  });
}

interface Secret {
  /** The service that keeps it, and where. */
  service: "ssm" | "secretsmanager";
  region: string;
  account: string;
  /** What the service says of it when it has it decrypted. */
  context: Readonly<Record<string, string>>;
}

/**
 * Lets a role decrypt one secret, with whichever key that is encrypted with, and nothing else.
 * Source: the KMS developer guide, "Encryption context"
 */
export function letDecrypt(role: Role, { service, region, account, context }: Secret): void {
  const stack = Stack.of(role);
  const keys = stack.formatArn({ service: "kms", region, account, resource: "key", resourceName: "*" });
  role.addToPolicy(
    new PolicyStatement({
      actions: ["kms:Decrypt"],
      resources: [keys],
      conditions: {
        StringEquals: { "kms:ViaService": `${service}.${region}.${stack.urlSuffix}` },
        StringLike: Object.fromEntries(
          Object.entries(context).map(([field, value]) => [`kms:EncryptionContext:${field}`, value]),
        ),
      },
    }),
  );
  Validations.of(role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${nagResource(stack, keys)}]`,
    reason: "The key is the owner's of the secret. It decrypts this one secret for it, by its encryption context.",
  });
}
