import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../local/embedded/index.ts";
import { kubeconfigFor } from "../local/command-line/site.ts";
import { Folder } from "./installed.ts";
import { installedNodes } from "./nodes.ts";

const MEGABYTE = 1_000_000;
const NODES = installedNodes().map(({ major, path }) => [major, path] as const);

/** A workload whose new image does not exist, for which a rollout has failed. */
const STEPS: [string[], string?][] = [
  [["create", "namespace", "shop"]],
  [["-n", "shop", "apply", "-f", "-"], readFileSync(new URL("../scenarios/common/web.yaml", import.meta.url), "utf8")],
  [["-n", "shop", "rollout", "status", "deployment/web", "--timeout=60s"]],
  [
    ["-n", "shop", "patch", "deployment/web", "--type=merge", "-p"],
    JSON.stringify({
      spec: {
        template: {
          metadata: { annotations: { "simulation/failure": "image-pull" } },
          spec: { containers: [{ name: "app", image: "shop/web:2" }] },
        },
      },
    }),
  ],
  [["-n", "shop", "wait", "deployment/web", "--for=condition=Progressing=False", "--timeout=120s"]],
];

describe("the package in an empty folder", () => {
  const folder = new Folder();
  let cluster: EmbeddedCluster;
  beforeAll(async () => {
    await folder.install(inject("packed"));
    cluster = await startEmbeddedCluster(20);
    for (const [args, last] of STEPS) {
      if (args.includes("patch")) await cluster.kubectl.run([...args, last ?? ""]);
      else await cluster.kubectl.run(args, last);
    }
    folder.write("config", kubeconfigFor(cluster.url, { token: "t" }).replaceAll('"mine"', '"staging"'));
  });
  afterAll(async () => {
    await cluster.stop();
    folder.remove();
  });

  it("brings one dependency, no build tool and no CDK, in less than 50 MB", () => {
    expect(readdirSync(join(folder.path, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
      "eks-remediation",
      "zod",
    ]);
    expect(sizeOf(join(folder.path, "node_modules"))).toBeLessThan(50 * MEGABYTE);
  });

  describe.each(NODES)("on Node %s", (_major, node) => {
    const env = () => ({ KUBECONFIG: join(folder.path, "config"), NO_COLOR: "1" });
    const run = (command: string, ...args: string[]) => folder.run(command, args, { node, env: env() });

    it("tells its version and its options, by the name that it was called by", async () => {
      const { version } = JSON.parse(folder.read("node_modules/eks-remediation/package.json")) as { version: string };

      expect((await run("eks-remediation", "--version")).stdout).toBe(`${version}\n`);
      expect((await run("eks-remediation", "--help")).stdout).toMatch(/^Usage: npx eks-remediation \[options\]/);
      expect((await run("kubectl-remediate", "--help")).stdout).toMatch(/^Usage: kubectl remediate \[options\]/);
    });

    it("plays a situation on a cluster in the process", async () => {
      const scenario = ["--scenario", "restart-in-vain-then-rollback", "--speed", "40"];
      const { code, stdout, stderr } = await run("eks-remediation", ...scenario);

      expect(code, stderr).toBe(0);
      expect(stdout).toContain("Everything went as the scenario expects.");
      expect(folder.read("remediation-report.html")).toContain("<html");
    });

    it("shows the plan for a cluster, asks nobody where nobody could answer, and changes nothing", async () => {
      const before = await imageOf(cluster);
      const { code, stdout } = await run("eks-remediation", "--context", "staging");

      expect(stdout).toMatch(/Deployment shop\/web +ImageNotFound +rollback +DryRun/);
      expect(code).toBe(2);
      expect(await imageOf(cluster)).toBe(before);
      expect(await leasesOf(cluster)).toBe(0);
    });

    it("is a plugin of kubectl, for the current context", async () => {
      const { stdout } = await run("kubectl-remediate", "-n", "shop", "-o", "yaml", "--dry-run");

      expect(stdout).toMatch(/^outcomes:\n {2}- DryRun\n/);
      expect((await run("kubectl_complete-remediate", "-o", "")).stdout).toBe("json\nyaml\n:4\n");
      expect((await run("kubectl_complete-remediate", "--context", "")).stdout).toBe("staging\n:4\n");
    });

    it("completes words in bash, also behind a colon", async () => {
      folder.write("arn", folder.read("config").replaceAll('"staging"', '"arn:aws:eks:eu-west-1:1:cluster/staging"'));
      const completed = async (line: string) => {
        const script = `eval "$(eks-remediation completion bash)"; COMP_WORDBREAKS=': '; COMP_LINE=$1; COMP_POINT=\${#1}
          _eks_remediation; printf '%s\\n' "\${COMPREPLY[@]}"`;
        const { stdout } = await run("bash", "-c", script, "bash", line);
        return stdout.trimEnd().split("\n");
      };

      expect(await completed("eks-remediation --outp")).toEqual(["--output"]);
      expect(await completed("eks-remediation -o ")).toEqual(["json", "yaml"]);
      expect(await completed("eks-remediation --kubeconfig arn --context arn:aws:e")).toEqual([
        "eks:eu-west-1:1:cluster/staging",
      ]);
    });

    it("prints the permissions for some namespaces", async () => {
      const { code, stdout } = await run("eks-remediation-rbac", "--namespace", "shop");

      expect(code).toBe(0);
      expect(stdout).toContain("namespace: shop");
    });
  });
});

async function imageOf({ kubectl }: EmbeddedCluster): Promise<string> {
  return await kubectl.run(["-n", "shop", "get", "deployment/web", "-o", "json"]);
}

async function leasesOf({ url }: EmbeddedCluster): Promise<number> {
  const answer = await fetch(`${url}/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases`);
  return ((await answer.json()) as { items?: object[] }).items?.length ?? 0;
}

function sizeOf(directory: string): number {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
