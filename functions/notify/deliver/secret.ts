import { refusalOf } from "../../shared/aws/refusal.ts";
import { RemediationError } from "../../shared/errors.ts";

/**
 * Reads a parameter, which may stand for a secret of Secrets Manager: `/aws/reference/secretsmanager/NAME`.
 * Source: the AWS Systems Manager user guide, "Referencing AWS Secrets Manager secrets from Parameter Store parameters"
 * @param read reads the parameter of that name. @throws what AWS answers
 * @throws RemediationError `DeliveryFailed`
 */
export async function readSecret(name: string, read: (name: string) => Promise<string>): Promise<string> {
  try {
    return await read(name);
  } catch (error) {
    const { message, cause } = refusalOf(error);
    throw new RemediationError("DeliveryFailed", `The secret ${name} could not be read: ${cause.name}: ${message}`, {
      cause,
    });
  }
}
