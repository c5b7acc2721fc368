import { GetParameterCommand, SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";

/** The text of a parameter of Systems Manager, decrypted where it is secret; empty where it has no value. @throws what AWS answers */
export async function readParameter(name: string, options: SSMClientConfig = CLIENT_OPTIONS): Promise<string> {
  const client = new SSMClient(options);
  const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }), inTime());
  return Parameter?.Value ?? "";
}
