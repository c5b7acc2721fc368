import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ownVersion } from "../../../local/command-line/called-as.ts";
import { JsonLine } from "../../../local/live/json-lines.ts";
import { run, STACK_TRACE } from "./command-line.ts";

const MAIN = fileURLToPath(new URL("../../../local/command-line/main.ts", import.meta.url));
const scenario = (name: string) => ["--scenario", name, "--speed", "50", "--report", "/dev/null"];

function linesOf(stdout: string): JsonLine[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JsonLine.parse(JSON.parse(line)));
}

describe("with --json,", () => {
  it("the standard output is lines of JSON alone, each with its time, its workload and what was found", async () => {
    const { stdout, stderr, code } = await run([...scenario("wrong-image-tag"), "--json"], { terminal: true });
    const lines = linesOf(stdout);
    const times = lines.map(({ time }) => Date.parse(time));

    expect(code, stderr).toBe(0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    const about = lines.filter(({ iteration }) => iteration === 0);
    expect(about.length).toBeGreaterThan(10);
    for (const { workload } of about) expect(workload).toMatchObject({ kind: "Deployment", name: "web" });
    for (const { workload, iteration } of lines) if (iteration === undefined) expect(workload).toBeNull();
    expect(stderr).toBe("Report: /dev/null\n");

    // A finding grows from what fails to how it ended, and the replicas are told as they change.
    const [first, last] = [lines.find(({ iteration }) => iteration === 0), lines.at(-1)];

    expect(first?.finding).toMatch(/^\w+(, \w+)* \(\d+ pods?\)$/);
    expect(lines.find(({ state, event }) => state === "Diagnose" && event === "exited")?.finding).toMatch(
      /^ImageNotFound \(high confidence\)/,
    );
    expect(lines.some(({ event, ready, wanted }) => event === "replicas" && ready === wanted)).toBe(true);
    expect(last).toMatchObject({ event: "result", finding: "1 Recovered", workload: null });
  });

  it("an error is such a line, too", async () => {
    const { stdout, code } = await run(["--scenario", "lunch", "--json"]);

    expect(code).toBe(1);
    expect(linesOf(stdout)).toMatchObject([{ event: "error", workload: null, error: { name: "InvalidScenario" } }]);
  });

  it.each([[["--nope", "--json"]], [["--json", "--speed", "1000"]], [["history", "--json", "--limit", "x"]]])(
    "what is not understood is such a line, too: %j",
    async (args) => {
      const { stdout, stderr, code } = await run(args);

      expect(code).toBe(1);
      expect(linesOf(stdout)).toMatchObject([{ event: "error", error: { name: "InvalidArguments" } }]);
      expect(stderr).toBe(`error: ${linesOf(stdout)[0]?.finding ?? ""}\n`);
    },
  );

  it("help is help, and no error", async () => {
    const { stdout, stderr, code } = await run(["--json", "--help"]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("--json");
  });
});

describe("at its end", () => {
  it("a run says what is left to do, and how to go on", async () => {
    const [needy, well] = await Promise.all([run(scenario("not-opted-in")), run(scenario("scale-runbook"))]);

    expect(needy.stdout).toMatch(/\n\nNeeds a person \(1\):\n {2}Deployment [\w-]+\/web: .+\n/);
    expect(well.stdout).toContain("\n\nNothing needs a person.\n");
    for (const { stdout } of [needy, well]) expect(stdout).toMatch(/ --dry-run\n$/);
  });
});

describe("a CI job that looks like a terminal", () => {
  it("gets one line after the other", async () => {
    const { stdout } = await run(scenario("scale-runbook"), {
      terminal: true,
      environment: { CI: "true", NO_COLOR: "1" },
    });

    expect(stdout).not.toContain("\u001b");
    expect(stdout).toContain("Scale: Scaled ");
  });
});

describe("a reader that goes away", () => {
  it.each([[["--json"]], [[]]])("ends a scenario without a word of it, with %j", async (flags) => {
    const child = spawn(process.execPath, [MAIN, ...scenario("scale-runbook"), ...flags]);
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout.once("data", () => child.stdout.destroy());
    const code = await new Promise((resolve) => child.on("close", resolve));

    expect(code).toBe(130);
    expect(stderr).not.toMatch(STACK_TRACE);
  });
});

describe("whoever has no home", () => {
  it("is answered all the same", async () => {
    const { code, stdout } = await run(["--version"], {
      environment: { HOME: "/proc/nobody", XDG_CACHE_HOME: "/proc/nobody/cache" },
    });

    expect({ code, stdout }).toEqual({ code: 0, stdout: `${ownVersion()}\n` });
  });
});
