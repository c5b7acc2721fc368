import { GetParameterCommand, GetParametersCommand, SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import { CLIENT_OPTIONS, inTime } from "../shared/aws/client-options.ts";

/** The text of a parameter of Systems Manager, decrypted where it is secret; empty where it has no value. @throws what AWS answers */
export async function readParameter(name: string, options: SSMClientConfig = CLIENT_OPTIONS): Promise<string> {
  const client = new SSMClient(options);
  const { Parameter } = await client.send(new GetParameterCommand({ Name: name, WithDecryption: true }), inTime());
  return Parameter?.Value ?? "";
}

/** The texts of at most ten parameters, in the order of their names, read at once. @throws Error naming those that are not there; what AWS answers */
export async function readParameters(names: readonly string[]): Promise<string[]> {
  const client = new SSMClient(CLIENT_OPTIONS);
  const command = new GetParametersCommand({ Names: [...names], WithDecryption: true });
  const { Parameters = [], InvalidParameters: missing = [] } = await client.send(command, inTime());
  if (missing.length > 0) throw new Error(`there is no ${missing.join(", ")}`);
  const texts = new Map(Parameters.map(({ Name, Value = "" }) => [Name, Value]));
  return names.map((name) => texts.get(name) ?? "");
}
