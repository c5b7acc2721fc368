import { describe, expect, it } from "vitest";
import { ADMITTED } from "../../infra/admission.ts";
import { run } from "../deployed/commands.ts";
import { asOther, DISCOVERED_ROLES } from "../fleet/places.ts";
import { OTHER } from "./cloud.ts";
import { configured, documented, type Root } from "./root.ts";
import { readTerraformSite } from "./site.ts";

/** What a plan ends with that changes nothing, and one that changes something. */
const NOTHING = 0;
const SOMETHING = 2;

async function planned(root: Root, ...given: string[]): Promise<{ code: number; said: string }> {
  return await root.terraform("plan", "-detailed-exitcode", "-no-color", ...given);
}

async function aws(env: Record<string, string>, ...args: string[]): Promise<unknown> {
  const { awsCli, env: own } = readTerraformSite();
  return JSON.parse(await run([...awsCli, ...args, "--output", "json"], { env: { ...own, ...env } })) as unknown;
}

describe("the modules of an account and of a cluster", () => {
  const entries = async () =>
    (await aws(asOther(), "eks", "list-access-entries", "--cluster-name", OTHER)) as { accessEntries: string[] };
  const trust = async () =>
    JSON.stringify(await aws(asOther(), "iam", "get-role", "--role-name", `${DISCOVERED_ROLES}-detect`));

  it("let a hub in as docs/fleet.md has it, change with the external id, and leave nothing", async () => {
    const text = `${documented("fleet.md")}\nvariable "external_id" {\n  type      = string\n  sensitive = true\n}\n`;
    const root = configured("spoke", text, asOther());
    const first = "-var=external_id=first-external-id";
    await root.well("init");
    expect(await planned(root, first)).toMatchObject({ code: SOMETHING });

    expect(await root.well("apply", "-auto-approve", first)).not.toContain("first-external-id");
    expect((await entries()).accessEntries.map((arn) => arn.split("/").at(-1)).sort()).toEqual(
      [...ADMITTED.keys()].map((name) => `${DISCOVERED_ROLES}-${name}`).sort(),
    );
    expect(await trust()).toContain("first-external-id");
    expect(await planned(root, first)).toMatchObject({ code: NOTHING });

    const second = "-var=external_id=second-external-id";
    await root.well("apply", "-auto-approve", second);
    expect(await trust()).toContain("second-external-id");
    expect(await planned(root, second)).toMatchObject({ code: NOTHING });

    await root.well("destroy", "-auto-approve", second);
    expect(await entries()).toEqual({ accessEntries: [] });
    expect(await aws(asOther(), "iam", "list-roles")).toMatchObject({ Roles: [] });
  });
});

describe("the module of a hub", () => {
  it("deploys a release as docs/deploy.md has it, tells what the stack puts out, and takes it away", async () => {
    const { templateUrl } = readTerraformSite();
    const text = documented("deploy.md").replace(/(template_url\s*=\s*)"[^"]*"/, `$1"${templateUrl}"`);
    const root = configured("hub", `${text}\noutput "outputs" {\n  value = module.eks_remediation.outputs\n}\n`);
    await root.well("init");

    await root.well("apply", "-auto-approve");

    expect(JSON.parse(await root.well("output", "-json", "outputs"))).toMatchObject({
      StateMachineArn: expect.stringContaining(":stateMachine:") as string,
      RbacCommand: expect.any(String) as string,
    });
    expect(await planned(root)).toMatchObject({ code: NOTHING });
    expect(await aws({}, "cloudformation", "describe-stacks", "--stack-name", "eks-remediation")).toMatchObject({
      Stacks: [
        {
          Parameters: expect.arrayContaining([
            { ParameterKey: "ClusterName", ParameterValue: "my-cluster" },
            { ParameterKey: "NotifyEmail", ParameterValue: "on-call@example.com" },
          ]) as object[],
        },
      ],
    });

    await root.well("destroy", "-auto-approve");
    expect(await aws({}, "lambda", "list-functions")).toMatchObject({ Functions: [] });
  });
});
