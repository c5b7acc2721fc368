import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import { quickPolicy } from "../../local/scenarios/quick-policy.ts";
import { CLUSTER_NAME, type Cloud } from "./cloud.ts";
import { run, toolPath } from "./commands.ts";
import { PLACE } from "./emulator/emulator.ts";

/** The stack's name, as `infra/stack.ts` makes it. */
export const STACK_NAME = `eks-remediation-${CLUSTER_NAME}`;

/** What the stack tells about itself. */
export const Outputs = z.object({
  StateMachineArn: z.string(),
  AgentFunctionName: z.string(),
  AgentFunctionArn: z.string(),
  McpReadUrl: z.string(),
  McpActUrl: z.string(),
  TopicArn: z.string(),
  AlertTopicArn: z.string(),
  WaysInFunctionArn: z.string(),
  RecordTableName: z.string(),
  EvidenceBucketName: z.string(),
  SettingsPath: z.string(),
  RbacCommand: z.string(),
});
export type Outputs = z.output<typeof Outputs>;

/** Prepares the account for the CDK. */
export async function bootstrap({ emulator }: Cloud, signal: AbortSignal): Promise<void> {
  await run(["npx", "cdk", "bootstrap", `aws://${PLACE.account}/${PLACE.region}`], { env: emulator.env, signal });
}

/**
 * How long a remedy, and its undo, may take: longer than on any machine, where they help. In seconds.
 */
const PATIENT = { verify: { interval_seconds: 5, deadline_seconds: 600, undo_deadline_seconds: 120 } };

/**
 * Deploys the stack as the README says, with a policy that lets it act by itself, and waits for seconds where others wait for
 * minutes.
 */
export async function deploy(
  cloud: Cloud,
  signal: AbortSignal,
  settings: Record<string, string> = {},
): Promise<Outputs> {
  const { emulator, directory } = cloud;
  const outputs = join(directory, "outputs.json");
  const files = ["--output", join(directory, "cdk.out"), "--outputs-file", outputs];
  writePolicy(directory);
  await run(["npx", "cdk", "deploy", ...context(directory, settings), ...files, "--require-approval", "never"], {
    env: emulator.env,
    signal,
  });
  const written = JSON.parse(readFileSync(outputs, "utf8")) as Record<string, unknown>;
  return Outputs.parse(written[STACK_NAME]);
}

/** Writes the policy that is deployed, where `context` names it. */
export function writePolicy(directory: string): void {
  writeFileSync(join(directory, "policy.json"), JSON.stringify(quickPolicy(PATIENT)));
}

/** Deploys the stack anew from another copy of the project, with the policy that it was deployed with. */
export async function deployAnew(project: string, directory: string): Promise<void> {
  const files = ["--output", join(directory, "cdk.out.anew")];
  await run(["npx", "cdk", "deploy", ...context(directory), ...files, "--require-approval", "never"], { cwd: project });
}

/** Gives the functions their permissions on the cluster, by the command that the stack tells. */
export async function applyRbac(
  { RbacCommand }: Pick<Outputs, "RbacCommand">,
  { kubectl, kubeconfig }: { kubectl: string; kubeconfig: string },
): Promise<void> {
  const env = { PATH: toolPath(process.env["PATH"], dirname(kubectl)), KUBECONFIG: kubeconfig };
  await run(["sh", "-c", RbacCommand], { env });
}

/** Destroys the stack, with the files that it was deployed from. */
export async function destroy(directory: string): Promise<void> {
  await run(["npx", "cdk", "destroy", ...context(directory), "--output", join(directory, "cdk.out"), "--force"]);
}

/** The settings that are deployed, for the CDK's command line. */
export function context(directory: string, more: Record<string, string> = {}): string[] {
  const settings = {
    clusterName: CLUSTER_NAME,
    policy: join(directory, "policy.json"),
    approvalLinks: "on",
    mcp: "true",
    waysIn: "alarms,alertmanager,events",
    ...more,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
