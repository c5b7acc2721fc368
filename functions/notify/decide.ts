import type { Report, WorkloadRun } from "../run/contracts.ts";
import { executionArn } from "../run/execution-arn.ts";
import type { Link } from "./link.ts";

/** How somebody decides about a plan that waits for an answer; nothing where none does. */
export function decisionLines(run: WorkloadRun, report: Report, link?: Link): string[] {
  const { plan, valid_until } = report;
  if (plan === undefined || valid_until === undefined) return [];
  const { kind, namespace, name } = run.incident.workload;
  const request = (action: "approve" | "decline") => {
    return JSON.stringify({ action, cluster_name: run.cluster_name, namespace, kind, name, plan, origin: "person" });
  };
  return [
    ...linkLines(link, valid_until),
    `Approve it until ${valid_until}: ${sent(run.execution.id, request("approve"))}`,
    `Decline it: ${sent(run.execution.id, request("decline"))}`,
  ];
}

function linkLines(link: Link | undefined, validUntil: string): string[] {
  if (link === undefined) return [];
  if ("problem" in link) return [`There is no link to decide by (${link.problem}); the commands do the same.`];
  return [`Open ${link.url} to approve or decline it until ${validUntil}; whoever has this link may do so.`];
}

/**
 * The command that sends a request. Its values are names that the API server and EKS have checked: none holds a quote. Which context
 * reaches the cluster from a machine, only whoever sits there knows.
 */
function sent(executionId: string, request: string): string {
  const parts = executionArn(executionId);
  if (parts === undefined) return `npm start -- --context CONTEXT --input '${request}'`;
  const { partition, region, account, machine } = parts;
  const arn = `arn:${partition}:states:${region}:${account}:stateMachine:${machine}`;
  return `aws stepfunctions start-execution --region ${region} --state-machine-arn ${arn} --input '${request}'`;
}
