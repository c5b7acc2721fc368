import { executionArn } from "./execution-arn.ts";

/** The console's host in each partition. Source: the AWS documentation on the partitions' endpoints. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** Where the console shows an execution; undefined for one that does not run in AWS. */
export function consoleLink(id: string): string | undefined {
  const { partition = "", region = "" } = executionArn(id) ?? {};
  const host = CONSOLES[partition];
  if (host === undefined) return undefined;
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${id}`;
}
