import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsSolutionsChecks, ServerlessChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { idOf, GitSettings } from "../../functions/notify/git/settings.ts";
import { UNDER_WAY_MS } from "../../functions/notify/git/tell.ts";
import { Synthesised } from "./synthesised.ts";

const secretOf = (name: string, region = "eu-west-1", account = "111122223333") =>
  `arn:aws:secretsmanager:${region}:${account}:secret:${name}-AbCdEf`;
const GIT = {
  repositories: [
    { kind: "github", repository: "shop/deploy", secret: secretOf("github"), opens: "revert", namespaces: ["shop"] },
    { kind: "webhook", url: "https://hooks.example", secret: secretOf("hook", "eu-central-1", "444455556666") },
  ],
};
const off = new Synthesised({ clusterName: "prod" });
const on = new Synthesised({ clusterName: "prod", git: GIT });
const [github, webhook] = GitSettings.parse(GIT).repositories.map((repository) => `git-${idOf(repository)}`);
const key = on.id("Encryption", "Key");
const queue = on.id("Git", "DeadLetters");
const table = on.id("Record", "Table");

/** What a function may do beyond what every function may. */
function permissionsOf(name = ""): string[] {
  const permissions = on
    .permissions(on.id("Git", name, "Role"))
    .map(({ action, resource }) => `${action} ${resource}`)
    .filter((permission) => !/^(logs|xray):/.test(permission));
  return [...new Set(permissions)].sort();
}

const remembering = [
  ...["GetItem", "PutItem", "UpdateItem"].map((action) => `dynamodb:${action} \${${table}.Arn}`),
  ...["Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"].map((action) => `kms:${action} \${${key}.Arn}`),
];
const all = [...remembering, `sqs:SendMessage \${${queue}.Arn}`];

describe("Git", () => {
  it("is nothing at all by default", () => {
    expect(JSON.stringify(off.template.toJSON())).not.toMatch(/GIT_REPOSITORY|secretsmanager|NotToldInGit/);
  });

  it("is a function for each repository, which reaches no cluster and knows no policy", () => {
    const functions = on
      .all("AWS::Lambda::Function")
      .map((each) => each as { Environment: { Variables: Record<string, string> }; Timeout: number })
      .filter(({ Environment }) => Environment.Variables["GIT_REPOSITORY"] !== undefined);

    expect(
      functions.map(({ Environment }) => JSON.parse(Environment.Variables["GIT_REPOSITORY"] ?? "") as unknown),
    ).toEqual(GitSettings.parse(GIT).repositories);
    for (const { Environment, Timeout } of functions) {
      expect(Environment.Variables).toMatchObject({ REMEDIATION_POLICY: "{}", RECORD_TABLE: { Ref: table } });
      // Whoever finds something begun waits for as long as it may be under way.
      expect(Timeout * 1_000).toBe(UNDER_WAY_MS);
    }
    expect(on.all("AWS::EKS::AccessEntry")).toHaveLength(off.all("AWS::EKS::AccessEntry").length);
    expect(on.all("AWS::SSM::Parameter")).toHaveLength(off.all("AWS::SSM::Parameter").length);
  });

  it("lets each function read its own secret and its own part of the table, and nothing else", () => {
    const keysOf = (region: string, account: string) =>
      `kms:Decrypt arn:\${AWS::Partition}:kms:${region}:${account}:key/*`;

    expect(permissionsOf(github)).toEqual(
      [...all, keysOf("eu-west-1", "111122223333"), `secretsmanager:GetSecretValue ${secretOf("github")}`].sort(),
    );
    expect(permissionsOf(webhook)).toEqual(
      [
        ...all,
        keysOf("eu-central-1", "444455556666"),
        `secretsmanager:GetSecretValue ${secretOf("hook", "eu-central-1", "444455556666")}`,
      ].sort(),
    );
    for (const [name = "", repository] of [
      [github, GIT.repositories[0]],
      [webhook, GIT.repositories[1]],
    ] as const) {
      const conditions = JSON.stringify(on.statements(on.id("Git", name, "Role")).map(({ Condition }) => Condition));
      expect(conditions).toContain(`{"dynamodb:LeadingKeys":["git/${name.slice(4)}"]}`);
      expect(conditions).toContain(`{"kms:EncryptionContext:SecretARN":"${repository?.secret ?? ""}"}`);
    }
  });

  it("is told what is of its namespaces, and keeps what could not be told", () => {
    const filters = on.all("AWS::SNS::Subscription").map(({ FilterPolicy }) => FilterPolicy);

    expect(filters).toEqual([{ namespace: ["shop"] }, { namespace: [{ exists: true }] }]);
    for (const subscription of on.all("AWS::SNS::Subscription"))
      expect(subscription).toMatchObject({ RedrivePolicy: { deadLetterTargetArn: { "Fn::GetAtt": [queue, "Arn"] } } });
    for (const name of [github, webhook])
      expect(on.all("AWS::Lambda::EventInvokeConfig")).toContainEqual(
        expect.objectContaining({
          FunctionName: { Ref: on.id("Git", name ?? "", "Function") },
          DestinationConfig: { OnFailure: { Destination: { "Fn::GetAtt": [queue, "Arn"] } } },
        }),
      );
    expect(JSON.stringify(on.properties(key)["KeyPolicy"])).toContain("KeepWhatIsNotToldInGit");
    expect(JSON.stringify(on.properties(on.id("Observability", "DeadLetters")))).toContain(queue);
  });

  it("has its errors watched, and not that it is bounded", () => {
    const alarms = (metric: string) =>
      JSON.stringify(on.all("AWS::CloudWatch::Alarm").filter((alarm) => JSON.stringify(alarm).includes(`"${metric}"`)));
    const lambda = on.id("Git", github ?? "", "Function");

    expect(alarms("Errors")).toContain(lambda);
    expect(alarms("Throttles")).not.toContain(lambda);
  });

  it("passes the checks", () => {
    for (const checks of [new AwsSolutionsChecks(), new ServerlessChecks()])
      expect(checks.validateScope(on.stack).violations).toEqual([]);
  });

  it("is given as an object of cdk.json, as JSON text and as a file", () => {
    const directory = mkdtempSync(join(tmpdir(), "git-"));
    const file = join(directory, "git.json");
    writeFileSync(file, JSON.stringify(GIT));

    for (const git of [file, JSON.stringify(GIT)])
      expect(new Synthesised({ git }).all("AWS::SNS::Subscription")).toHaveLength(2);
    rmSync(directory, { recursive: true });
  });

  it.each<[string, unknown, string]>([
    ["a setting that is misspelt", { repositries: [] }, "git.repositories"],
    ["no JSON", "{", "git: is not valid JSON"],
    ["a file that is not there", "git.json", "git: git.json cannot be read"],
    ["a token", { repositories: [{ ...GIT.repositories[0], secret: "ghp_topsecret" }] }, "the whole ARN of a secret"],
    [
      "more than fits",
      {
        repositories: [
          { ...GIT.repositories[0], namespaces: Array.from({ length: 100 }, (_, n) => `${n}`.padStart(40, "n")) },
        ],
      },
      "must have at most 3200 bytes of JSON",
    ],
  ])("refuses %s", (_what, git, words) => {
    expect(() => new Synthesised({ git })).toThrow(words);
    expect(() => new Synthesised({ git })).not.toThrow("topsecret");
  });
});
