import { describe, expect, it } from "vitest";
import { ADMITTED } from "../../infra/admission.ts";
import { RELEASED } from "../../infra/released-parameters.ts";
import { spokeTemplate } from "../../infra/spoke.ts";
import { accountModule, accountTemplate, clusterModule, hubModule } from "../../infra/terraform.ts";

interface Module {
  variable: Record<string, { default?: string; sensitive?: boolean; validation?: { condition: string } }>;
  locals?: { groups: Record<string, string> };
  resource: {
    aws_cloudformation_stack?: {
      spoke?: { template_body: string; parameters: Record<string, string> };
      hub?: { template_url: string; parameters: string };
    };
    aws_eks_access_entry?: { hub: Record<string, unknown> };
  };
}

const account = JSON.parse(accountModule()) as Module;
const cluster = JSON.parse(clusterModule()) as Module;
const hub = JSON.parse(hubModule()) as Module;
const { Parameters: parameters } = spokeTemplate("account") as {
  Parameters: Record<string, { Default?: string; NoEcho?: boolean; AllowedPattern?: string }>;
};

describe("the Terraform module of an account", () => {
  it("hands each parameter of the template on, with its default, and keeps what is secret out of sight", () => {
    const handed = account.resource.aws_cloudformation_stack?.spoke?.parameters ?? {};

    expect(Object.keys(handed).sort()).toEqual(Object.keys(parameters).sort());
    expect(handed).toMatchObject({ HubAccountId: "${var.hub_account_id}", ExternalId: "${var.external_id}" });
    for (const [name, { Default, NoEcho }] of Object.entries(parameters)) {
      const variable = account.variable[/var[.](\w+)/.exec(handed[name] ?? "")?.[1] ?? ""];
      expect(variable?.default).toBe(Default);
      expect(variable?.sensitive).toBe(NoEcho);
    }
  });

  it("echoes what it hands on: the provider would take the asterisks of what is not for a change", () => {
    const { Parameters: echoed, ...template } = JSON.parse(accountTemplate()) as { Parameters: typeof parameters };
    const { Parameters: _, ...spoke } = spokeTemplate("account") as { Parameters: object };

    expect(Object.values(echoed).filter(({ NoEcho }) => NoEcho !== undefined)).toEqual([]);
    expect(Object.keys(echoed)).toEqual(Object.keys(parameters));
    expect(template).toEqual(spoke);
  });

  it("refuses what the template refuses", () => {
    const { condition = "" } = account.variable["hub_account_id"]?.validation ?? {};
    const [, literal = '""'] = /^\$\{can\(regex\((".*"), var\.hub_account_id\)\)\}$/.exec(condition) ?? [];
    const pattern = new RegExp(JSON.parse(literal) as string);

    expect(["111122223333", "1111222233334", "x"].map((value) => pattern.test(value))).toEqual([true, false, false]);
  });
});

describe("the Terraform module of a hub", () => {
  it("hands each parameter of a release on, and one that is not given as the release has it", () => {
    const { parameters: handed = "" } = hub.resource.aws_cloudformation_stack?.hub ?? {};

    expect([...handed.matchAll(/(\w+) = var[.](\w+)/g)].map(([, name]) => name)).toEqual(Object.keys(RELEASED));
    expect(handed).toContain("if value != null");
    expect(hub.variable["notify_email"]).toHaveProperty("default", null);
    expect(hub.variable["cluster_name"]).not.toHaveProperty("default");
  });
});

describe("a pattern of a Terraform module", () => {
  const conditions = [account, cluster, hub].flatMap(({ variable }) =>
    Object.values(variable).flatMap(({ validation }) => validation?.condition ?? []),
  );

  it("is one that RE2 takes: it counts to 1,000 at most, and looks neither ahead nor back", () => {
    const counts = conditions.flatMap((condition) => [...condition.matchAll(/\{(\d+)(?:,(\d*))?\}/g)]);

    expect(conditions.length).toBeGreaterThan(4);
    expect(counts.flatMap(([, least, most]) => [Number(least), Number(most ?? 0)]).filter((n) => n > 1_000)).toEqual(
      [],
    );
    expect(conditions.filter((condition) => /\(\?(?!:)|\\\\[1-9]/.test(condition))).toEqual([]);
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
