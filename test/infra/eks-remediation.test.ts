import { CfnParameter, Duration, type Stack } from "aws-cdk-lib";
import { SubnetType, Vpc, type IVpc } from "aws-cdk-lib/aws-ec2";
import { Key } from "aws-cdk-lib/aws-kms";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Topic } from "aws-cdk-lib/aws-sns";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import type { EksRemediationProps } from "../../infra/eks-remediation.ts";
import { STEP_NAMES } from "../../infra/functions.ts";
import { Synthesised } from "./synthesised.ts";

const KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/";
const TOPIC_ARN = "arn:aws:sns:eu-west-1:123456789012:on-call";

describe("the construct", () => {
  it("needs no more than a cluster, be its name known to the deployment alone", () => {
    const own = Synthesised.with((scope) => ({ clusterName: new CfnParameter(scope, "Cluster").valueAsString }));

    own.template.resourceCountIs("AWS::StepFunctions::StateMachine", 1);
    for (const entry of own.all("AWS::EKS::AccessEntry")) expect(entry["ClusterName"]).toEqual({ Ref: "Cluster" });
  });

  it("puts the functions into the subnets of a VPC, and passes the checks there as well", () => {
    const own = Synthesised.with((scope) => ({
      vpc: Vpc.fromVpcAttributes(scope, "Vpc", {
        vpcId: "vpc-1",
        availabilityZones: ["a", "b"],
        privateSubnetIds: ["subnet-1", "subnet-2"],
        privateSubnetRouteTableIds: ["rtb-1", "rtb-2"],
      }),
      subnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    }));

    for (const lambda of own.all("AWS::Lambda::Function")) {
      expect(lambda).toHaveProperty("VpcConfig.SubnetIds", ["subnet-1", "subnet-2"]);
    }
    for (const checks of [new AwsSolutionsChecks(), new ServerlessChecks()]) {
      expect(checks.validateScope(own.stack).violations).toEqual([]);
    }
  });

  it("passes the checks in a stack whose account and region are known", () => {
    const own = Synthesised.with(() => ({}), { account: "123456789012", region: "eu-west-1" });

    for (const checks of [new AwsSolutionsChecks(), new ServerlessChecks()]) {
      expect(checks.validateScope(own.stack).violations).toEqual([]);
    }
  });

  it("names functions, state machine and topic with a prefix, but no role", () => {
    const own = Synthesised.with(() => ({ namePrefix: "ops" }));

    for (const name of [...STEP_NAMES, "patrol", "agent"]) {
      expect(own.properties(own.functionId(name))["FunctionName"]).toBe(`ops-${name}`);
    }
    expect(own.properties(own.id("Workflow", "StateMachine"))["StateMachineName"]).toBe("ops-remediation");
    expect(own.properties(own.id("Notifications", "Topic"))["TopicName"]).toBe("ops-outcomes");
    for (const role of own.all("AWS::IAM::Role")) expect(role).not.toHaveProperty("RoleName");
  });

  it("keeps all logs for as long as is asked", () => {
    const own = Synthesised.with(() => ({ logRetention: RetentionDays.ONE_WEEK }));

    for (const logs of own.all("AWS::Logs::LogGroup")) expect(logs["RetentionInDays"]).toBe(7);
  });

  it("takes namespaces as shorthand for the policy's", () => {
    const own = Synthesised.with(() => ({ namespaces: ["shop"], policy: { opt_in: true } }));

    expect(policyOf(own)).toMatchObject({ opt_in: true, namespaces: { allow: ["shop"] } });
    expect(own.remediation.rbacCommand).toContain("--namespace shop");
  });

  it("tells the functions how far apart its runs are, unless the policy does", () => {
    const secondsOf = (props: object) => policyOf(Synthesised.with(() => props))["schedule_seconds"];

    expect(secondsOf({ schedule: Duration.minutes(30) })).toBe(1_800);
    expect(secondsOf({ schedule: Duration.minutes(30), policy: { schedule_seconds: 600 } })).toBe(600);
    expect(secondsOf({ schedule: false })).toBeUndefined();
  });

  it("observes what its runs find, unless it is set up otherwise", () => {
    const foundOf = (props: object) => policyOf(Synthesised.with(() => props))["modes"];

    expect(foundOf({})).toEqual({ found: "observe" });
    expect(foundOf({ mode: "automatic" })).toEqual({ found: "automatic" });
    expect(foundOf({ policy: { modes: { agent: "approve" } } })).toEqual({ agent: "approve", found: "observe" });
    expect(foundOf({ policy: { modes: { found: "approve" } } })).toEqual({ found: "approve" });
    expect(foundOf({ policy: { modes: { found: undefined } } })).toEqual({ found: "observe" });
    expect(() => foundOf({ mode: "automatic", policy: { modes: { found: "observe" } } })).toThrow(
      "mode: is the same as policy.modes.found, so only one of them may be given",
    );
    expect(() => foundOf({ mode: "on" })).toThrow("mode: must be one of off, observe, approve, automatic");
  });

  it("asks for the permission to read Secrets where the policy wants to know who changed them, and nowhere else", () => {
    const commandFor = (props: object) => Synthesised.with(() => props).remediation.rbacCommand;
    const policy = { evidence: { config_changes: "config_maps_and_secrets" as const } };

    expect(commandFor({ policy: { evidence: { config_changes: "config_maps" } } })).not.toContain("secrets");
    expect(commandFor({ policy })).toBe("kubectl apply -f infra/rbac.yaml -f infra/rbac-secrets.yaml");
    expect(commandFor({ policy, namespaces: ["shop"] })).toContain("--namespace shop --secrets");
  });

  it("asks for the permission to read the custom resources that the policy names, and no others", () => {
    const commandFor = (props: object) => Synthesised.with(() => props).remediation.rbacCommand;
    const policy = { evidence: { custom_resources: ["storefronts.shop.example.com"], log_lines: 5 } };
    const options = "--logs --custom-resource storefronts.shop.example.com | kubectl apply -f -";

    expect(commandFor({})).not.toContain("custom");
    expect(commandFor({ policy })).toBe(`npm run --silent rbac -- ${options}`);
    expect(commandFor({ policy, namespaces: ["shop"] })).toBe(`npm run --silent rbac -- --namespace shop ${options}`);
  });

  it("asks for the permission to look after Rollouts where the policy switches Argo Rollouts on, and nowhere else", () => {
    const commandFor = (props: object) => Synthesised.with(() => props).remediation.rbacCommand;
    const policy = { owners: { argo_rollouts: true } };

    expect(commandFor({})).not.toContain("argo");
    expect(commandFor({ policy })).toBe("kubectl apply -f infra/rbac.yaml -f infra/rbac-argo-rollouts.yaml");
    expect(commandFor({ policy, namespaces: ["shop"] })).toContain("--namespace shop --argo-rollouts");
  });

  it("asks for the permission to read logs where the policy wants lines of them, and nowhere else", () => {
    const commandFor = (props: object) => Synthesised.with(() => props).remediation.rbacCommand;
    const policy = { evidence: { log_lines: 5 } };

    expect(commandFor({})).not.toContain("logs");
    expect(commandFor({ policy })).toBe("kubectl apply -f infra/rbac.yaml -f infra/rbac-logs.yaml");
    expect(commandFor({ policy, namespaces: ["shop"] })).toContain("--namespace shop --logs");
  });
});

