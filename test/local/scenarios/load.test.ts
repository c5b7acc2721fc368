import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadScenario, roundsOf, scenarioNames } from "../../../local/scenarios/load.ts";

const GOOD = `
summary: A rollout brings a bad image.
steps:
  - apply: web.yaml
expect:
  outcomes: [Healthy]
  writes: []
`;
const WEB = `{ apiVersion: v1, kind: Pod, metadata: { name: "web" } }`;

let root: string;
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "scenarios-")), "scenarios");
});
afterEach(() => {
  rmSync(join(root, ".."), { recursive: true });
});

/** Loads a scenario with these files, and answers with what is wrong with it. */
function problemsOf(scenario: string, files: Record<string, string> = { "web.yaml": WEB }): string {
  const directory = join(root, "bad-image");
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries({ ...files, "scenario.yaml": scenario })) {
    writeFileSync(join(directory, name), text);
  }
  try {
    loadScenario("bad-image", root);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("every scenario of this folder", () => {
  it.each(scenarioNames())("%s is complete", (name) => {
    expect(() => loadScenario(name)).not.toThrow();
  });
});

describe("a scenario", () => {
  it("that is complete is loaded", () => {
    expect(problemsOf(GOOD)).toBe("");
  });

  it("keeps the first run's policy in further runs, with theirs laid over it", () => {
    problemsOf(
      `${GOOD}policy: { verify: { soak_seconds: 1 } }\nthen: [{ policy: { verify: { interval_seconds: 2 } }, expect: { outcomes: [Healthy], writes: [] } }]`,
    );

    const policies = roundsOf(loadScenario("bad-image", root)).map(({ policy }) => policy);

    expect(policies).toEqual([{ verify: { soak_seconds: 1 } }, { verify: { soak_seconds: 1, interval_seconds: 2 } }]);
  });
});

describe("a scenario is refused with the file, the field and the rule", () => {
  const cases: [what: string, from: string, to: string, ...said: string[]][] = [
    ["for a missing expectation", "expect:", "expected:", "expect: is missing", 'Unrecognized key: "expected"'],
    ["for an expectation that says nothing", "outcomes: [Healthy]", "", "expect: needs either workloads or outcomes"],
    ["for writes that are not said", "writes: []", "", "expect.writes: is missing"],
    ["for an unknown outcome", "[Healthy]", "[Fine]", "expect.outcomes.0: Invalid option"],
    ["for a step that is none", "- apply: web.yaml", "- run: web.yaml", "steps.0: needs exactly one of apply, patch"],
    ["for a step that is two", "- apply: web.yaml", "- { apply: web.yaml, wait: 7s }", "steps.0: needs exactly one of"],
    [
      "for a namespace of a step that applies nothing",
      "- apply: web.yaml",
      "- { wait: 7s, namespace: shop }",
      "steps.0: namespace belongs",
    ],
    ["for a duration without a unit", "- apply: web.yaml", "- wait: 7", "steps.0.wait: "],
    [
      "for a resource without a name",
      "- apply: web.yaml",
      "- rolled_out: web",
      "steps.0.rolled_out: must be a kind and a name",
    ],
    [
      "for a state that does not exist",
      "expect:",
      "meanwhile: [{ at: Lunch, steps: [{ wait: 1s }] }]\nexpect:",
      "meanwhile.0.at: is no state",
    ],
    ["for a policy that is refused", "expect:", "policy: { opt_in: maybe }\nexpect:", "policy: is refused: opt_in: "],
    ["for a placeholder that stands for nothing", "web.yaml", "${NODE}.yaml", "${NODE} stands for nothing here"],
    ["for text that is no YAML", "steps:", "steps: [", "at line "],
  ];
  it.each(cases)("%s", (_what, from, to, ...said) => {
    const problems = problemsOf(GOOD.replace(from, () => to));

    for (const part of said) expect(problems).toContain(part);
    for (const line of problems.split("\n").filter((text) => /\.yaml(:\d+)?: /.test(text))) {
      expect(line).toMatch(/^scenarios\/bad-image\//);
    }
  });

  it("for a manifest that does not exist", () => {
    expect(problemsOf(GOOD, {})).toBe("scenarios/bad-image/web.yaml: does not exist, but a step applies it");
  });

  it("for a manifest that is no object", () => {
    expect(problemsOf(GOOD, { "web.yaml": "kind: Pod" })).toBe(
      "scenarios/bad-image/web.yaml:1: object 1: apiVersion: is missing\nscenarios/bad-image/web.yaml:1: object 1: metadata.name: is missing",
    );
  });

  it("with the line, wherever the field or what is around it stands", () => {
    expect(problemsOf(GOOD.replace("[Healthy]", "[Fine]"))).toMatch(/scenario\.yaml:6: expect\.outcomes\.0: /);
    expect(problemsOf(GOOD.replace("writes: []", ""))).toContain("scenario.yaml:6: expect.writes: is missing");
    expect(problemsOf(`${GOOD}colour: red\n`)).toContain('scenario.yaml:8: Unrecognized key: "colour"');
    expect(problemsOf(GOOD, { "web.yaml": `${WEB}\n---\nkind: Pod\nmetadata: {}\n` })).toContain(
      "web.yaml:4: object 2: metadata.name: is missing",
    );
  });

  it("for a manifest that is no YAML", () => {
    expect(problemsOf(GOOD, { "web.yaml": "kind: [Pod\nmetadata: {}\n" })).toMatch(/web\.yaml: .* at line 2, column 1/);
  });

  it("for a kind that cannot be played", () => {
    const unknown = "apiVersion: apps/v1\nkind: Deploymint\nmetadata: { name: web }\n";

    expect(problemsOf(GOOD, { "web.yaml": unknown })).toMatch(
      /web\.yaml:2: object 1: kind: Deploymint of apps\/v1 cannot be played; known are .*Deployment \(apps\/v1\)/,
    );
    expect(problemsOf(GOOD, { "web.yaml": WEB.replace("v1", "v2") })).toContain("kind: Pod of v2 cannot be played");
  });

  it("for a manifest of another namespace than the scenario's, unless the step says so", () => {
    const elsewhere = WEB.replace('name: "web"', 'name: "web", namespace: other');
    const said = GOOD.replace("- apply: web.yaml", "- { apply: web.yaml, namespace: other }");

    expect(problemsOf(GOOD, { "web.yaml": elsewhere })).toContain(
      'web.yaml:1: object 1: metadata.namespace: is "other"',
    );
    expect(problemsOf(said, { "web.yaml": elsewhere })).toBe("");
    expect(problemsOf(GOOD, { "web.yaml": elsewhere.replace("other", '"${NAMESPACE}"') })).toBe("");
  });

  it("for a file where a folder is needed", () => {
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "web.yaml"), WEB);

    expect(() => loadScenario("web.yaml", root)).toThrow("scenarios/web.yaml: is a file; name the folder");
  });

  it("for a manifest that nothing applies", () => {
    expect(problemsOf(GOOD, { "web.yaml": WEB, "left.yaml": WEB })).toBe(
      "scenarios/bad-image/left.yaml: no step applies it",
    );
  });

  it("for a folder without a scenario", () => {
    mkdirSync(join(root, "empty"), { recursive: true });

    expect(() => loadScenario("empty", root)).toThrow("scenarios/empty/scenario.yaml: is missing");
  });
});
