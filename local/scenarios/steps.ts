import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseAllDocuments } from "yaml";
import { conditionOf } from "../../functions/kinds/status.ts";
import type { Deployment, Pod } from "../../functions/shared/kubernetes/types.ts";
import { bounded } from "../../functions/shared/text.ts";
import { CommandLineError } from "../command-line/command-line-error.ts";
import { resourceOfName, type ApiObject, type NamedResource } from "../embedded/index.ts";
import type { Step, Until } from "./format.ts";
import { fill, type Values } from "./placeholders.ts";
import { readPath } from "./read-path.ts";
import type { SetAtRunTime } from "./set-at-run-time.ts";

/** What a scenario's steps need of a cluster. */
export interface Stage {
  /** Runs kubectl in the scenario's namespace, and answers with what it prints. */
  kubectl: (...args: string[]) => Promise<string>;
  /** Applies a manifest, to the scenario's namespace and as kubectl if it is not said otherwise. */
  applyText: (manifest: string, namespace?: string, manager?: string) => Promise<void>;
  until: (what: string, holds: () => Promise<boolean>, seconds?: number) => Promise<void>;
  /** Waits, by the cluster's clock. */
  sleep: (seconds: number) => Promise<void>;
}

/** Where a scenario is played. */
export interface Setting {
  stage: Stage;
  /** The scenario's folder. */
  directory: string;
  values: Values;
  /** The kinds that the scenario brings: lists of theirs are replaced by a patch. */
  kinds: readonly NamedResource[];
  /** What is set at run time. */
  set: SetAtRunTime;
}

/** How often a step is tried whose objects go while it is done. */
const ATTEMPTS = 5;

/** A step of a scenario that could not be done. */
export class StepFailed extends CommandLineError {
  constructor(step: Step, reason: unknown) {
    const text = bounded(JSON.stringify(step), 200);
    super(`The step ${text} failed: ${reason instanceof Error ? reason.message : String(reason)}`, { cause: reason });
    this.name = "StepFailed";
  }
}

/** Does one step after the other. @throws StepFailed */
export async function playSteps(steps: readonly Step[], setting: Setting): Promise<void> {
  for (const step of steps) {
    try {
      await playStep(step, setting);
    } catch (error) {
      throw new StepFailed(step, error);
    }
  }
}

async function playStep(step: Step, { stage, directory, values, kinds, set }: Setting): Promise<void> {
  const filled = (text: string) => fill(text, values);
  if (step.apply !== undefined) {
    const manifest = readFileSync(join(directory, step.apply), "utf8");
    const copies = Array.from({ length: step.times ?? 1 }, (_, index) => fill(manifest, values, index));
    const text = copies.join("\n---\n");
    const owned = step.owner === undefined ? text : await ownedBy(filled(step.owner), text, stage);
    await stage.applyText(owned, step.namespace, step.as);
  }
  if (step.patch !== undefined) {
    const custom = resourceOfName(step.patch.split("/")[0] ?? "", kinds) !== undefined;
    const options = [...(custom ? ["--type=merge"] : []), ...managedBy(step.as)];
    await stage.kubectl("patch", filled(step.patch), ...options, "-p", filled(JSON.stringify(step.with)));
  }
  if (step.kubectl !== undefined) await runKubectl(stage, step.kubectl.map(filled));
  if (step.rolled_out !== undefined) await untilRolledOut(filled(step.rolled_out), stage);
  if (step.until !== undefined) await playUntil(step.until, stage, filled);
  if (step.wait !== undefined) await stage.sleep(step.wait);
  if (step.settings !== undefined) set.settings(step.settings, filled);
  if (step.stop !== undefined) set.stop(step.stop);
  if (step.fleet_storm !== undefined) set.fleetStorm(step.fleet_storm, filled);
  if (step.fleet_places !== undefined) set.fleetPlaces(step.fleet_places, filled);
}

/** The manifest, with the object as the controller of each of its objects. */
async function ownedBy(owner: string, manifest: string, stage: Stage): Promise<string> {
  const { apiVersion, kind, metadata } = JSON.parse(await stage.kubectl("get", owner, "-o", "json")) as ApiObject;
  const reference = { apiVersion, kind, name: metadata?.name, uid: metadata?.uid, controller: true };
  const documents = parseAllDocuments(manifest);
  for (const document of documents) document.setIn(["metadata", "ownerReferences"], [reference]);
  return documents.map(String).join("---\n");
}

