import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "../cache-folder.ts";
import { ClusterError } from "./errors.ts";
import { assertGo, goVersion, runGo } from "./go.ts";

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

/** A Go module that pins one project, and the package of each binary that is built in it. */
export interface Source {
  /** Where it is; the folder's name is part of the cache's. */
  directory: string;
  requires: string;
  packages: Record<string, string>;
}

const KUBERNETES: Source = {
  directory: pinned("kubernetes"),
  requires: "k8s.io/kubernetes",
  packages: {
    "kube-apiserver": "k8s.io/kubernetes/cmd/kube-apiserver",
    "kube-controller-manager": "k8s.io/kubernetes/cmd/kube-controller-manager",
    "kube-scheduler": "k8s.io/kubernetes/cmd/kube-scheduler",
    kubectl: "k8s.io/kubernetes/cmd/kubectl",
  },
};
const CONTROL_PLANE: Source[] = [
  { directory: pinned("etcd"), requires: "go.etcd.io/etcd/server/v3", packages: { etcd: "go.etcd.io/etcd/server/v3" } },
  { directory: pinned("kwok"), requires: "sigs.k8s.io/kwok", packages: { kwok: "sigs.k8s.io/kwok/cmd/kwok" } },
  KUBERNETES,
];
/** Authenticates EKS tokens with the reference verifier. */
const AUTHENTICATOR: Source = {
  directory: pinned("authenticator"),
  requires: "sigs.k8s.io/aws-iam-authenticator",
  packages: { authenticator: "." },
};

/** The controller of Argo Rollouts, as it runs in clusters that have it. */
const ARGO_ROLLOUTS: Source = {
  directory: pinned("argo-rollouts"),
  requires: "github.com/argoproj/argo-rollouts",
  packages: { "rollouts-controller": "github.com/argoproj/argo-rollouts/cmd/rollouts-controller" },
};

/** Argo CD: one program that is each of its parts by the name that it is given. */
const ARGO_CD: Source = {
  directory: pinned("argo-cd"),
  requires: "github.com/argoproj/argo-cd/v2",
  packages: { argocd: "github.com/argoproj/argo-cd/v2/cmd" },
};
/** What Argo CD keeps its caches in. */
const REDIS: Source = {
  directory: pinned("redis"),
  requires: "github.com/alicebob/miniredis/v2",
  packages: { redis: "." },
};
/** The controllers of Flux that fetch sources, and apply what a Kustomization says. */
const FLUX: Source[] = ["source-controller", "kustomize-controller"].map((name) => ({
  directory: pinned(name),
  requires: `github.com/fluxcd/${name}`,
  packages: { [name]: `github.com/fluxcd/${name}` },
}));

/** How often a build that goes on says so, in milliseconds. */
const HEARTBEAT_MS = 30_000;

/**
 * Finds the binaries in the cache, and builds from Go modules what is missing there: about ten minutes on two cores the
 * first time. They are cached by version, outside the checkout.
 * @throws ClusterError when Go is missing or too old, a build fails, or the signal aborts it
 */
export async function ensureBinaries(progress: Progress, signal?: AbortSignal): Promise<Binaries> {
  return (await ensure(CONTROL_PLANE, progress, signal)) as Binaries;
}

/**
 * Finds the authenticator in the cache, or builds it: about a minute on two cores the first time. It is cached by its
 * code and the version of the reference verifier.
 * @returns the path of the binary
 * @throws ClusterError like `ensureBinaries`
 */
export async function ensureAuthenticator(progress: Progress, signal?: AbortSignal): Promise<string> {
  const { authenticator = "" } = await ensure([AUTHENTICATOR], progress, signal);
  return authenticator;
}

/**
 * Finds the controller of Argo Rollouts in the cache, or builds it: about ten minutes on two cores the first time.
 * @returns the path of the binary, and the folder with the definitions of its kinds
 * @throws ClusterError like `ensureBinaries`
 */
export async function ensureArgoRollouts(
  progress: Progress,
  signal?: AbortSignal,
): Promise<{ controller: string; definitions: string }> {
  const { "rollouts-controller": controller = "" } = await ensure([ARGO_ROLLOUTS], progress, signal);
  return { controller, definitions: join(await moduleFolder(ARGO_ROLLOUTS, signal), "manifests", "crds") };
}

/**
 * Finds Argo CD in the cache, with a Redis that holds all in memory, or builds them: about fifteen minutes on two cores the
 * first time.
 * @returns the paths of the binaries, and the folder with the definitions of Argo CD's kinds
 * @throws ClusterError like `ensureBinaries`
 */
