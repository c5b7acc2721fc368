import { Stack } from "aws-cdk-lib";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { RemediationFunction } from "./remediation-function.ts";

// Written out, because the grants of the table allow more.

/** Lets a function read the items of the record that have these partition keys, and nothing else of it. */
export function letReadTable({ role, lambda }: RemediationFunction, table: Table, keys: string[], key: IKey): void {
  lambda.addEnvironment("RECORD_TABLE", table.tableName);
  role.addToPolicy(ofItems(["dynamodb:Query"], table, keys));
  role.addToPolicy(keyOfTable(["kms:DescribeKey"], table, key));
}

/** Lets a function read the items of the record that have these partition keys, and write those that have others. */
export function letReadAndWriteTable(
  { role, lambda }: RemediationFunction,
  table: Table,
  { read, write }: { read: string[]; write: { action: string; keys: string[] }[] },
  key: IKey,
): void {
  lambda.addEnvironment("RECORD_TABLE", table.tableName);
  role.addToPolicy(ofItems(["dynamodb:Query"], table, read));
  for (const { action, keys } of write) role.addToPolicy(ofItems([action], table, keys));
  role.addToPolicy(keyOfTable(["kms:DescribeKey", "kms:Encrypt"], table, key));
}

/** Only items with these partition keys. */
export function ofItems(actions: string[], { tableArn }: Table, keys: string[]): PolicyStatement {
  const conditions = { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": keys } };
  return new PolicyStatement({ actions, resources: [tableArn], conditions });
}

/** The table's key, by way of the table. Source: the DynamoDB developer guide, "Authorizing use of your customer managed key". */
export function keyOfTable(actions: string[], table: Table, { keyArn }: IKey): PolicyStatement {
  const { region, urlSuffix } = Stack.of(table);
  return new PolicyStatement({
    actions,
    resources: [keyArn],
    conditions: { StringEquals: { "kms:ViaService": `dynamodb.${region}.${urlSuffix}` } },
  });
}
