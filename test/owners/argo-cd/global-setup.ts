import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";
import { ensureArgoCd, ensureBinaries } from "../../../local/cluster/binaries.ts";
import { freePorts } from "../../../local/cluster/ports.ts";
import { startProgram, untilServed } from "../programs.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder of the Git repositories that Argo CD deploys from. */
    repositories: string;
  }
}

const execute = promisify(execFile);
const LABELS = { "app.kubernetes.io/part-of": "argocd" };

/** Argo CD's own settings, as its installation brings them, and the project of all Applications. */
const INSTALLATION = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "argocd" } },
  ...["argocd-cm", "argocd-rbac-cm"].map((name) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, labels: LABELS },
  })),
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "argocd-secret", labels: LABELS },
    stringData: { "server.secretkey": "a key for this test alone" },
  },
  ...["default", "with-windows"].map((name) => ({
    apiVersion: "argoproj.io/v1alpha1",
    kind: "AppProject",
    metadata: { name },
    spec: {
      sourceRepos: ["*"],
      destinations: [{ namespace: "*", server: "*" }],
      clusterResourceWhitelist: [{ group: "*", kind: "*" }],
      ...(name === "default"
        ? {}
        : { syncWindows: [{ kind: "deny", schedule: "0 0 1 1 *", duration: "1m", applications: ["*"] }] }),
    },
  })),
];

/** Runs Argo CD's controller and repository server on the suite's control plane, with the kinds that it brings. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const progress = (line: string) => {
    console.log(line);
  };
  const { kubeconfig } = project.getProvidedContext();
  const { kubectl } = await ensureBinaries(progress);
  const { argocd, redis, definitions } = await ensureArgoCd(progress);
  const run = (...args: string[]) => execute(kubectl, ["--kubeconfig", kubeconfig, ...args]);
  const files = readdirSync(definitions).filter((file) => file.endsWith("-crd.yaml"));
  await run("apply", "--server-side", ...files.flatMap((file) => ["-f", join(definitions, file)]));
  await untilServed(() => run("get", "applications.argoproj.io,appprojects.argoproj.io", "-A"));
  const applied = run("-n", "argocd", "apply", "-f", "-");
  applied.child.stdin?.end(JSON.stringify({ apiVersion: "v1", kind: "List", items: INSTALLATION }));
  await applied;

  const directory = mkdtempSync(join(tmpdir(), "argo-cd-"));
  const repositories = join(directory, "repositories");
  mkdirSync(repositories);
  project.provide("repositories", repositories);
  const ports = await freePorts(4);
  const [cache, repository, ...metrics] = ports.map(String);
  const programs: (() => Promise<void>)[] = [];
  const start = (program: string, args: string[], env: Record<string, string> = {}) => {
    programs.push(startProgram(program, args, { log: join(directory, `${programs.length}.log`), env }));
  };
  start(redis, [`127.0.0.1:${cache ?? ""}`]);
  const here = {
    KUBECONFIG: kubeconfig,
    ARGOCD_FAKE_IN_CLUSTER: "true",
    ARGOCD_GPG_ENABLED: "false",
    ARGOCD_TLS_DATA_PATH: join(directory, "tls"),
    ARGOCD_SSH_DATA_PATH: join(directory, "ssh"),
    REDIS_SERVER: `127.0.0.1:${cache ?? ""}`,
    TMPDIR: directory,
  };
  start(
    argocd,
    ["--address", "127.0.0.1", "--port", repository ?? "", "--disable-tls", "--metrics-port", metrics[0] ?? ""],
    { ...here, ARGOCD_BINARY_NAME: "argocd-repo-server" },
  );
  start(
    argocd,
    [
      ...["--kubeconfig", kubeconfig, "--namespace", "argocd", "--metrics-port", metrics[1] ?? ""],
      ...[
        "--repo-server",
        `127.0.0.1:${repository ?? ""}`,
        "--repo-server-plaintext",
        "--self-heal-timeout-seconds",
        "1",
      ],
    ],
    { ...here, ARGOCD_BINARY_NAME: "argocd-application-controller" },
  );
  return async () => {
    await Promise.all(programs.map((stop) => stop()));
    if (process.env["REMEDIATION_KEEP_LOGS"] === undefined) rmSync(directory, { recursive: true });
  };
}
