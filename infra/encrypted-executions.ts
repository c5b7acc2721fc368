import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";

/**
 * What it takes to write what an execution was started with, or to read it, where that is encrypted with a key of one's own.
 * Source: docs.aws.amazon.com/step-functions, "Data at rest encryption in Step Functions"
 * @param machine the ARN of the state machine; `*` in it stands for anything
 */
export function useOfKeyFor(machine: string, key: IKey): PolicyStatement {
  return new PolicyStatement({
    actions: ["kms:Decrypt", "kms:GenerateDataKey"],
    resources: [key.keyArn],
    conditions: { StringLike: { "kms:EncryptionContext:aws:states:stateMachineArn": machine } },
  });
}
