import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "aws-cdk-lib";
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
      policy: "{}",
      notifyEmail: undefined,
      schedule: "on",
    });
  });

  it("take a policy as JSON text, as an object of cdk.json, and as a file", () => {
    const directory = mkdtempSync(join(tmpdir(), "policy-"));
    const file = join(directory, "policy.json");
    writeFileSync(file, '{ "opt_in": true }');

    expect(settings({ policy: '{"opt_in": true}' }).policy).toBe('{"opt_in": true}');
    expect(settings({ policy: { opt_in: true } }).policy).toBe('{"opt_in":true}');
    expect(settings({ policy: file }).policy).toBe('{ "opt_in": true }');
    rmSync(directory, { recursive: true });
  });

  it.each([
    [{ clusterName: undefined }, "clusterName: must be the name of an EKS cluster"],
    [{ clusterName: "-prod" }, "clusterName: must start with a letter or digit"],
    [{ cluster_name: "prod" }, "cluster_name is not a setting; write it clusterName."],
    [{ notifyEmail: "nobody" }, "notifyEmail: must be an e-mail address"],
    [{ schedule: "sometimes" }, "schedule: must be on or off"],
    [{ policy: 3 }, "policy: must be a file's path or a JSON object"],
    [{ policy: "missing.json" }, "policy: missing.json cannot be read"],
    [{ policy: "{opt_in}" }, "The policy is not valid JSON"],
    [{ policy: '{"opt_in": "yes"}' }, "The policy is refused: opt_in:"],
    [
      { policy: { namespaces: { deny: Array(200).fill("a-namespace-of-mine") } } },
      "policy: must be at most 3500 bytes",
    ],
  ])("refuse %j with a sentence that names the setting", (context, sentence) => {
    expect(() => settings(context)).toThrow(
      expect.objectContaining({ name: "SettingsError", message: expect.stringContaining(sentence) as string }),
    );
  });
});
