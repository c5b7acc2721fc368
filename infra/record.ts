import { RemovalPolicy, Stack, type Duration } from "aws-cdk-lib";
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { Construct } from "constructs";
import type { RemediationFunction } from "./remediation-function.ts";

/** What the index by time holds of each outcome beside its keys. */
const LISTED = ["cluster_name", "outcome", "cause", "action", "reason", "needs_person", "dry_run", "asked_by"];

export interface RecordProps {
  /** The function that writes it. */
  writer: RemediationFunction;
  key: IKey;
  /** How long an outcome is kept. */
  retention: Duration;
}

/** The record of all outcomes: a table that outlives the stack, and events on the account's default bus. */
export class OutcomesRecord extends Construct {
  readonly table: Table;

  constructor(scope: Construct, id: string, { writer, key, retention }: RecordProps) {
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
    this.allow(writer, key);
  }

  private allow({ role }: RemediationFunction, key: IKey): void {
    const { region, urlSuffix } = Stack.of(this);
    const bus = Stack.of(this).formatArn({ service: "events", resource: "event-bus", resourceName: "default" });
    role.addToPolicy(new PolicyStatement({ actions: ["dynamodb:PutItem"], resources: [this.table.tableArn] }));
    // Source: the DynamoDB developer guide, "Authorizing use of your customer managed key".
    role.addToPolicy(
      new PolicyStatement({
        actions: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
        resources: [key.keyArn],
        conditions: { StringEquals: { "kms:ViaService": `dynamodb.${region}.${urlSuffix}` } },
      }),
    );
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
