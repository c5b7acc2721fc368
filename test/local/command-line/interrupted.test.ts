import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, dirname } from "node:path";
import { describe, expect, test } from "vitest";
import type { FaultName } from "../../faults/proxy/fault.ts";
import { CommandLine, STACK_TRACE, type Ended } from "./command-line.ts";
import { kubeconfigFor, startSite, type Site } from "./site.ts";

/** Longer than what counts as one press of Ctrl-C. */
const LATER_MS = 400;

/** What holds wherever it is interrupted. */
function expectInterrupted({ code, stdout, stderr }: Ended): void {
  expect(code, stderr).toBe(130);
  expect(stdout + stderr).not.toMatch(STACK_TRACE);
  // The cursor is where it was, and seen.
  expect(stdout + stderr).not.toContain("\u001b[?25l");
}

describe("a scenario", () => {
  test.for([
    ["SIGINT", "$ kubectl apply"],
    ["SIGINT", "Wait for it to settle: "],
    ["SIGTERM", "Verify: "],
  ] as const)("ends with %s after %s, and says what became of the cluster", async ([signal, point]) => {
    const cli = new CommandLine(["--scenario", "scale-runbook", "--speed", "1", "--report", "/dev/null"]);
    await cli.printed(point);
    cli.signal(signal);
    const ended = await cli.ended();

    expectInterrupted(ended);
    expect(ended.stderr).toBe("Interrupted. The cluster is gone, and everything on it.\n");
  });
});

const it = test.extend<{ site: Site }>({
  // eslint-disable-next-line no-empty-pattern
  site: async ({}, use) => {
    const site = await startSite();
    await use(site);
    await site.stop();
  },
});

/** A promise for the moment at which a write arrives at the cluster, which then goes wrong in that way. */
function arrivalOf(site: Site, method: string, path: RegExp, fault: FaultName): Promise<void> {
  return new Promise((resolve) => {
    site.plan((request) => {
      if (request.method !== method || !path.test(request.path) || request.path.includes("dryRun")) return undefined;
      resolve();
      return fault;
    });
  });
}

