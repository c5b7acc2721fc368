import { describe, expect, it } from "vitest";
import { ADMITTED } from "../../infra/admission.ts";
import { spokeTemplate } from "../../infra/spoke.ts";
import { accountModule, clusterModule } from "../../infra/terraform.ts";

interface Module {
  variable: Record<string, { default?: string; sensitive?: boolean; validation?: { condition: string } }>;
  locals?: { groups: Record<string, string> };
  resource: {
    aws_cloudformation_stack?: { spoke: { template_body: string; parameters: Record<string, string> } };
    aws_eks_access_entry?: { hub: Record<string, unknown> };
  };
}

const account = JSON.parse(accountModule()) as Module;
const cluster = JSON.parse(clusterModule()) as Module;
const { Parameters: parameters } = spokeTemplate("account") as {
  Parameters: Record<string, { Default?: string; NoEcho?: boolean; AllowedPattern?: string }>;
};

describe("the Terraform module of an account", () => {
  it("hands each parameter of the template on, with its default, and keeps what is secret out of sight", () => {
    const handed = account.resource.aws_cloudformation_stack?.spoke.parameters ?? {};

    expect(Object.keys(handed).sort()).toEqual(Object.keys(parameters).sort());
    expect(handed).toMatchObject({ HubAccountId: "${var.hub_account_id}", ExternalId: "${var.external_id}" });
    for (const [name, { Default, NoEcho }] of Object.entries(parameters)) {
      const variable = account.variable[/var[.](\w+)/.exec(handed[name] ?? "")?.[1] ?? ""];
      expect(variable?.default).toBe(Default);
      expect(variable?.sensitive).toBe(NoEcho);
    }
  });

  it("refuses what the template refuses", () => {
    const { condition = "" } = account.variable["hub_account_id"]?.validation ?? {};
    const [, literal = '""'] = /^\$\{can\(regex\((".*"), var\.hub_account_id\)\)\}$/.exec(condition) ?? [];
    const pattern = new RegExp(JSON.parse(literal) as string);

    expect(["111122223333", "1111222233334", "x"].map((value) => pattern.test(value))).toEqual([true, false, false]);
  });
});

describe("the Terraform module of a cluster", () => {
  it("lets in each role of the account's spoke, with the group of its function", () => {
    expect(cluster.locals?.groups).toEqual(Object.fromEntries(ADMITTED));
    expect(cluster.resource.aws_eks_access_entry?.hub).toMatchObject({
      for_each: "${local.groups}",
      kubernetes_groups: ["eks-remediation:${each.value}"],
      principal_arn: expect.stringMatching(/:role\/\$\{var\.roles\}-\$\{each\.key\}$/) as string,
    });
    expect(cluster.variable["roles"]?.default).toBe("eks-remediation-discovered");
  });
});
