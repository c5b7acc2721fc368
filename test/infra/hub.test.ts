import { readFileSync } from "node:fs";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { Synthesised } from "./synthesised.ts";
import { ADMITTED } from "../../infra/admission.ts";
import { STEP_NAMES } from "../../infra/functions.ts";
import { spokeTemplate, spokeText } from "../../infra/spoke.ts";

const PARAMETER = "/eks-remediation/fleet";

describe("a hub", () => {
  it("is one only where it is told so", () => {
    const alone = new Synthesised();

    expect(JSON.stringify(alone.template.toJSON())).not.toMatch(/EKS_HUB/);
    for (const step of STEP_NAMES) {
      const actions = alone.permissions(alone.functionId(step, "Role")).map(({ action }) => action);
      expect(actions.filter((action) => action.startsWith("sts:"))).toEqual([]);
    }
  });

  it("lets each function assume the role of its own name alone, and read the list", () => {
    const hub = new Synthesised({ fleet: PARAMETER });
    for (const step of ["detect", "notify", "rollback"]) {
      const permissions = hub.permissions(hub.functionId(step, "Role"));
      const of = (wanted: string) =>
        permissions.filter(({ action }) => action === wanted).map(({ resource }) => resource);

      expect(of("sts:AssumeRole")).toEqual([
        expect.stringMatching(new RegExp(`:iam::\\*:role/eks-remediation-\\*-${step}$`)),
      ]);
      expect(of("ssm:GetParameter")).toContainEqual(expect.stringMatching(/:parameter\/eks-remediation\/fleet$/));
      expect(of("ssm:GetParameters")).toEqual([expect.stringMatching(/:parameter\/eks-remediation\/fleet\/\*$/)]);
      expect(hub.properties(hub.functionId(step as "detect", "Role"))).toMatchObject({
        Path: `/eks-remediation/${step}/`,
      });
    }
  });

  it("has the clusters of the list looked at each minute, by a function that reaches none itself", () => {
    const hub = new Synthesised({ fleet: PARAMETER });
    const permissions = hub.permissions(hub.functionId("rounds", "Role"));
    const own = permissions.filter(({ action }) => /^(ssm|sts|eks|states|lambda|sqs):/.test(action));

    expect(own.map(({ action }) => action).sort()).toEqual([
      "lambda:InvokeFunction",
      "sqs:SendMessage",
      "ssm:GetParameter",
      "ssm:GetParameters",
    ]);
    expect(own.find(({ action }) => action === "lambda:InvokeFunction")?.resource).toContain(hub.functionId("patrol"));
    const [rule] = hub.all("AWS::Events::Rule").filter(({ Description }) => /list/.test(String(Description)));
    expect(rule).toMatchObject({ ScheduleExpression: "rate(1 minute)", State: "ENABLED" });
  });

  it("looks each minute whether clusters fail alike, by a function that reaches none, and reads looks alone", () => {
    const hub = new Synthesised({ fleet: PARAMETER });
    const table = hub.id("Record", "Table");
    const of = (name: string) => {
      const role = hub.functionId(name, "Role");
      return hub
        .statements(role)
        .filter(({ Action }) => [Action].flat().some((action) => action.startsWith("dynamodb:")))
        .map(({ Action, Condition }) => [Action, Object.values(Condition ?? {})]);
    };

    expect(of("fleet")).toEqual([
      ["dynamodb:Query", [{ "dynamodb:LeadingKeys": ["#looks", "#fleet-storms", "#discovered"] }]],
      ["dynamodb:PutItem", [{ "dynamodb:LeadingKeys": ["#fleet-storms"] }]],
    ]);
    expect(of("rounds")).toEqual([["dynamodb:Query", [{ "dynamodb:LeadingKeys": ["#discovered"] }]]]);
    expect(of("rollback")).toEqual([
      ["dynamodb:Query", [{ "dynamodb:LeadingKeys": ["#fleet-storms"] }]],
      ["dynamodb:UpdateItem", [{ "dynamodb:LeadingKeys": ["#fleet-places"] }]],
    ]);
    expect(hub.properties(hub.functionId("rollback"))).toMatchObject({
      Environment: { Variables: { RECORD_TABLE: { Ref: table } } },
    });
    const actions = hub.permissions(hub.functionId("fleet", "Role")).map(({ action }) => action);
    expect(actions.filter((action) => /^(sts|eks|states|lambda):/.test(action))).toEqual([]);
    const [rule] = hub.all("AWS::Events::Rule").filter(({ Description }) => /fail alike/.test(String(Description)));
    expect(rule).toMatchObject({ ScheduleExpression: "rate(1 minute)", State: "ENABLED" });
    for (const checks of [new AwsSolutionsChecks(), new ServerlessChecks()])
      expect(checks.validateScope(hub.stack).violations).toEqual([]);
  });

  it("discovers clusters by a function that assumes its own roles, reaches no cluster, and keeps what it found", () => {
    const hub = new Synthesised({ fleet: PARAMETER });
    const role = hub.functionId("discover", "Role");
    const permissions = hub.permissions(role).filter(({ action }) => /^(ssm|sts|eks|states|lambda|sns):/.test(action));

    expect(permissions).toEqual([
      { action: "sns:Publish", resource: `\${${hub.id("Notifications", "Topic")}}` },
      { action: "ssm:GetParameter", resource: expect.stringMatching(/:parameter\/eks-remediation\/fleet$/) as string },
      { action: "ssm:GetParameters", resource: expect.stringMatching(/\/fleet\/\*$/) as string },
      {
        action: "sts:AssumeRole",
        resource: expect.stringMatching(/:iam::\*:role\/eks-remediation-\*-discover$/) as string,
      },
    ]);
    const table = hub.statements(role).filter(({ Action }) => String(Action).startsWith("dynamodb:"));
    expect(table.map(({ Action, Condition }) => [Action, ...Object.values(Condition ?? {})])).toEqual([
      [["dynamodb:PutItem", "dynamodb:Query"], { "dynamodb:LeadingKeys": ["#discovered"] }],
    ]);
    const [rule] = hub.all("AWS::Events::Rule").filter(({ Description }) => /tag/.test(String(Description)));
    expect(rule).toMatchObject({ ScheduleExpression: "rate(5 minutes)", State: "ENABLED" });
    const { Environment } = hub.properties(hub.functionId("discover")) as {
      Environment: { Variables: { ADMITTED: string } };
    };
    const admitted = JSON.parse(Environment.Variables.ADMITTED) as { name: string; group: string }[];
    // What is not deployed needs no access.
    expect(admitted.map(({ name }) => name)).toEqual([...STEP_NAMES, "patrol", "agent"]);
    expect(admitted).toContainEqual({ name: "patrol", group: "detect" });
  });

  it("makes no rounds, and expects none, where the schedule is off", () => {
    const hub = new Synthesised({ fleet: PARAMETER, schedule: "off" });
    const [rule] = hub.all("AWS::Events::Rule").filter(({ Description }) => /list/.test(String(Description)));

    expect(rule).toMatchObject({ State: "DISABLED" });
    expect(JSON.stringify(hub.all("AWS::CloudWatch::Alarm"))).not.toContain("RoundsNotMade");
    expect(JSON.stringify(hub.all("AWS::CloudWatch::Alarm"))).not.toContain("hub's list");
  });

  it("has an alarm of its own for its schedule, for its rounds, for clusters that fail alike, and for discovering", () => {
    const hub = new Synthesised({ fleet: PARAMETER });
    const alarms = hub.all("AWS::CloudWatch::Alarm");
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === "breaching");

    expect(breaching.map(({ Namespace, MetricName }) => `${String(Namespace)} ${String(MetricName)}`).sort()).toEqual([
      "AWS/Events Invocations",
      "AWS/Lambda Invocations",
      "undefined undefined",
      "undefined undefined",
    ]);
    const runbook = readFileSync(new URL("../../docs/operate.md", import.meta.url), "utf8");
    for (const [id, name, period, heading] of [
      ["FleetNotWatched", "fleet", 300, "Fleet not watched"],
      ["ClustersNotDiscovered", "discover", 600, "Clusters not discovered"],
    ] as const) {
      const { Metrics, EvaluationPeriods } = hub.properties(hub.id("Observability", id)) as unknown as SuccessAlarm;
      const dimensions = [{ Name: "FunctionName", Value: { Ref: hub.functionId(name) } }];
      const stat = { Stat: "Sum", Period: period };

      // It has to be invoked, and to end well, at least once in two periods.
      expect(EvaluationPeriods).toBe(2);
      expect(Metrics[0]?.Expression).toBe("FILL(invocations, 0) - FILL(errors, 0)");
      expect(Metrics.slice(1)).toMatchObject([
        { MetricStat: { ...stat, Metric: { MetricName: "Invocations", Dimensions: dimensions } } },
        { MetricStat: { ...stat, Metric: { MetricName: "Errors", Dimensions: dimensions } } },
      ]);
      const section = runbook.split(/^#{2,3} /m).find((each) => each.startsWith(`${heading}\n`)) ?? "";
      for (const part of ["Description", "Investigation", "Resolution"]) expect(section).toContain(`**${part}.**`);
    }
    const off = new Synthesised({ fleet: PARAMETER, schedule: "off" });
    expect(JSON.stringify(off.all("AWS::CloudWatch::Alarm"))).not.toContain("FILL(");
  });

  it("refuses a parameter that can have no such name", () => {
    expect(() => new Synthesised({ fleet: "/aws/mine" })).toThrow("fleet.parameter: must be the name of a parameter");
  });
});

