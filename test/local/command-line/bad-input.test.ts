import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run, STACK_TRACE, type Ended } from "./command-line.ts";

const GOOD = `
summary: A pod that is well.
steps:
  - apply: web.yaml
expect: { outcomes: [Healthy], writes: [] }
`;
const WEB = `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: app, image: "shop/web:1" }] }\n`;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bad-scenario-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** A folder with these files. */
function folder(name: string, files: Record<string, string>): string {
  const path = join(directory, name);
  mkdirSync(path);
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

function expectRefused({ code, stdout, stderr }: Ended): void {
  expect(code, stderr).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).not.toMatch(STACK_TRACE);
}

describe("npm start refuses, before anything is started and without a stack trace,", () => {
  const cases: [what: string, scenario: () => string, said: string][] = [
    [
      "a scenario that is no YAML",
      () => folder("broken", { "scenario.yaml": "summary: [", "web.yaml": WEB }),
      "InvalidScenario: ",
    ],
    [
      "a manifest that is no YAML",
      () => folder("manifest", { "scenario.yaml": GOOD, "web.yaml": "kind: [" }),
      "manifest/web.yaml: ",
    ],
    [
      "a kind that is not known",
      () => folder("kind", { "scenario.yaml": GOOD, "web.yaml": WEB.replace("Pod", "Pot") }),
      "kind/web.yaml:2: object 1: kind: Pot of v1 cannot be played",
    ],
    [
      "a scenario without an expectation",
      () => folder("unexpected", { "scenario.yaml": GOOD.replace(/expect:.*/, ""), "web.yaml": WEB }),
      "expect: is missing",
    ],
    ["a missing manifest", () => folder("missing", { "scenario.yaml": GOOD }), "missing/web.yaml: does not exist"],
    ["an empty folder", () => folder("empty", {}), "empty/scenario.yaml: is missing; a scenario's folder needs one"],
    [
      "a file",
      () => join(folder("file", { "scenario.yaml": GOOD }), "scenario.yaml"),
      "file/scenario.yaml: is a file; name the folder",
    ],
    ["a name that is none", () => "lunch", "neither a scenario nor a folder lunch. npm start -- --list names"],
  ];

  it.each(cases)("%s", async (_what, scenario, said) => {
    const ended = await run(["--scenario", scenario(), "--report", join(directory, "report.html")]);

    expectRefused(ended);
    expect(ended.stderr).toContain("InvalidScenario: ");
    expect(ended.stderr).toContain(said);
    expect(existsSync(join(directory, "report.html"))).toBe(false);
  });

  it.each([
    ["in a folder that does not exist", () => join(directory, "none", "report.html")],
    ["that is a folder", () => directory],
  ])("a report %s", async (_what, file) => {
    const ended = await run(["--scenario", "scale-runbook", "--report", file()]);

    expectRefused(ended);
    expect(ended.stderr).toMatch(
      /^InvalidReport: The report .* cannot be written: .* Name another file with --report\.\n$/,
    );
  });
});

describe("a scenario whose step fails", () => {
  it("ends with the step and what is wrong with it, without a stack trace", async () => {
    const steps = GOOD.replace("- apply: web.yaml", "- apply: web.yaml\n  - rolled_out: deployment/none");
    const path = folder("failing", { "scenario.yaml": steps, "web.yaml": WEB });
    const ended = await run(["--scenario", path, "--speed", "100", "--report", join(directory, "failing.html")]);

    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/^StepFailed: The step \{"rolled_out":"deployment\/none"\} failed: .*not found/);
    expect(ended.stderr).not.toMatch(STACK_TRACE);
  });
});

describe("what is printed", () => {
  const scenario = ["--scenario", "scale-runbook", "--speed", "50", "--report", "/dev/null"];

  it.each([
    ["into a pipe", {}, false],
    ["with NO_COLOR, on a terminal", { NO_COLOR: "1" }, true],
    ["on a dumb terminal", { TERM: "dumb", NO_COLOR: "" }, true],
  ])("%s has no colours", async (_what, environment, terminal) => {
    const { code, stdout } = await run(scenario, { environment, terminal });

    expect(code, stdout).toBe(0);
    // eslint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/\u001b\[\d*m/);
    expect(stdout).toMatch(/Deployment .*web +Requested +scale +Recovered +no/);
  });

  it("on a dumb terminal is one line after the other", async () => {
    const { stdout } = await run(scenario, { environment: { TERM: "dumb" }, terminal: true });

    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("Scale: Scaled ");
  });

  it("on a narrow terminal fits into its lines", async () => {
    const { stdout } = await run(scenario, { environment: { COLUMNS: "40", NO_COLOR: "1" }, terminal: true });
    const drawn = stripVTControlCharacters(stdout)
      .split("\n")
      .filter((line) => /^(WORKLOAD|Deployment)/.test(line));

    expect(drawn.length).toBeGreaterThanOrEqual(2);
    for (const line of drawn) expect(line.length, line).toBeLessThan(40);
  });
});
