import { RemovalPolicy, Stack, Validations, type Duration } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectOwnership } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { LOOKS } from "../functions/shared/looks.ts";
import { nagResource } from "./nag-resource.ts";
import type { RemediationFunction } from "./remediation-function.ts";

/** What the index by time holds of each outcome beside its keys. */
const LISTED = ["cluster_name", "outcome", "cause", "action", "reason", "needs_person", "dry_run", "asked_by"];

export interface RecordProps {
  /** The function that writes outcomes. */
  writer: RemediationFunction;
  /** The function that keeps its latest look at each cluster. */
  patrol: RemediationFunction;
  /** The functions that remove pods, and keep before what goes with them. */
  removers: readonly RemediationFunction[];
  key: IKey;
  /** How long an outcome is kept. */
  retention: Duration;
}

/** The record of all outcomes: a table that outlives the stack, and events on the account's default bus. */
export class OutcomesRecord extends Construct {
  readonly table: Table;
  /** What went with pods that remedies have removed. */
  readonly evidence: Bucket;

  constructor(scope: Construct, id: string, { writer, patrol, removers, key, retention }: RecordProps) {
    super(scope, id);
    this.table = new Table(this, "Table", {
      partitionKey: { name: "execution", type: AttributeType.STRING },
      sortKey: { name: "subject", type: AttributeType.STRING },
      timeToLiveAttribute: "expires",
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table.addGlobalSecondaryIndex({
      indexName: "by-time",
      // One partition takes a thousand outcomes a second, which no cluster has.
      partitionKey: { name: "list", type: AttributeType.STRING },
      sortKey: { name: "at", type: AttributeType.STRING },
      projectionType: ProjectionType.INCLUDE,
      nonKeyAttributes: LISTED,
    });
    writer.lambda.addEnvironment("RECORD_TABLE", this.table.tableName);
    writer.lambda.addEnvironment("RECORD_DAYS", String(retention.toDays()));
    this.letWrite(writer, key);
    this.letAnnounce(writer);
    patrol.lambda.addEnvironment("RECORD_TABLE", this.table.tableName);
    this.letWrite(patrol, key, { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": [LOOKS] } });
    this.evidence = this.createBucket(key, retention);
    for (const remover of removers) this.letKeep(remover, this.evidence, key);
  }

  /** For what goes with pods that remedies remove. It outlives the stack as the table does. */
  private createBucket(key: IKey, retention: Duration): Bucket {
    const bucket = new Bucket(this, "Evidence", {
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      lifecycleRules: [{ expiration: retention }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    Validations.of(bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "Who reads it, CloudTrail's data events tell where they are on; access logs would need a bucket of their own.",
    });
    return bucket;
  }

  /** It may add to the bucket, and read nothing in it. */
  private letKeep({ lambda, role }: RemediationFunction, bucket: Bucket, key: IKey): void {
    lambda.addEnvironment("EVIDENCE_BUCKET", bucket.bucketName);
    const objects = bucket.arnForObjects("*");
    role.addToPolicy(new PolicyStatement({ actions: ["s3:PutObject"], resources: [objects] }));
    role.addToPolicy(new PolicyStatement({ actions: ["kms:GenerateDataKey"], resources: [key.keyArn] }));
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nagResource(Stack.of(this), objects)}]`,
      reason: "What it keeps is named after the execution and the pod.",
    });
  }

  /** It may put items into the table, and read none. */
  private letWrite({ role }: RemediationFunction, key: IKey, conditions = {}): void {
    const { region, urlSuffix } = Stack.of(this);
    role.addToPolicy(
      new PolicyStatement({ actions: ["dynamodb:PutItem"], resources: [this.table.tableArn], conditions }),
    );
    // Source: the DynamoDB developer guide, "Authorizing use of your customer managed key".
    role.addToPolicy(
      new PolicyStatement({
        actions: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
        resources: [key.keyArn],
        conditions: { StringEquals: { "kms:ViaService": `dynamodb.${region}.${urlSuffix}` } },
      }),
    );
  }

  private letAnnounce({ role }: RemediationFunction): void {
    const bus = Stack.of(this).formatArn({ service: "events", resource: "event-bus", resourceName: "default" });
    role.addToPolicy(
      new PolicyStatement({
        actions: ["events:PutEvents"],
        resources: [bus],
        // IfExists, since not every emulator of AWS knows the key; AWS sends it with every event that is put.
        conditions: { StringEqualsIfExists: { "events:source": "eks-remediation" } },
      }),
    );
  }
}
