import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, Duration } from "aws-cdk-lib";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../infra/settings.ts";
import { CDK_CONTEXT } from "./cdk-context.ts";

function settings(context: Record<string, unknown>) {
  return readSettings(new App({ context: { ...CDK_CONTEXT, ...context } }).node);
}

describe("the settings of a deployment", () => {
  it("name a cluster by default, and leave the policy to its defaults", () => {
    expect(settings({})).toEqual({
      clusterName: "my-cluster",
      chat: false,
      deliver: {},
      scorecard: false,
      approvalLinks: false,
      mcp: false,
      dashboard: true,
    });
  });

  it("take a policy as JSON text, as an object of cdk.json, and as a file", () => {
    const directory = mkdtempSync(join(tmpdir(), "policy-"));
    const file = join(directory, "policy.json");
    writeFileSync(file, '{ "opt_in": true }');

    expect(settings({ policy: '{"opt_in": true}' }).policy).toEqual({ opt_in: true });
    expect(settings({ policy: { opt_in: true } }).policy).toEqual({ opt_in: true });
    expect(settings({ policy: file }).policy).toEqual({ opt_in: true });
    rmSync(directory, { recursive: true });
  });

  it("leave what the CDK keeps beside them alone", () => {
    const lookup = {
      "vpc-provider:account=1:region=eu-west-1": {},
      "availability-zones:account=1": [],
      "acme/flag": 1,
    };

    expect(settings(lookup)).toMatchObject({ clusterName: "my-cluster" });
  });

  it("take what the command line can say: lists with commas, numbers and truths as text, intervals in words", () => {
    expect(
      settings({
        namespaces: "shop, blog",
        subnets: "subnet-0a1b2c3d, subnet-1a2b3c4d",
        securityGroups: "sg-0a1b2c3d",
        mode: "approve",
        chat: "true",
        slack: "/ops/slack",
        teams: "/ops/teams",
        pagerDuty: "/aws/reference/secretsmanager/ops/pager",
        scorecard: "on",
        approvalLinks: "on",
        mcp: "true",
        waysIn: "alarms, events",
        dashboard: "off",
        logRetentionDays: "90",
        schedule: "5 minutes",
        permissionsBoundary: "boundary",
        namePrefix: "ops",
        runbook: "https://example.com/operate.md",
      }),
    ).toEqual({
      clusterName: "my-cluster",
      namespaces: ["shop", "blog"],
      network: { subnetIds: ["subnet-0a1b2c3d", "subnet-1a2b3c4d"], securityGroupIds: ["sg-0a1b2c3d"] },
      mode: "approve",
      chat: true,
      deliver: { slack: "/ops/slack", teams: "/ops/teams", pagerDuty: "/aws/reference/secretsmanager/ops/pager" },
      scorecard: true,
      approvalLinks: true,
      mcp: true,
      waysIn: ["alarms", "events"],
      dashboard: false,
      logRetention: RetentionDays.THREE_MONTHS,
      schedule: Duration.minutes(5),
      permissionsBoundary: "boundary",
      namePrefix: "ops",
      runbook: "https://example.com/operate.md",
    });
    expect(settings({ approvalLinks: true }).approvalLinks).toBe(true);
    expect(settings({ approvalLinks: "off" }).approvalLinks).toBe(false);
    expect(settings({ namespaces: ["shop"] }).namespaces).toEqual(["shop"]);
    expect(settings({ schedule: "off" }).schedule).toBe(false);
    expect(settings({ schedule: "on" }).schedule).toBeUndefined();
  });

  it.each([
    [{ clusterName: undefined }, "clusterName: must be the name of an EKS cluster"],
    [{ clusterName: "-prod" }, "clusterName: must start with a letter or digit"],
    [{ cluster_name: "prod" }, "cluster_name is not a setting; write it clusterName."],
    [{ notifyEmail: "nobody" }, "notifyEmail: must be an e-mail address"],
    [{ subnets: "subnet-0a1b2c3d" }, "subnets and securityGroups need each other"],
    [{ securityGroups: ["sg-0a1b2c3d"] }, "subnets and securityGroups need each other"],
    [{ schedule: "sometimes" }, "schedule: must be on, off, or an interval"],
    [{ policy: 3 }, "policy: must be a file's path or a JSON object"],
    [{ policy: "missing.json" }, "policy: missing.json cannot be read"],
    [{ policy: "{opt_in}" }, "policy: is not valid JSON"],
    [{ chat: "perhaps" }, "chat: must be true or false"],
    [{ scorecard: "monthly" }, "scorecard: must be on or off"],
    [{ approvalLinks: "perhaps" }, "approvalLinks: must be on or off"],
    [{ waysIn: "alarms,mail" }, "waysIn.1: must be one of alarms, alertmanager, events"],
    [{ mcp: "on" }, "mcp: must be true or false"],
    [{ dashboard: "none" }, "dashboard: must be on or off"],
    [{ schedule: "hourly" }, "schedule: must be on, off, or an interval like 5 minutes"],
    [{ logRetentionDays: 31 }, "logRetentionDays: must be one of 1, 3, 5, 7,"],
    [{ permissionsBoundary: "arn:aws:iam::1:role/x" }, "permissionsBoundary: must be a managed policy's ARN or name"],
    [{ shedule: "off" }, "shedule is not a setting; the settings are clusterName, policy, mode, namespaces,"],
    [{ scheduling: "off" }, "scheduling is not a setting;"],
    [{ notify_email: "on-call@example.com" }, "notify_email is not a setting; write it notifyEmail."],
  ])("refuse %j with a sentence that names the setting", (context, sentence) => {
    expect(() => settings(context)).toThrow(
      expect.objectContaining({ name: "SettingsError", message: expect.stringContaining(sentence) as string }),
    );
  });
});
