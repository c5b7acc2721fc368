import { beforeAll, describe, expect, it } from "vitest";
import { RELEASED } from "../../infra/released-parameters.ts";
import { spokeTemplate } from "../../infra/spoke.ts";
import { configured, moduleRoot, type Root } from "./root.ts";

/** What each module refuses: one value for each rule of its variables. */
const REFUSED = {
  account: {
    tag_value: "a\tb",
    name_prefix: "x".repeat(45),
    hub_account_id: "1111222233334",
    external_id: "x".repeat(1_225),
    organization_id: "o-short",
  },
  cluster: {},
  hub: {
    cluster_name: "-shop",
    notify_email: "nobody",
    subnet_ids: "a",
    security_group_ids: "sg-0a1b2c3d,",
    template_url: "https://example.com/template.json",
  },
};
const NOT_CHECKED = ["template_url"];

describe.each(Object.entries(REFUSED))("the module %s", (module, values: Record<string, string>) => {
  let root: Root;
  beforeAll(async () => {
    root = moduleRoot(module);
    await root.well("init");
  });

  it("is valid, and nothing of it is worth a warning", async () => {
    const found = JSON.parse(await root.well("validate", "-json")) as object;

    expect(found).toMatchObject({ valid: true, error_count: 0, warning_count: 0 });
  });

  it.runIf(Object.keys(values).length > 0)("refuses in a plan what its parameters' rules refuse", async () => {
    const given = Object.entries(values).map(([name, value]) => `-var=${name}=${value}`);
    const { code, said } = await root.terraform("plan", "-no-color", ...given);

    expect(code).toBe(1);
    const refused = [...said.matchAll(/(\w+) must match/g)].map(([, name]) => name);
    expect(refused.sort()).toEqual(
      Object.keys(values)
        .filter((name) => !NOT_CHECKED.includes(name))
        .sort(),
    );
  });
});

describe("a pattern", () => {
  const { Parameters } = spokeTemplate("account") as { Parameters: Record<string, { AllowedPattern?: string }> };
  const patterns = [
    ...Object.values(Parameters).flatMap(({ AllowedPattern }) => AllowedPattern ?? []),
    ...Object.values(RELEASED).map(({ allowedPattern }) => allowedPattern),
  ].map((pattern) => `^(?:${pattern})$`);
  const VALUES = [
    ...[
      "",
      "on",
      "shop",
      "shop\n",
      "a b",
      "a\tb",
      "ümlaut",
      "111122223333",
      "11112222333",
      "٣".repeat(12),
      "x".repeat(44),
    ],
    ...["x".repeat(45), "x".repeat(100), "x".repeat(101), "x".repeat(256), "x".repeat(257), "x".repeat(1_224)],
    ...[
      "x",
      "x".repeat(1_225),
      "a-long-random-text",
      "id:with/all+of=it,.@-",
      "o-abcdefghij",
      "o-short",
      "O-ABCDEFGHIJ",
    ],
    ...["on-call@example.com", "on-call@", "a@b@c", "on call@example.com", "-shop", "shop_1", "${x}", 'a"b'],
  ];

  it("lets the same through in Terraform as in CloudFormation", async () => {
    const asked = patterns.flatMap((pattern) =>
      VALUES.map((value) => `can(regex(${quoted(pattern)}, ${quoted(value)}))`),
    );

    const root = configured("patterns", `output "matches" {\n  value = [${asked.join(", ")}]\n}\n`);
    await root.well("init");
    await root.well("apply", "-auto-approve");
    const matches = JSON.parse(await root.well("output", "-json", "matches")) as boolean[];

    // CloudFormation matches the whole of a value.
    const expected = patterns.flatMap((pattern) => VALUES.map((value) => new RegExp(pattern).test(value)));
    expect(matches).toEqual(expected);
  });
});

/** A string in Terraform's language. */
function quoted(value: string): string {
  return JSON.stringify(value).replaceAll("${", () => "$${");
}