async function thereIs(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("on a cluster of the user's,", () => {
  it("Ctrl-C while credentials are being fetched ends it, and nothing was changed", async ({ site }) => {
    const kubeconfig = join(dirname(site.report), "slow");
    const begun = join(dirname(site.report), "begun");
    const args = ["-c", `: > "${begun}"; exec sleep 20`];
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args };
    writeFileSync(kubeconfig, kubeconfigFor("https://127.0.0.1:1", { exec: { ...exec, interactiveMode: "Never" } }));
    const cli = new CommandLine(["--kubeconfig", kubeconfig, "--report", site.report]);
    await cli.before(thereIs(begun), "the credentials were asked for");
    cli.signal("SIGINT");
    const ended = await cli.ended();

    expectInterrupted(ended);
    expect(ended.stdout).toBe("Nothing was changed.\n");
  });

  it.for(["SIGINT", "SIGTERM"] as const)("%s at the question is a no", async (signal, { site }) => {
    const cli = new CommandLine(site.args, { terminal: true });
    await cli.printed("Carry it out?");
    cli.signal(signal);
    const ended = await cli.ended();

    expectInterrupted(ended);
    expect(ended.stdout).toMatch(/Nothing was changed\.\n$/);
    expect(ended.stderr).toMatch(/<cooked>\n?Interrupted\.\n$/);
    expect(await site.replicas()).toBe(2);
    expect(await site.holder()).toBeUndefined();
  });

  it.for([
    ["Ctrl-C", "\u0003", 130],
    ["Ctrl-D", "\u0004", 2],
    ["n", "n\r", 2],
    ["Enter", "\r", 2],
  ] as const)("the key %s at the question is a no, too", async ([, keys, code], { site }) => {
    const cli = new CommandLine(site.args, { terminal: true });
    await cli.printed("Carry it out?");
    cli.type(keys);
    const ended = await cli.ended();

    expect(ended.code).toBe(code);
    expect(ended.stdout + ended.stderr).not.toMatch(STACK_TRACE);
    expect(ended.stderr.lastIndexOf("<cooked>")).toBeGreaterThan(ended.stderr.lastIndexOf("<raw>"));
    expect(await site.replicas()).toBe(2);
  });

  it.for(["SIGINT", "SIGTERM"] as const)(
    "%s while it waits releases the claim, and says what was changed and what was not checked",
    async (signal, { site }) => {
      const cli = new CommandLine([...site.args, "--yes"]);
      await cli.printed("Wait for it to settle: ");
      expect(await site.holder()).toMatch(/^local-/);
      cli.signal(signal);
      const ended = await cli.ended();

      expectInterrupted(ended);
      expect(ended.stdout).toMatch(
        /\nDeployment shop\/web: claim released\. Scaled .* from 2 to 3 replicas\. Whether that helped was not checked\.\n$/,
      );
      expect(await site.replicas()).toBe(3);
      expect(await site.holder()).toBeUndefined();
      expect(readFileSync(site.report, "utf8")).toContain("<strong>Interrupted</strong>");
    },
  );

  it("Ctrl-C while a remedy is being written waits for it, and says that it was done", async ({ site }) => {
    const arrived = arrivalOf(site, "PATCH", /deployments\/web/, "delay");
    const cli = new CommandLine([...site.args, "--yes"]);
    await cli.before(arrived, "the write");
    cli.signal("SIGINT");
    // npm hands on what the terminal has sent already.
    cli.signal("SIGINT");
    const ended = await cli.ended();

    expectInterrupted(ended);
    expect(ended.stderr).toContain("waiting for the requests that are under way");
    expect(ended.stdout).toMatch(/Scale: Scaled .*\nDeployment shop\/web: claim released\. Scaled .* to 3 replicas\./);
    expect(await site.replicas()).toBe(3);
    expect(await site.holder()).toBeUndefined();
  });

  it("Ctrl-C while a remedy is being written whose answer is lost says that it is not known", async ({ site }) => {
    const arrived = arrivalOf(site, "PATCH", /deployments\/web/, "lose-response");
    const cli = new CommandLine([...site.args, "--yes"]);
    await cli.before(arrived, "the write");
    cli.signal("SIGINT");
    const ended = await cli.ended();

    expectInterrupted(ended);
    expect(ended.stdout).toMatch(/(Scaled|Whether the last step changed something is not known)/);
    expect(ended.stdout).not.toContain("Nothing was changed");
    expect(await site.holder()).toBeUndefined();
  });

  it("Ctrl-C while the claim is being written gives it back", async ({ site }) => {
    const arrived = arrivalOf(site, "POST", /\/leases$/, "delay");
    const cli = new CommandLine([...site.args, "--yes"]);
    await cli.before(arrived, "the write");
    cli.signal("SIGINT");
    const ended = await cli.ended();

    expectInterrupted(ended);
    expect(ended.stdout).toMatch(/\nDeployment shop\/web: claim released\. Nothing was changed\.\n$/);
    expect(await site.replicas()).toBe(2);
    expect(await site.holder()).toBeUndefined();
  });

  it("a claim that cannot be released is named, with the moment at which it expires", async ({ site }) => {
    const cli = new CommandLine([...site.args, "--yes"]);
    await cli.printed("Wait for it to settle: ");
    site.plan(({ method, path }) => (method !== "GET" && path.includes("/leases/") ? "403" : undefined));
    cli.signal("SIGINT");
    const ended = await cli.ended();

    expectInterrupted(ended);
    expect(ended.stdout).toMatch(/the claim could not be released, and expires at 2\d{3}-.*Scaled .* to 3 replicas\./);
  });

  it("a second Ctrl-C ends it at once", async ({ site }) => {
    const arrived = arrivalOf(site, "PATCH", /deployments\/web/, "delay");
    const cli = new CommandLine([...site.args, "--yes"]);
    await cli.before(arrived, "the write");
    cli.signal("SIGINT");
    await cli.printed("Press Ctrl-C again");
    await new Promise((resolve) => setTimeout(resolve, LATER_MS));
    cli.signal("SIGINT");
    const ended = await cli.ended();

    expectInterrupted(ended);
    expect(ended.stderr).toMatch(/Ended at once\. .* claims that are still held expire\.\n$/);
    expect(existsSync(site.report)).toBe(false);
  });

  it("with --json, each line is JSON to the end", async ({ site }) => {
    const cli = new CommandLine([...site.args, "--yes", "--json"]);
    await cli.printed('"state":"Wait for it to settle"');
    cli.signal("SIGINT");
    const ended = await cli.ended();
    const lines = ended.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object);

    expectInterrupted(ended);
    expect(lines.at(-1)).toEqual({
      time: expect.any(String) as string,
      workload: null,
      event: "interrupted",
      finding: expect.stringMatching(/^Interrupted\. Deployment shop\/web: claim released\./) as string,
      workloads: [
        { workload: "Deployment shop/web", text: expect.stringContaining("claim released. Scaled") as string },
      ],
    });
  });
});