/** The option by which kubectl writes under another name. */
export function managedBy(manager: string | undefined): string[] {
  return manager === undefined ? [] : [`--field-manager=${manager}`];
}

/** What is done to all objects of a kind is done again when one of them goes between the list and the write. */
async function runKubectl(stage: Stage, args: readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await stage.kubectl(...args);
      return;
    } catch (error) {
      const isGone = args.includes("--all") && error instanceof Error && error.message.includes("(NotFound)");
      if (!isGone || attempt >= ATTEMPTS) throw error;
    }
  }
}

/** Waits until a workload is rolled out, which a busy cluster may do after the deadline that it gave up at. */
async function untilRolledOut(workload: string, stage: Stage): Promise<void> {
  await stage.until(`${workload} is rolled out`, async () => {
    try {
      await stage.kubectl("rollout", "status", workload, "--timeout=60s");
      return true;
    } catch (error) {
      if (/exceeded its progress deadline|timed out/.test(String(error))) return false;
      throw error;
    }
  });
}

async function playUntil(until: Until, stage: Stage, filled: (text: string) => string): Promise<void> {
  const { resource, condition, path, equals, pods, count = 1, within } = until;
  if (pods !== undefined) {
    await stage.until(`${count} pods show ${pods}`, async () => (await countPods(stage, pods)) >= count, within);
    return;
  }
  const read = async () => JSON.parse(await stage.kubectl("get", filled(resource ?? ""), "-o", "json")) as object;
  const what = `${resource ?? ""}: ${condition ?? `${path ?? ""} is ${JSON.stringify(equals)}`}`;
  const holds = async () => {
    const object = await read();
    if (path !== undefined && !path.startsWith("status.")) return isDeepStrictEqual(readPath(object, path), equals);
    if (!isObserved(object)) return false;
    if (condition === undefined) return isDeepStrictEqual(readPath(object, path ?? ""), equals);
    return conditionsOf(object).includes(condition) || (condition === GIVEN_UP && isPastLostDeadline(object));
  };
  await stage.until(what, holds, within);
}

/**
 * Whether the status is about the spec as it is now; right after a change it is still about the one before. Only a number tells,
 * which is what the controllers of Kubernetes itself leave.
 */
function isObserved(object: object): boolean {
  const observed = readPath(object, "status.observedGeneration");
  return typeof observed !== "number" || observed >= Number(readPath(object, "metadata.generation"));
}

/** How a Deployment says that its rollout is past its deadline. */
const GIVEN_UP = "Progressing=False";
/** Longer than the clocks of the cluster and of who looks are apart, in milliseconds. */
const APART_MS = 3_000;

/**
 * Whether its rollout is past a deadline of which it will never say so: where somebody writes to a Deployment while its controller
 * makes the ReplicaSet, the note that a rollout has begun is lost; with as many pods as it wants, all of them new, the controller
 * then takes the one before, which was complete, for this one.
 * Source: kubernetes pkg/controller/deployment/sync.go, getNewReplicaSet, and progress.go, syncRolloutStatus
 */
function isPastLostDeadline(object: object): boolean {
  const { spec, status } = object as Deployment;
  const available = conditionOf(status?.conditions, "Available");
  const progressing = conditionOf(status?.conditions, "Progressing");
  const isTakenForComplete =
    progressing?.reason === "NewReplicaSetAvailable" && status?.replicas === status?.updatedReplicas;
  if (!isTakenForComplete || available?.status !== "False" || available.lastTransitionTime === undefined) return false;
  const deadline = (spec?.progressDeadlineSeconds ?? Infinity) * 1_000 + APART_MS;
  return Date.now() - new Date(available.lastTransitionTime).getTime() > deadline;
}

/** How many pods show a reason in a waiting container, in a condition, or in their own status. */
async function countPods(stage: Stage, reason: string): Promise<number> {
  const { items } = JSON.parse(await stage.kubectl("get", "pods", "-o", "json")) as { items: Pod[] };
  return items.filter(({ status }) =>
    [
      status?.reason,
      ...(status?.conditions ?? []).map((condition) => condition.reason),
      ...[...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].map(
        ({ state }) => state?.waiting?.reason,
      ),
    ].includes(reason),
  ).length;
}

function conditionsOf(object: object): string[] {
  const conditions = readPath(object, "status.conditions") as { type: string; status: string }[] | undefined;
  return (conditions ?? []).map(({ type, status }) => `${type}=${status}`);
}
