import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClusterError } from "./errors.ts";

/** The programs that make up a control plane, with kubectl to talk to it. */
export const BINARY_NAMES = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kwok",
  "kubectl",
] as const;
export type BinaryName = (typeof BINARY_NAMES)[number];
/** Where each binary is. */
export type Binaries = Record<BinaryName, string>;

/** Where progress is told, one line at a time. */
export type Progress = (line: string) => void;

/** A Go module in `binaries/` that pins one project, and the package of each binary in it. */
interface Source {
  module: "etcd" | "kubernetes" | "kwok";
  requires: string;
  packages: Partial<Record<BinaryName, string>>;
}

const SOURCES: Source[] = [
  { module: "etcd", requires: "go.etcd.io/etcd/server/v3", packages: { etcd: "go.etcd.io/etcd/server/v3" } },
  { module: "kwok", requires: "sigs.k8s.io/kwok", packages: { kwok: "sigs.k8s.io/kwok/cmd/kwok" } },
  {
    module: "kubernetes",
    requires: "k8s.io/kubernetes",
    packages: {
      "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
      "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
      "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
      kubectl: "k8s.io/kubernetes/cmd/kubectl",
    },
  },
];

/** How often a build that goes on says so, in milliseconds. */
const HEARTBEAT_MS = 30_000;

/**
 * Finds the binaries in the cache, and builds from Go modules what is missing there: about ten minutes on two cores the
 * first time. They are cached by version, outside the checkout.
 * @throws ClusterError when Go is missing or too old, a build fails, or the signal aborts it
 */
export async function ensureBinaries(progress: Progress, signal?: AbortSignal): Promise<Binaries> {
  const missing = SOURCES.flatMap((source) =>
    Object.keys(source.packages)
      .map((name) => ({ source, name: name as BinaryName, path: binaryPath(source, name as BinaryName) }))
      .filter(({ path }) => !existsSync(path)),
  );
  if (missing.length > 0) {
    await assertGo(missing.map(({ source }) => source));
    progress(`Building ${missing.map(({ name }) => name).join(", ")} from source; this happens once.`);
    for (const { source, name, path } of missing) await build(source, name, path, progress, signal);
  }
  return Object.fromEntries(
    SOURCES.flatMap((source) =>
      Object.keys(source.packages).map((name) => [name, binaryPath(source, name as BinaryName)]),
    ),
  ) as Binaries;
}

/** The version of the control plane, for example `Kubernetes v1.35.4`. */
export function kubernetesVersion(): string {
  const [source] = SOURCES.filter(({ module }) => module === "kubernetes");
  return source === undefined ? "" : `Kubernetes ${requiredVersion(readGoMod(source), source.requires)}`;
}

/** The version of a required module in a go.mod's text, for example `v1.35.4`. */
export function requiredVersion(goMod: string, module: string): string {
  const line = new RegExp(`^(?:require )?\\s*${module.replaceAll(".", "\\.")} (v\\S+)`, "m").exec(goMod);
  if (line?.[1] === undefined) throw new ClusterError(`go.mod does not require ${module}.`);
  return line[1];
}

/** The Go version in a go.mod's text, or in what `go version` prints: `[1, 26]`. */
export function goVersion(text: string): [major: number, minor: number] {
  const match = /^go (\d+)\.(\d+)|go(\d+)\.(\d+)/m.exec(text);
  if (match === null) throw new ClusterError(`This names no Go version: ${text.slice(0, 80)}`);
  return [Number(match[1] ?? match[3]), Number(match[2] ?? match[4])];
}

/** The linker flags that put the version into the Kubernetes binaries, as its own build does. */
export function versionFlags(version: string): string {
  const [major, minor] = version.replace(/^v/, "").split(".");
  const packages = ["k8s.io/component-base/version", "k8s.io/client-go/pkg/version"];
  const values = packages.flatMap((name) => [
    `-X ${name}.gitVersion=${version}`,
    `-X ${name}.gitMajor=${major ?? ""}`,
    `-X ${name}.gitMinor=${minor ?? ""}`,
    `-X ${name}.gitTreeState=clean`,
  ]);
  return ["-s", "-w", ...values].join(" ");
}

function moduleDirectory({ module }: Source): string {
  return fileURLToPath(new URL(`binaries/${module}`, import.meta.url));
}

function readGoMod(source: Source): string {
  return readFileSync(join(moduleDirectory(source), "go.mod"), "utf8");
}

function binaryPath(source: Source, name: BinaryName): string {
  const cache = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  return join(
    cache,
    "eks-remediation",
    `${source.module}-${requiredVersion(readGoMod(source), source.requires)}`,
    name,
  );
}

async function assertGo(sources: Source[]): Promise<void> {
  const needed = sources
    .map((source) => goVersion(readGoMod(source)))
    .sort(byVersion)
    .at(-1) ?? [1, 0];
  const install = `Install Go ${needed.join(".")} or newer (https://go.dev/doc/install, or your system's packages) and try again.`;
  let printed: string;
  try {
    printed = await run("go", ["version"], process.cwd());
  } catch {
    throw new ClusterError(`The control plane is built from source, and there is no Go on the PATH. ${install}`);
  }
  const found = goVersion(printed);
  if (byVersion(found, needed) < 0) {
    throw new ClusterError(`Go ${found.join(".")} is too old to build the control plane. ${install}`);
  }
}

function byVersion(a: [number, number], b: [number, number]): number {
  return a[0] - b[0] || a[1] - b[1];
}

async function build(
  source: Source,
  name: BinaryName,
  path: string,
  progress: Progress,
  signal?: AbortSignal,
): Promise<void> {
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1_000)} s`;
  const heartbeat = setInterval(() => {
    progress(`  ${name}: still building after ${elapsed()}`);
  }, HEARTBEAT_MS);
  // Under a name of its own until it is whole: an interrupted build leaves nothing that looks like a binary.
  const temporary = `${path}.${process.pid}.partial`;
  mkdirSync(join(path, ".."), { recursive: true });
  const version = requiredVersion(readGoMod(source), source.requires);
  const flags = source.module === "kubernetes" ? versionFlags(version) : "-s -w";
  try {
    const target = source.packages[name] ?? "";
    const args = ["build", "-trimpath", "-ldflags", flags, "-o", temporary, target];
    await run("go", args, moduleDirectory(source), signal);
    renameSync(temporary, path);
  } catch (error) {
    throw new ClusterError(`${name} ${version} could not be built: ${(error as Error).message}`);
  } finally {
    clearInterval(heartbeat);
    rmSync(temporary, { force: true });
  }
  progress(`  ${name} ${version}: built in ${elapsed()}`);
}

async function run(command: string, args: string[], cwd: string, signal?: AbortSignal): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, CGO_ENABLED: "0" },
      // Interrupted, the Go command also ends the compilers that it started.
      ...(signal === undefined ? {} : { signal, killSignal: "SIGINT" as const }),
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(output.trim().slice(-2_000) || `exit code ${code ?? "none"}`));
    });
  });
}
