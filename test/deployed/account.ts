import { DescribeAccessEntryCommand, EKSClient, ListAccessEntriesCommand, type AccessEntry } from "@aws-sdk/client-eks";
import { inject } from "vitest";
import { CLUSTER_NAME } from "./cloud.ts";
import { run } from "./commands.ts";

/** Runs the AWS CLI, as a person would. @returns what it printed, parsed */
export async function aws<T>(...args: string[]): Promise<T> {
  const printed = await run([...inject("site").awsCli, ...args, "--output", "json"]);
  return (printed.trim() === "" ? undefined : JSON.parse(printed)) as T;
}

/** The role of a step's function. */
export async function roleOf(step: string): Promise<Role> {
  const { Roles } = await aws<{ Roles: Role[] }>("iam", "list-roles");
  const role = Roles.find(({ Description }) => Description === `EKS remediation: ${step}`);
  if (role === undefined) throw new Error(`No role is for ${step}.`);
  return role;
}

export interface Role {
  RoleName: string;
  Arn: string;
  Description?: string;
}

/** The access entries of the stack's cluster. */
export async function accessEntries(): Promise<AccessEntry[]> {
  const client = new EKSClient({});
  const { accessEntries: arns = [] } = await client.send(new ListAccessEntriesCommand({ clusterName: CLUSTER_NAME }));
  const entries = arns.map(async (principalArn) => {
    const described = await client.send(new DescribeAccessEntryCommand({ clusterName: CLUSTER_NAME, principalArn }));
    return described.accessEntry ?? {};
  });
  return await Promise.all(entries);
}
