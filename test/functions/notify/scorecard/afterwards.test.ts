import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readState } from "../../../../functions/facts/state.ts";
import type { OutcomeRecord } from "../../../../functions/notify/record/record.ts";
import { HttpCluster } from "../../../../functions/shared/cluster/http-cluster.ts";
import { isRemediationError } from "../../../../functions/shared/errors.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../../../local/embedded/index.ts";
import { startExecution } from "../../../../local/engine/engine.ts";
import { localEnvironment } from "../../../../local/engine/environment.ts";
import { recordInFile } from "../../../../local/record/file.ts";
import { makePlace } from "../../../../local/scenarios/embedded-place.ts";
import { loadScenario } from "../../../../local/scenarios/load.ts";
import type { Place } from "../../../../local/scenarios/play.ts";
import { quickPolicy } from "../../../../local/scenarios/quick-policy.ts";
import { SetAtRunTime } from "../../../../local/scenarios/set-at-run-time.ts";
import { playSteps } from "../../../../local/scenarios/steps.ts";
import { afterwardsOf } from "../../../../functions/notify/scorecard/afterwards.ts";
import { decisionsIn } from "../../../../functions/notify/scorecard/decisions.ts";
import { scorecardOf, type LookAt } from "../../../../functions/notify/scorecard/scorecard.ts";

let cluster: EmbeddedCluster;
let directory: string;
beforeAll(async () => {
  cluster = await startEmbeddedCluster(50);
  directory = mkdtempSync(join(tmpdir(), "scorecard-"));
});
afterAll(async () => {
  await cluster.stop();
  rmSync(directory, { recursive: true });
});

/** A place where the steps of a scenario were played and the workflow has observed what came of them. */
async function observed(scenario: string, namespace: string): Promise<Place> {
  const place = await makePlace(cluster, { namespace });
  const { steps, directory: folder } = loadScenario(scenario);
  const values = { namespace, node: undefined, began: place.now() };
  await playSteps(steps, { stage: place, directory: folder, values, kinds: [], set: new SetAtRunTime() });
  await runHere(place, {});
  return place;
}

/** Runs the workflow, which only observes what it finds, and keeps the record. */
async function runHere({ namespace, now }: Place, request: object): Promise<void> {
  const connection = { name: "embedded", server: cluster.url, authenticate: () => Promise.resolve({}) };
  const policy = quickPolicy({ modes: { found: "observe" } });
  const { result } = startExecution({
    name: randomUUID(),
    input: { cluster_name: "embedded", namespace, ...request },
    environment: () => ({ ...localEnvironment(connection, policy, [], fileOf(namespace)), now }),
    sleep: (seconds) => cluster.clock.sleep(seconds),
  });
  expect(await result).toMatchObject({ status: "succeeded" });
}

const fileOf = (namespace: string) => join(directory, `${namespace}.jsonl`);

async function recordsOf(namespace: string): Promise<OutcomeRecord[]> {
  const store = recordInFile(fileOf(namespace));
  const { outcomes: listed } = await store.list({ limit: 100 });
  return (await Promise.all(listed.map(({ execution }) => store.of(execution)))).flatMap(({ outcomes }) => outcomes);
}

/** What is said of the one decision in the place. */
async function afterwards({ namespace }: Place, lookAt: LookAt = look) {
  const { decisions } = await scorecardOf(await recordsOf(namespace), lookAt);
  expect(decisions).toHaveLength(1);
  return decisions[0]?.afterwards;
}

const look: LookAt = async (workload) => {
  const connection = { name: "embedded", server: cluster.url, authenticate: () => Promise.resolve({}) };
  try {
    return (await readState(new HttpCluster(connection), workload)) ?? "not looked at";
  } catch (error) {
    if (isRemediationError(error, "WorkloadNotFound")) return "gone";
    throw error;
  }
};

const rolledOut = ({ kubectl }: Place) => kubectl("rollout", "status", "deployment/web", "--timeout=60s");

describe("what became of what was only decided", () => {
  it("is still failing while nobody does anything, and is one decision however often it is told", async () => {
    const place = await observed("wrong-image-tag", "still");
    await runHere(place, { action: "remediate", kind: "Deployment", name: "web", dry_run: true });

    expect(await afterwards(place)).toEqual({ is: "still_failing" });
    expect(await afterwards(place, () => Promise.resolve("not looked at"))).toEqual({ is: "unknown" });
  });

  it("is the same where somebody goes back to that revision, with how much later", async () => {
    const place = await observed("wrong-image-tag", "same");
    await place.sleep(20);
    await place.kubectl("rollout", "undo", "deployment/web");
    await rolledOut(place);

    const seen = await afterwards(place);
    expect(seen).toMatchObject({ is: "same" });
    expect(seen && "seconds" in seen ? seen.seconds : undefined).toBeGreaterThanOrEqual(20);
  });

  it("is the same as well where it would have been done through a tool that owns it", async () => {
    const place = await observed("wrong-image-tag", "tool");
    await place.kubectl("rollout", "undo", "deployment/web");
    await rolledOut(place);
    const [decision] = decisionsIn(await recordsOf("tool"));
    if (decision?.plan.action !== "rollback") throw new Error("It was to be rolled back.");
    const reconciler = { kind: "Kustomization", namespace: "flux-system", name: "shop", revision: "2" } as const;
    const plan = { ...decision.plan, action: "flux-rollback", reconciler } as const;

    expect(afterwardsOf({ ...decision, plan }, await look(decision.workload))).toMatchObject({ is: "same" });
  });

  it("is something else where somebody rolls another version out", async () => {
    const place = await observed("wrong-image-tag", "other");
    await place.kubectl("set", "image", "deployment/web", "app=shop/web:3");

    expect(await afterwards(place)).toMatchObject({ is: "other" });
  });

  it("is done here where somebody asks the workflow for it", async () => {
    const place = await observed("wrong-image-tag", "here");
    await runHere(place, { action: "rollback_deployment", deployment_name: "web", origin: "person" });

    expect(await afterwards(place)).toMatchObject({ is: "done_here", helped: true });
    const { deeds } = await scorecardOf(await recordsOf("here"), look);
    expect(deeds).toEqual([]);
  });

  it("is gone where it was deleted, and where another one has its name", async () => {
    const place = await observed("wrong-image-tag", "gone");
    await place.kubectl("delete", "deployment/web");
    expect(await afterwards(place)).toEqual({ is: "gone" });

    await place.kubectl("create", "deployment", "web", "--image=shop/web:2");
    expect(await afterwards(place)).toEqual({ is: "gone" });
  });

  it("is well by itself where the failure passes and nobody has changed it", async () => {
    const place = await observed("hpa-at-maximum", "itself");

    expect(await afterwards(place)).toEqual({ is: "by_itself" });
  });

  it("is the same where somebody raises the maximum as far or farther, and something else where it is lowered", async () => {
    const place = await observed("hpa-at-maximum", "scaled");
    await place.kubectl("patch", "hpa/web", "-p", '{"spec":{"maxReplicas":8}}');
    expect(await afterwards(place)).toMatchObject({ is: "same" });

    await place.kubectl("patch", "hpa/web", "-p", '{"spec":{"maxReplicas":3}}');
    expect(await afterwards(place)).toMatchObject({ is: "other" });
  });
});