export async function ensureArgoCd(
  progress: Progress,
  signal?: AbortSignal,
): Promise<{ argocd: string; redis: string; definitions: string }> {
  const { argocd = "", redis = "" } = await ensure([ARGO_CD, REDIS], progress, signal);
  return { argocd, redis, definitions: join(await moduleFolder(ARGO_CD, signal), "manifests", "crds") };
}

/**
 * Finds the controllers of Flux in the cache, or builds them: about twenty minutes on two cores the first time.
 * @returns the path of each binary, and the folders with the definitions of their kinds
 * @throws ClusterError like `ensureBinaries`
 */
export async function ensureFlux(
  progress: Progress,
  signal?: AbortSignal,
): Promise<{ sourceController: string; kustomizeController: string; definitions: string[] }> {
  const binaries = await ensure(FLUX, progress, signal);
  const { "source-controller": sourceController = "", "kustomize-controller": kustomizeController = "" } = binaries;
  const folders = await Promise.all(FLUX.map((source) => moduleFolder(source, signal)));
  return {
    sourceController,
    kustomizeController,
    definitions: folders.map((folder) => join(folder, "config/crd/bases")),
  };
}

/** Where Go keeps the module that a source pins. */
async function moduleFolder(source: Source, signal?: AbortSignal): Promise<string> {
  return (await runGo(["list", "-m", "-f", "{{.Dir}}", source.requires], source.directory, signal)).trim();
}

/** The version of the control plane, for example `Kubernetes v1.35.4`. */
export function kubernetesVersion(): string {
  return `Kubernetes ${versionOf(KUBERNETES)}`;
}

/** The version of a required module in a go.mod's text, for example `v1.35.4`. */
export function requiredVersion(goMod: string, module: string): string {
  const line = new RegExp(`^(?:require )?\\s*${module.replaceAll(".", "\\.")} (v\\S+)`, "m").exec(goMod);
  if (line?.[1] === undefined) throw new ClusterError(`go.mod does not require ${module}.`);
  return line[1];
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

/**
 * Finds the binaries of these sources in the cache, and builds what is missing there.
 * @returns the path of each, by its name
 * @throws ClusterError like `ensureBinaries`
 */
export async function ensure(
  sources: readonly Source[],
  progress: Progress,
  signal?: AbortSignal,
): Promise<Record<string, string>> {
  const all = sources.flatMap((source) => {
    const folder = folderOf(source);
    return Object.keys(source.packages).map((name) => ({ source, name, path: join(folder, name) }));
  });
  const missing = all.filter(({ path }) => !existsSync(path));
  if (missing.length > 0) {
    await assertGo(missing.map(({ source }) => goVersion(readGoMod(source))));
    progress(`Building ${missing.map(({ name }) => name).join(", ")} from source; this happens once.`);
    for (const { source, name, path } of missing) await build(source, name, path, progress, signal);
  }
  return Object.fromEntries(all.map(({ name, path }) => [name, path]));
}

/** The folder of a module in `binaries/`. */
function pinned(module: string): string {
  return fileURLToPath(new URL(`binaries/${module}`, import.meta.url));
}

function readGoMod(source: Source): string {
  return readFileSync(join(source.directory, "go.mod"), "utf8");
}

function versionOf(source: Source): string {
  return requiredVersion(readGoMod(source), source.requires);
}

function folderOf(source: Source): string {
  const version = [basename(source.directory), versionOf(source), ...ownCode(source.directory)].join("-");
  return join(cacheFolder(), version);
}

/** A digest of a module that has code of its own; nothing for one that only pins others. */
function ownCode(directory: string): string[] {
  const files = readdirSync(directory).sort();
  if (!files.some((file) => file.endsWith(".go"))) return [];
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(join(directory, file)));
  return [hash.digest("hex").slice(0, 12)];
}

async function build(
  source: Source,
  name: string,
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
  const version = versionOf(source);
  const flags = source === KUBERNETES ? versionFlags(version) : "-s -w";
  try {
    const args = ["build", "-trimpath", "-ldflags", flags, "-o", temporary, source.packages[name] ?? ""];
    await runGo(args, source.directory, signal);
    renameSync(temporary, path);
  } catch (error) {
    throw new ClusterError(`${name} ${version} could not be built: ${(error as Error).message}`);
  } finally {
    clearInterval(heartbeat);
    rmSync(temporary, { force: true });
  }
  progress(`  ${name} ${version}: built in ${elapsed()}`);
}
