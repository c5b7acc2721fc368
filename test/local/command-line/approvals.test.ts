import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { quickPolicy } from "../../../local/scenarios/quick-policy.ts";
import { CommandLine, run, STACK_TRACE } from "./command-line.ts";
import { startSite, type Site } from "./site.ts";

const it = test.extend<{ site: Site; args: string[] }>({
  // eslint-disable-next-line no-empty-pattern
  site: async ({}, use) => {
    const site = await startSite();
    await use(site);
    await site.stop();
  },
  args: async ({ site }, use) => {
    const policy = join(dirname(site.record), "policy.json");
    const verify = { soak_seconds: 1, interval_seconds: 1 };
    writeFileSync(policy, JSON.stringify(quickPolicy({ verify, modes: { all: "approve" } })));
    await use([...site.args, "--policy", policy]);
  },
});

const PROPOSE = "Have it proposed, and approve it or not? [y/N]";
const APPROVE = "Approve this plan? [y/N]";

describe("what the policy wants approved, on a cluster of the user's,", () => {
  it("is carried out once somebody at the terminal approves the plan that was proposed", async ({ site, args }) => {
    const cli = new CommandLine(args, { terminal: true });
    await cli.printed(PROPOSE);
    cli.type("y\r");
    await cli.printed(APPROVE);
    expect(await site.replicas()).toBe(2);
    cli.type("y\r");
    const ended = await cli.ended();

    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain("Deployment shop/web: ");
    expect(ended.stdout + ended.stderr).not.toMatch(STACK_TRACE);
    expect(await site.replicas()).toBe(3);
    expect(await site.holder()).toBeUndefined();
  });

  it.for([
    ["n", "n\r", 2],
    ["Enter", "\r", 2],
    ["Ctrl-D", "\u0004", 2],
    ["Ctrl-C", "\u0003", 130],
  ] as const)("stays proposed where the answer is %s", async ([, keys, code], { site, args }) => {
    const cli = new CommandLine(args, { terminal: true });
    await cli.printed(PROPOSE);
    cli.type("y\r");
    await cli.printed(APPROVE);
    cli.type(keys);

    expect((await cli.ended()).code).toBe(code);
    expect(await site.replicas()).toBe(2);
    expect(await site.holder()).toBeUndefined();
  });

  it.for([
    ["nobody sits at a terminal", [], false],
    ["a program reads what is printed", ["--json"], true],
    ["nobody is to be asked", ["--yes"], true],
    ["it is a dry run", ["--dry-run"], true],
  ] as const)("is asked about by no question where %s", async ([, options, terminal], { site, args }) => {
    const ended = await run([...args, ...options], { terminal });

    expect(ended.code, ended.stderr).toBe(2);
    expect(ended.stdout + ended.stderr).not.toMatch(/\[y\/N\]|Add --yes/);
    expect(await site.replicas()).toBe(2);
  });
});