const NETWORK = { subnetIds: ["subnet-0a1b2c3d"], securityGroupIds: ["sg-0a1b2c3d"] };

describe("props that cannot be used", () => {
  const refused: [string, (scope: Stack) => Partial<EksRemediationProps>, string][] = [
    ["a malformed cluster name", () => ({ clusterName: "-prod" }), "clusterName: must start with a letter or digit"],
    ["subnets without a VPC", () => ({ subnets: { onePerAz: true } }), "subnets: need the vpc that they are in"],
    ["security groups without a VPC", () => ({ securityGroups: [] }), "securityGroups: need the vpc that they are in"],
    [
      "a network beside a VPC",
      (scope) => ({ vpc: new Vpc(scope, "Vpc") as IVpc, network: NETWORK }),
      "network: is the same as vpc, so only one of them may be given",
    ],
    ["no subnet", () => ({ network: { ...NETWORK, subnetIds: [] } }), "network.subnetIds: must name at least one"],
    [
      "a security group's name",
      () => ({ network: { ...NETWORK, securityGroupIds: ["default"] } }),
      "network.securityGroupIds.0: must match sg-",
    ],
    ["a malformed namespace", () => ({ namespaces: ["Shop"] }), "namespaces.0: must be a lower-case RFC 1123 label"],
    ["no namespace at all", () => ({ namespaces: [] }), "namespaces: must name at least one"],
    [
      "namespaces twice",
      () => ({ namespaces: ["shop"], policy: { namespaces: { allow: ["blog"] } } }),
      "namespaces: are the same as policy.namespaces.allow, so only one of them may be given",
    ],
    ["half a minute", () => ({ schedule: Duration.seconds(30) }), "schedule: must be false or whole minutes"],
    ["a minute and a half", () => ({ schedule: Duration.seconds(90) }), "schedule: must be false or whole minutes"],
    ["two days", () => ({ schedule: Duration.days(2) }), "schedule: must be false or whole minutes, from one to a day"],
    ["a malformed address", () => ({ notifications: { emails: ["me"] } }), "notifications.emails.0: must be an e-mail"],
    [
      "a FIFO topic",
      (scope) => ({ notifications: { topic: new Topic(scope, "Fifo", { fifo: true }) } }),
      "notifications.topic.fifo: must be a standard topic",
    ],
    [
      "a topic with another key",
      (scope) => ({
        encryptionKey: Key.fromKeyArn(scope, "One", `${KEY_ARN}one`),
        notifications: {
          topic: Topic.fromTopicAttributes(scope, "Topic", { topicArn: TOPIC_ARN, keyArn: `${KEY_ARN}two` }),
        },
      }),
      "encryptionKey: must be the key of notifications.topic, or be left out",
    ],
    ["a policy with a wrong field", () => ({ policy: { max_incidents: 0 } }), "policy: The policy is refused: max_inc"],
    [
      "a policy too large for an environment",
      () => ({ policy: { namespaces: { deny: Array<string>(200).fill("a-namespace-of-mine") } } }),
      "policy: must be at most 3200 bytes of JSON",
    ],
    [
      "a policy that a history has no room for",
      () => ({ policy: { verify: { interval_seconds: 1, deadline_seconds: 7_200 } } }),
      "make interval_seconds longer",
    ],
    [
      "a policy that a run has no time for",
      () => ({ policy: { verify: { deadline_seconds: 7_200, interval_seconds: 60 } } }),
      "make max_incidents smaller",
    ],
    ["a malformed prefix", () => ({ namePrefix: "my ops" }), "namePrefix: must start with a letter"],
  ];

  it.each(refused)("are refused with one sentence that names them: %s", (_what, props, rule) => {
    expect(() => Synthesised.with(props)).toThrow(
      expect.objectContaining({
        name: "SettingsError",
        message: expect.stringMatching(/^EksRemediation is refused: [^\n]*\.$/) as string,
      }),
    );
    expect(() => Synthesised.with(props)).toThrow(rule);
  });

  it("are all named at once", () => {
    const props = () => ({ namespaces: [], namePrefix: "", securityGroups: [] });

    expect(() => Synthesised.with(props)).toThrow(/namespaces: .*; namePrefix: .*; securityGroups: /);
  });
});

/** The policy that a stack's functions have. */
function policyOf(own: Synthesised): Record<string, unknown> {
  const { Variables } = own.properties(own.functionId("claim"))["Environment"] as { Variables: Record<string, string> };
  return JSON.parse(Variables["REMEDIATION_POLICY"] ?? "") as Record<string, unknown>;
}
