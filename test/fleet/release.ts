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

/** Releases the workflow into a bucket, and deploys it from its template without the CDK, as docs/deploy.md has it. */
export async function release(
  { emulator: { awsCli, env }, directory }: FleetCloud,
  signal: AbortSignal,
  settings: Record<string, string>,
): Promise<Outputs> {
  const aws = async (...args: string[]) => await run([...awsCli, ...args], { env, signal });
  await aws("s3", "mb", `s3://releases-${PLACE.region}`);
  writePolicy(directory);
  const output = join(directory, "release");
  const app = "node_modules/.bin/node infra/release.ts 'releases-${AWS::Region}' v1/";
  const publish = ["npx", "cdk", "publish-assets", "--unstable", "publish-assets", "--app", app, "--output", output];
  await run([...publish, ...context(directory, settings)], { env, signal });
  await aws(
    ...["cloudformation", "deploy", "--stack-name", STACK_NAME, "--capabilities", "CAPABILITY_IAM"],
    ...["--template-file", join(output, "EksRemediation.template.json"), "--s3-bucket", `releases-${PLACE.region}`],
    ...["--parameter-overrides", `ClusterName=${CLUSTER_NAME}`, "NotifyEmail=on-call@example.com"],
  );
  const described = await aws("cloudformation", "describe-stacks", "--stack-name", STACK_NAME);
  const [{ Outputs: outputs }] = Described.parse(JSON.parse(described)).Stacks;
  return Outputs.parse(Object.fromEntries(outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])));
}
