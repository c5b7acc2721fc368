import type { Stack } from "aws-cdk-lib";
import { ManagedPolicy, type IManagedPolicy } from "aws-cdk-lib/aws-iam";
import { EksRemediation } from "./eks-remediation.ts";
import { addOutputs } from "./outputs.ts";
import type { Settings } from "./settings.ts";

/**
 * Puts the workflow into a stack as the settings want it, and says where its parts are.
 * @throws SettingsError naming each setting that cannot be used, and its rule
 */
export function remediate(stack: Stack, settings: Settings): EksRemediation {
  const { notifyEmail, chat, deliver, scorecard, permissionsBoundary, ...props } = settings;
  const remediation = new EksRemediation(stack, "Remediation", {
    ...props,
    notifications: { emails: notifyEmail === undefined ? [] : [notifyEmail], chat, deliver, scorecard },
    permissionsBoundary: permissionsBoundary === undefined ? undefined : managedPolicy(stack, permissionsBoundary),
  });
  addOutputs(stack, remediation);
  return remediation;
}

function managedPolicy(stack: Stack, arnOrName: string): IManagedPolicy {
  return arnOrName.startsWith("arn:")
    ? ManagedPolicy.fromManagedPolicyArn(stack, "PermissionsBoundary", arnOrName)
    : ManagedPolicy.fromManagedPolicyName(stack, "PermissionsBoundary", arnOrName);
}