interface SuccessAlarm {
  EvaluationPeriods: number;
  Metrics: { Expression?: string }[];
}

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
}

describe("the template of a spoke", () => {
  const template = spokeTemplate() as { Resources: Record<string, Resource>; Parameters: object; Rules?: object };
  const all = Object.values(template.Resources);
  const roles = all.filter(({ Type }) => Type === "AWS::IAM::Role");

  it("has a role and an access entry for each function that reaches clusters, and nothing else", () => {
    expect(roles).toHaveLength(ADMITTED.size);
    const entries = all.filter(({ Type }) => Type === "AWS::EKS::AccessEntry");
    expect(entries.map(({ Properties }) => (Properties["KubernetesGroups"] as string[])[0])).toEqual(
      expect.arrayContaining([...ADMITTED.values()].map((group) => `eks-remediation:${group}`)),
    );
    expect(all).toHaveLength(2 * ADMITTED.size);
    // Neither an asset nor a bootstrapped account.
    expect(template.Rules).toBeUndefined();
    expect(Object.keys(template.Parameters).sort()).toEqual(
      ["ClusterName", "ExternalId", "HubAccountId", "HubName", "NamePrefix", "OrganizationId"].sort(),
    );
  });

  it("lets in the hub's function of that name alone, with the external id, and of the organisation where that is given", () => {
    for (const [name] of ADMITTED) {
      const role = roles.find(({ Properties }) => Properties["Description"] === `EKS remediation from a hub: ${name}`);

      expect(role?.Properties["AssumeRolePolicyDocument"]).toMatchObject({
        Statement: [
          {
            Condition: {
              StringEquals: {
                "sts:ExternalId": { Ref: "ExternalId" },
                "aws:PrincipalOrgID": {
                  "Fn::If": ["HasOrganization", { Ref: "OrganizationId" }, { Ref: "AWS::NoValue" }],
                },
              },
              ArnLike: {
                "aws:PrincipalArn": { "Fn::Sub": expect.stringContaining(`:role/\${HubName}/${name}/*`) as string },
              },
            },
          },
        ],
      });
    }
  });

  it("is handed to CloudFormation as it is, without a bucket, and with room for functions to come", () => {
    expect(Buffer.byteLength(spokeText())).toBeLessThan(0.8 * 51_200);
  });

  it("lets each role find that one cluster, and do nothing else in the account", () => {
    for (const { Properties } of roles) {
      const [{ PolicyDocument }] = Properties["Policies"] as [{ PolicyDocument: { Statement: object[] } }];
      expect(PolicyDocument.Statement).toHaveLength(1);
      expect(PolicyDocument.Statement[0]).toMatchObject({ Action: "eks:DescribeCluster" });
      expect(JSON.stringify(PolicyDocument.Statement[0])).toContain('":cluster/",{"Ref":"ClusterName"}');
      expect(Properties["ManagedPolicyArns"]).toBeUndefined();
    }
  });
});

