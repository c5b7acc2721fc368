/** The console's host in each partition. Source: the AWS documentation on the partitions' endpoints. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: "console.aws.amazon.com",
  "aws-cn": "console.amazonaws.cn",
  "aws-us-gov": "console.amazonaws-us-gov.com",
};

/** Where the console shows an execution; undefined for one that does not run in AWS. */
export function consoleLink(executionArn: string): string | undefined {
  const match = /^arn:([\w-]+):states:([\w-]+):\d{12}:execution:[\w+=,.@-]+(?:\/[\w-]+)?:[\w:+=,.@-]+$/.exec(
    executionArn,
  );
  const [arn, partition = "", region = ""] = match ?? [];
  const host = CONSOLES[partition];
  if (arn === undefined || host === undefined || !/-\d+$/.test(region)) return undefined;
  return `https://${region}.${host}/states/home?region=${region}#/v2/executions/details/${arn}`;
}
