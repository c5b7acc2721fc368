import {
  GetSecretValueCommand,
  SecretsManagerClient,
  type SecretsManagerClientConfig,
} from "@aws-sdk/client-secrets-manager";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";

/** The text of a secret of Secrets Manager, in the region that its ARN names; empty where it holds none. @throws what AWS answers */
export async function readSecretValue(
  arn: string,
  options: SecretsManagerClientConfig = CLIENT_OPTIONS,
): Promise<string> {
  const [, , , region] = arn.split(":");
  const client = new SecretsManagerClient({ ...options, ...(region === undefined ? {} : { region }) });
  const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }), inTime());
  return SecretString ?? "";
}
