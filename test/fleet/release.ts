import { join } from "node:path";
import * as z from "zod";
import { CLUSTER_NAME } from "../deployed/cloud.ts";
import { run } from "../deployed/commands.ts";
import { PLACE } from "../deployed/emulator/emulator.ts";
import { context, Outputs, writePolicy } from "../deployed/stack.ts";
import type { FleetCloud } from "./cloud.ts";

const STACK_NAME = "eks-remediation";

const Described = z.object({
  Stacks: z.tuple([z.object({ Outputs: z.array(z.object({ OutputKey: z.string(), OutputValue: z.string() })) })]),
});

/**
 * Publishes a release into a bucket that it makes, as docs/deploy.md has it.
 * @returns the folder of what was released
 */
export async function publish(
  { emulator: { awsCli, env }, directory }: Pick<FleetCloud, "emulator" | "directory">,
  signal: AbortSignal,
  settings: Record<string, string>,
): Promise<string> {
  await run([...awsCli, "s3", "mb", `s3://releases-${PLACE.region}`], { env, signal });
  writePolicy(directory);
  const output = join(directory, "release");
  const app = "node_modules/.bin/node infra/release.ts 'releases-${AWS::Region}' v1/";
  const command = ["npx", "cdk", "publish-assets", "--unstable", "publish-assets", "--app", app, "--output", output];
  await run([...command, ...context(directory, settings)], { env, signal });
  return output;
}

/** Releases the workflow into a bucket, and deploys it from its template without the CDK, as docs/deploy.md has it. */
export async function release(
  cloud: FleetCloud,
  signal: AbortSignal,
  settings: Record<string, string>,
): Promise<Outputs> {
  const { awsCli, env } = cloud.emulator;
  const aws = async (...args: string[]) => await run([...awsCli, ...args], { env, signal });
  const output = await publish(cloud, signal, settings);
  await aws(
    ...["cloudformation", "deploy", "--stack-name", STACK_NAME, "--capabilities", "CAPABILITY_IAM"],
    ...["--template-file", join(output, "EksRemediation.template.json"), "--s3-bucket", `releases-${PLACE.region}`],
    ...["--parameter-overrides", `ClusterName=${CLUSTER_NAME}`, "NotifyEmail=on-call@example.com"],
  );
  const described = await aws("cloudformation", "describe-stacks", "--stack-name", STACK_NAME);
  const [{ Outputs: outputs }] = Described.parse(JSON.parse(described)).Stacks;
  return Outputs.parse(Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])));
}
