import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { inject } from "vitest";
import { whyNotReady, type FluxObject, type FluxSource } from "../../../functions/facts/flux.ts";
import type { Scenario } from "../../kubernetes/scenario.ts";
import { webDeployment } from "../web-spec.ts";

const execute = promisify(execFile);

const SOURCE = "gitrepositories.source.toolkit.fluxcd.io";

/** The policy under which Flux is suspended for a rollback, and asked for what its source holds. */
export const ON = { owners: { flux: true } };

/** A Kustomization `shop` of everything that the repository holds in a folder. */
export function kustomization(spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: { name: "shop", ...metadata },
    spec: {
      interval: "5s",
      retryInterval: "5s",
      path: "./shop",
      prune: true,
      sourceRef: { kind: "GitRepository", name: "shop" },
      ...spec,
    },
  };
}

/** Commits what a folder of the scenario's repository is to hold. @returns the commit's revision, as Flux names it */
export async function push(scenario: Scenario, objects: readonly object[], folder = "shop"): Promise<string> {
  const repository = join(inject("served").folder, scenario.namespace);
  mkdirSync(join(repository, folder), { recursive: true });
  const named = objects.map((object) => ({
    ...object,
    metadata: { namespace: scenario.namespace, ...metadataOf(object) },
  }));
  writeFileSync(join(repository, folder, "all.yaml"), named.map((object) => JSON.stringify(object)).join("\n---\n"));
  const git = async (...args: string[]) => {
    const identity = ["-c", "user.name=dev", "-c", "user.email=dev@example.com"];
    return await execute("git", [...identity, ...args], { cwd: repository });
  };
  await git("init", "--quiet", "--initial-branch=main");
  await git("add", "--all");
  await git("commit", "--quiet", "--allow-empty", "--message", "Change");
  const { stdout } = await git("rev-parse", "HEAD");
  return `main@sha1:${stdout.trim()}`;
}

function metadataOf(object: object): object {
  return "metadata" in object && typeof object.metadata === "object" ? { ...object.metadata } : {};
}

/** Has Flux put in place what the scenario's repository holds. */
export async function install(scenario: Scenario, ...kustomizations: object[]): Promise<void> {
  await applySource(scenario);
  const all = kustomizations.length === 0 ? [kustomization()] : kustomizations;
  await scenario.applyText(all.map((object) => JSON.stringify(object)).join("\n---\n"));
}

/** Has Flux look at the scenario's repository, or at another one, as often as that. */
export async function applySource(
  scenario: Scenario,
  { interval = "2s", repository = scenario.namespace }: { interval?: string; repository?: string } = {},
): Promise<void> {
  const source = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "shop" },
    spec: { interval, url: `${inject("served").url}/${repository}/.git`, ref: { branch: "main" } },
  };
  await scenario.applyText(JSON.stringify(source));
}

/** A Kustomization as it is now. */
export async function readKustomization(scenario: Scenario, name = "shop"): Promise<FluxObject> {
  const args = ["-n", scenario.namespace, "get", "kustomizations.kustomize.toolkit.fluxcd.io", name, "-o", "json"];
  return JSON.parse(await scenario.kubectl(...args)) as FluxObject;
}

/** The source as it is now. */
async function readSource(scenario: Scenario): Promise<FluxSource> {
  return JSON.parse(
    await scenario.kubectl("-n", scenario.namespace, "get", SOURCE, "shop", "-o", "json"),
  ) as FluxSource;
}

/** Waits until the source has fetched a revision. */
export async function untilFetched(scenario: Scenario, revision: string): Promise<void> {
  await scenario.until(`the source holds ${revision}`, async () => {
    return (await readSource(scenario)).status?.artifact?.revision === revision;
  });
}

/** Waits until a Kustomization, or the source where none is named, says that it is not ready, and begins so. */
export async function untilNotReady(scenario: Scenario, reason: string, name?: string): Promise<void> {
  await scenario.until(`it is not ready: ${reason}`, async () => {
    const object = name === undefined ? await readSource(scenario) : await readKustomization(scenario, name);
    return whyNotReady(object)?.startsWith(reason) === true;
  });
}

