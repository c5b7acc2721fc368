/** What the ARN of an execution names. */
export interface ExecutionArn {
  partition: string;
  region: string;
  account: string;
  /** The name of the state machine. */
  machine: string;
}

/** An execution of a state machine, or of one workload in its Map Run. Source: the Step Functions API reference, DescribeExecution */
const EXECUTION =
  /^arn:([\w-]+):states:([a-z]{2}(?:-[a-z]+)+-\d+):(\d{12}):execution:([\w+=,.@-]+)(?:\/[\w-]+)?:[\w:+=,.@-]+$/;

/** What an execution's ARN names; undefined for one that does not run in AWS. */
export function executionArn(id: string): ExecutionArn | undefined {
  const [, partition, region, account, machine] = EXECUTION.exec(id) ?? [];
  if (partition === undefined || region === undefined || account === undefined || machine === undefined)
    return undefined;
  return { partition, region, account, machine };
}
