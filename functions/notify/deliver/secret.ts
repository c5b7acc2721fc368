import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { CLIENT_OPTIONS, inTime } from "../../shared/aws/client-options.ts";
import { refusalOf } from "../../shared/aws/refusal.ts";
import { RemediationError } from "../../shared/errors.ts";

let client: SSMClient | undefined;

/**
 * Reads a parameter, which may stand for a secret of Secrets Manager: `/aws/reference/secretsmanager/NAME`.
 * Source: the AWS Systems Manager user guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters"
 * @throws RemediationError `DeliveryFailed`
 */
export async function readSecret(name: string): Promise<string> {
  try {
    client ??= new SSMClient(CLIENT_OPTIONS);
    const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }), inTime());
    return Parameter?.Value ?? "";
  } catch (error) {
    const { message, cause } = refusalOf(error);
    throw new RemediationError("DeliveryFailed", `The secret ${name} could not be read: ${cause.name}: ${message}`, {
      cause,
    });
  }
}