/** A source that has long held what it holds: when it was fetched is put back by a quarter of an hour. @returns that moment */
export async function holdForLong(scenario: Scenario): Promise<string> {
  const lastUpdateTime = new Date(Date.now() - 900_000).toISOString().replace(/\.\d+Z$/, "Z");
  const patch = JSON.stringify({ status: { artifact: { lastUpdateTime } } });
  const args = ["patch", SOURCE, "shop", "--subresource=status", "--type=merge", "-p", patch];
  await scenario.kubectl("-n", scenario.namespace, ...args);
  return lastUpdateTime;
}

/** Keeps what the source has fetched from kustomize-controller, or gives it away again. */
export function keepArtifacts(scenario: Scenario, kept: boolean): void {
  const file = join(inject("served").held, scenario.namespace);
  if (kept) writeFileSync(file, "");
  else rmSync(file);
}

/** Waits until Flux has put a revision in place. */
export async function untilApplied(scenario: Scenario, revision: string, name = "shop"): Promise<void> {
  await scenario.until(`Flux has put ${revision} in place`, async () => {
    const { status } = await readKustomization(scenario, name);
    return status?.lastAttemptedRevision === revision && status.conditions?.some(isReady) === true;
  });
}

function isReady({ type, status }: { type: string; status: string }): boolean {
  return type === "Ready" && status === "True";
}

/** Sets `spec.suspend`, as `flux suspend` and `flux resume` do. */
export async function suspend(scenario: Scenario, suspended: boolean, name = "shop"): Promise<void> {
  const patch = JSON.stringify({ spec: { suspend: suspended ? true : null } });
  const args = ["kustomizations.kustomize.toolkit.fluxcd.io", name, "--type=merge", "-p", patch];
  await scenario.kubectl("-n", scenario.namespace, "patch", ...args, "--field-manager=flux");
}

/** A Kustomization that looks once an hour by itself, and tries again no sooner. */
export const HOURLY = { interval: "1h", retryInterval: "1h" };

/**
 * A bad push, and one after it that Flux could not fetch, and does not try again for an hour; what kept it from fetching that is over
 * unless it is to stay so.
 * @returns the revision that was pushed last, and since when the source holds it
 */
export async function missedPush(
  scenario: Scenario,
  pushed: object,
  { isKept = false } = {},
): Promise<{ revision: string; since: string }> {
  await spoil(scenario, kustomization(HOURLY));
  keepArtifacts(scenario, true);
  const revision = await push(scenario, [pushed]);
  await untilFetched(scenario, revision);
  await untilNotReady(scenario, "ArtifactFailed", "shop");
  if (!isKept) keepArtifacts(scenario, false);
  return { revision, since: await holdForLong(scenario) };
}

/** A Deployment of Flux that is well, and then one of which every new pod crashes. @returns the bad revision */
export async function spoil(scenario: Scenario, ...kustomizations: object[]): Promise<string> {
  const good = await push(scenario, [webDeployment()]);
  await install(scenario, ...kustomizations);
  await untilApplied(scenario, good);
  await scenario.rolledOut();
  const bad = await push(scenario, [webDeployment({ image: "shop/web:2", failure: "crash-loop" })]);
  await untilApplied(scenario, bad);
  await untilFailed(scenario);
  return bad;
}

/** Waits until the rollout of `web` is past its deadline. */
export async function untilFailed(scenario: Scenario): Promise<void> {
  await scenario.untilFailing("CrashLoopBackOff");
  await scenario.until("the rollout is past its deadline", async () => {
    const { status } = await scenario.deployment();
    return status?.conditions?.some(({ type, status: is }) => type === "Progressing" && is === "False") === true;
  });
}

/** What was written, claims and Events left out. */
export function writes(scenario: Scenario): string[] {
  return scenario
    .writes()
    .filter(({ status, resource }) => status < 300 && !["leases", "events"].includes(resource))
    .map(({ verb, resource }) => `${verb} ${resource}`);
}