describe("the template of a spoke for a whole account", () => {
  const template = spokeTemplate("account") as {
    Resources: Record<string, Resource>;
    Parameters: object;
    Rules?: object;
  };
  const roles = Object.values(template.Resources);
  const named = (name: string) =>
    roles.find(({ Properties }) => Properties["Description"] === `EKS remediation from a hub: ${name}`)?.Properties ??
    {};
  const statementsOf = (name: string) => {
    const [{ PolicyDocument }] = named(name)["Policies"] as [{ PolicyDocument: { Statement: Statement[] } }];
    return PolicyDocument.Statement.map(({ Action, Condition, Resource }) => ({
      actions: [Action].flat(),
      condition: Condition,
      resource: JSON.stringify(Resource),
    }));
  };
  const TAGGED = { StringEquals: { "aws:ResourceTag/eks-remediation": [{ Ref: "TagValue" }, "leaving"] } };

  it("has a role for each function that reaches clusters and one that discovers them, and nothing else", () => {
    expect(roles.map(({ Type }) => Type)).toEqual(Array(ADMITTED.size + 1).fill("AWS::IAM::Role"));
    expect(template.Rules).toBeUndefined();
    expect(Object.keys(template.Parameters).sort()).toEqual(
      ["ExternalId", "HubAccountId", "HubName", "NamePrefix", "OrganizationId", "TagValue"].sort(),
    );
    expect(Buffer.byteLength(spokeText("account"))).toBeLessThan(0.8 * 51_200);
  });

  it("lets each role find clusters with the tag, or that leave, and do nothing else in the account", () => {
    for (const [name] of ADMITTED) {
      expect(statementsOf(name)).toEqual([
        {
          actions: ["eks:DescribeCluster"],
          condition: TAGGED,
          resource: expect.stringContaining(":cluster/*") as string,
        },
      ]);
      expect(named(name)["ManagedPolicyArns"]).toBeUndefined();
    }
  });

  it("lets the role that discovers read names and tags of all clusters, and look closer at those with the tag", () => {
    expect(statementsOf("discover")).toEqual([
      { actions: ["eks:ListClusters"], condition: undefined, resource: '"*"' },
      {
        actions: ["eks:ListTagsForResource"],
        condition: undefined,
        resource: expect.stringContaining(":cluster/*") as string,
      },
      {
        actions: ["eks:DescribeCluster", "eks:ListAccessEntries"],
        condition: TAGGED,
        resource: expect.stringContaining(":cluster/*") as string,
      },
    ]);
  });

  it("lets in the hub's functions as the template of one cluster does, by names that the hub asks for", () => {
    const one = spokeTemplate() as { Resources: Record<string, Resource> };
    for (const [id, { Properties }] of Object.entries(one.Resources)) {
      if (!id.endsWith("Role")) continue;
      expect(template.Resources[id]?.Properties["AssumeRolePolicyDocument"]).toEqual(
        Properties["AssumeRolePolicyDocument"],
      );
    }
    for (const name of ["detect", "discover"]) {
      expect(JSON.stringify(named(name)["AssumeRolePolicyDocument"])).toContain(`:role/\${HubName}/${name}/*`);
      expect(JSON.stringify(named(name)["RoleName"])).toContain(`\${HubName}-discovered-${name}`);
    }
  });
});

interface Statement {
  Action: string | string[];
  Condition?: object;
  Resource: unknown;
}
