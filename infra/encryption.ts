import { Annotations, RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key, type IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";

export interface EncryptionProps {
  /** The key to use instead of a new one. */
  key: IKey | undefined;
}

/** The key that encrypts what is kept and sent, open to the AWS services that do so. */
export class Encryption extends Construct {
  readonly key: IKey;

  constructor(scope: Construct, id: string, { key }: EncryptionProps) {
    super(scope, id);
    this.key =
      key ??
      new Key(this, "Key", {
        description:
          "EKS remediation: executions, outcomes, the record, dead letters, logs and the functions' environment",
        enableKeyRotation: true,
        // The record outlives the stack, and is unreadable without it.
        removalPolicy: RemovalPolicy.RETAIN,
      });
    const added = this.statements().map((statement) => this.key.addToResourcePolicy(statement).statementAdded);
    if (!added.every(Boolean)) {
      Annotations.of(this).addWarningV2(
        "eks-remediation:encryptionKeyPolicy",
        "The policy of encryptionKey is not this app's to extend; docs/deploy.md lists what it has to allow.",
      );
    }
  }

  private statements(): PolicyStatement[] {
    // The service's name ends as the partition's do: amazonaws.com, in China amazonaws.com.cn.
    const { region, urlSuffix } = Stack.of(this);
    const logGroups = Stack.of(this).formatArn({ service: "logs", resource: "*" });
    return [
      new PolicyStatement({
        sid: "EncryptLogs",
        principals: [new ServicePrincipal(`logs.${region}.${urlSuffix}`)],
        actions: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        resources: ["*"],
        conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": logGroups } },
      }),
      new PolicyStatement({
        // Whether they may publish and send at all, the policies of the topic and of the queues decide.
        sid: "PublishAlarmsAndKeepDeadLetters",
        principals: [new ServicePrincipal("cloudwatch.amazonaws.com"), new ServicePrincipal("events.amazonaws.com")],
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: ["*"],
      }),
    ];
  }
}
