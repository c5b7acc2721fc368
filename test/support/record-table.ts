import type { AwsAnswer } from "./aws-over-http.ts";

type Value = { S?: string; N?: string };
type Item = Record<string, Value>;
interface Input {
  Item?: Item;
  Key?: Item;
  ConditionExpression?: string;
  ExpressionAttributeValues?: Item;
}

/** The record's table in memory, as far as what is remembered of threads needs it: reads, conditional writes, and a count. */
export class RecordTable {
  readonly items = new Map<string, Item>();

  answer(operation: string, input: Input): AwsAnswer {
    const key = keyOf(input.Key ?? input.Item ?? {});
    const present = this.items.get(key);
    if (operation === "GetItem") return { body: present === undefined ? {} : { Item: present } };
    if (!this.#allows(input, present))
      return { status: 400, body: { __type: "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException" } };
    if (operation === "PutItem") {
      this.items.set(key, input.Item ?? {});
      return { body: {} };
    }
    const written = { N: String(Number(present?.["written"]?.N ?? 0) + 1) };
    this.items.set(key, { ...input.Key, written, expires: input.ExpressionAttributeValues?.[":expires"] ?? {} });
    return { body: { Attributes: { written } } };
  }

  #allows({ ConditionExpression: condition = "", ExpressionAttributeValues: values = {} }: Input, present?: Item) {
    if (condition === "attribute_not_exists(revision)") return present === undefined;
    if (condition === "revision = :before") return present?.["revision"]?.N === values[":before"]?.N;
    if (condition === "attribute_not_exists(written) OR written < :limit")
      return Number(present?.["written"]?.N ?? -1) < Number(values[":limit"]?.N);
    throw new Error(`Not known: ${condition}`);
  }
}

function keyOf({ execution, subject }: Item): string {
  return `${execution?.S ?? ""} ${subject?.S ?? ""}`;
}
