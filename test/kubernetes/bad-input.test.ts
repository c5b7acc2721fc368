import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it as itself } from "vitest";
import { WRITES } from "../../local/scenarios/play.ts";
import { quickPolicy } from "../../local/scenarios/quick-policy.ts";
import { auditedRequests, it } from "./scenario.ts";
import { applyWeb, rollOutWeb, untilDeadlineExceeded } from "./web.ts";

const MAIN = fileURLToPath(new URL("../../local/command-line/main.ts", import.meta.url));

/** Runs the command line as a user does. */
async function start(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args, "--report", join(directory, "report.html")]);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr };
}

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "bad-input-"));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** A kubeconfig for a server that is not there. */
async function unreachableKubeconfig(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const file = join(directory, "unreachable");
  writeFileSync(
    file,
    `{"clusters":[{"name":"c","cluster":{"server":"https://127.0.0.1:${port}"}}],"users":[{"name":"u","user":{"token":"t"}}],"contexts":[{"name":"gone","context":{"cluster":"c","user":"u"}}],"current-context":"gone"}`,
  );
  return file;
}

describe("npm start ends with exit code 1, the error's name and what to do about it, and has written nothing,", () => {
  const admin = () => ["--kubeconfig", inject("kubeconfig")];
  const cases: [string, () => Promise<string[]> | string[], string, string][] = [
    [
      "for a missing field",
      () => [...admin(), "--input", '{"action": "restart_pod", "namespace": "default"}'],
      "InvalidRequest",
      "pod_name",
    ],
    ["for a malformed field", () => [...admin(), "--namespace", "No Such"], "InvalidRequest", "namespace"],
    [
      "for an unknown action",
      () => [...admin(), "--input", '{"action": "drop_tables"}'],
      "InvalidRequest",
      "must be one of",
    ],
    [
      "for input that is no JSON",
      () => [...admin(), "--input", "restart the web"],
      "InvalidRequest",
      "neither an existing file nor valid JSON",
    ],
    [
      "for a cluster out of reach",
      async () => ["--kubeconfig", await unreachableKubeconfig()],
      "ClusterUnreachable",
      "Check the endpoint",
    ],
    [
      "for a missing kubeconfig",
      () => ["--kubeconfig", join(directory, "none")],
      "InvalidKubeconfig",
      "Check the path",
    ],
    [
      "for a context that does not exist",
      () => [...admin(), "--context", "staging"],
      "ContextNotFound",
      "It has: local",
    ],
    [
      "for a namespace that does not exist",
      () => [...admin(), "--namespace", "nowhere"],
      "NamespaceNotFound",
      "Check the name",
    ],
    [
      "for a kubeconfig without permission",
      () => ["--kubeconfig", inject("restrictedKubeconfig")],
      "Forbidden",
      "Grant this verb",
    ],
    [
      "for a policy that is refused",
      () => {
        const file = join(directory, "policy.json");
        writeFileSync(file, '{"verify": {"soak_seconds": -1}}');
        return [...admin(), "--policy", file];
      },
      "InvalidPolicy",
      "verify.soak_seconds",
    ],
    [
      "for a policy that is missing",
      () => [...admin(), "--policy", join(directory, "none.json")],
      "InvalidPolicy",
      "none.json",
    ],
  ];

  itself.concurrent.each(cases)("%s", async (_what, args, name, advice) => {
    const { code, stderr } = await start(...(await args()));

    expect(stderr).toContain(`${name}: `);
    expect(stderr).toContain(advice);
    expect(code).toBe(1);
  });

  itself.concurrent.each([
    ["rollback_deployment", "deployment_name", "WorkloadNotFound", "Check the kind"],
    ["restart_pod", "pod_name", "PodNotFound", "detect_failures names"],
  ])("for a name of %s that nothing has", async (action, field, name, advice) => {
    const input = JSON.stringify({ action, namespace: "default", [field]: "gone" });
    const { code, stdout } = await start(...admin(), "--input", input);

    expect(stdout).toContain(`Skipped (${name})`);
    expect(stdout).toContain(advice);
    expect(code).toBe(1);
  });

  itself("which the API server's audit log confirms", () => {
    const requests = auditedRequests("eks-remediation");

    expect(requests.filter(({ status }) => status === 403).length).toBeGreaterThan(0);
    const writes = requests.filter(({ verb, uri }) => WRITES.includes(verb) && !uri.includes("dryRun=All"));
    expect(writes).toEqual([]);
  });
});

describe("npm start", () => {
  it("exits with 0 when nothing fails, and 2 when a person has to look", async ({ scenario }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const healthy = await start("--kubeconfig", inject("kubeconfig"), "--namespace", scenario.namespace);
    expect(healthy).toMatchObject({ code: 0, stderr: `Report: ${join(directory, "report.html")}\n` });
    expect(healthy.stdout).toContain("Healthy");

    await scenario.kubectl(
      "-n",
      scenario.namespace,
      "run",
      "once",
      "--image=shop/once:1",
      "--annotations=simulation/failure=image-pull",
    );
    await scenario.untilFailing("ImagePullBackOff");
    const failing = await start(
      "--kubeconfig",
      inject("kubeconfig"),
      "--namespace",
      scenario.namespace,
      "--dry-run",
      "--json",
    );
    expect(failing.code).toBe(2);
    const lines = failing.stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { result?: { workloads: unknown[] } });
    expect(lines.at(-1)?.result?.workloads).toMatchObject([
      { outcome: "DryRun", reason: "NothingRecreatesIt", needs_person: true },
    ]);
  });

  it("shows the plan and changes nothing where nobody can be asked, and carries it out with --yes", async ({
    scenario,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
    await applyWeb(scenario, { image: "shop/web:2", probe: true, annotations: '"simulation/failure": crash-loop' });
    await scenario.untilFailing("CrashLoopBackOff");
    await untilDeadlineExceeded(scenario);
    const policy = join(directory, "quick.json");
    writeFileSync(policy, JSON.stringify(quickPolicy({ verify: { soak_seconds: 2, interval_seconds: 1 } })));
    const args = ["--kubeconfig", inject("kubeconfig"), "--namespace", scenario.namespace, "--policy", policy];

    const plan = await start(...args);
    expect(plan.code).toBe(2);
    expect(plan.stderr).toContain("That was the plan; nothing was changed. Add --yes to carry it out.");
    expect(await scenario.image()).toBe("shop/web:2");

    const done = await start(...args, "--yes");
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/Deployment .*\/web +CrashLoopAfterRollout +rollback +Recovered +no/);
    expect(await scenario.image()).toBe("shop/web:1");
  });
});
