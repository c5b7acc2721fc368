import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OutcomeRecord } from "../../../functions/notify/record/record.ts";
import type { Change } from "../../../functions/run/contracts.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import type { Deployment } from "../../../functions/shared/kubernetes/types.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../../local/embedded/index.ts";
import { NothingToUndo, undoRequest } from "../../../local/record/undo.ts";
import { makePlace } from "../../../local/scenarios/embedded-place.ts";
import { loadScenario } from "../../../local/scenarios/load.ts";
import { playScenario, type Place } from "../../../local/scenarios/play.ts";
import type { Run } from "../../../local/scenarios/run-workflow.ts";

let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await startEmbeddedCluster(50);
});
afterAll(() => cluster.stop());

/** A Deployment whose bad rollout was rolled back, and what takes that back. */
async function rolledBack(namespace: string) {
  const place = await makePlace(cluster, { namespace });
  const rounds: Run[] = [];
  for await (const { run } of playScenario(loadScenario("wrong-image-tag"), place)) rounds.push(run);
  const change = rounds[0]?.notifications[0]?.document.change;
  if (change === undefined) throw new Error("Nothing was rolled back.");
  const undo = {
    action: "undo",
    origin: "person",
    namespace,
    kind: "Deployment",
    name: "web",
    execution: "run-1",
    change,
  };
  return { place, undo };
}

/** The image that the Deployment is to run. */
async function imageOf({ kubectl }: Place): Promise<string | undefined> {
  const { spec } = JSON.parse(await kubectl("get", "deployment/web", "-o", "json")) as Deployment;
  return spec?.template.spec?.containers[0]?.image;
}

describe("the undo of a rollback that somebody asks for", () => {
  it("puts the revision back that it was rolled back from, stays although that fails, and is not rolled back again", async () => {
    const { place, undo } = await rolledBack("undone");

    const run = await place.run(undo, {}, {});

    expect(run.workloads).toMatchObject([{ outcome: "Undone", action: "rollback", needs_person: false }]);
    expect(run.notifications[0]?.document).toMatchObject({
      verified: "yes: what that remedy had set is as it was before it",
    });
    expect(await imageOf(place)).toBe("shop/web:2");

    await place.until("it fails again", async () => (await place.kubectl("get", "pods")).includes("ImagePullBackOff"));
    const later = await place.run({}, {}, { ahead: 3_600 });
    expect(later.workloads).toMatchObject([{ outcome: "Skipped", reason: "PutBack" }]);
    expect(await imageOf(place)).toBe("shop/web:2");
  });

  it("changes nothing in a dry run, and says what it would do", async () => {
    const { place, undo } = await rolledBack("undone-dry");

    const run = await place.run({ ...undo, dry_run: true }, {}, {});

    expect(run.workloads).toMatchObject([{ outcome: "DryRun", action: "rollback" }]);
    expect(run.workloads[0]?.summary).toContain("Would roll back from revision 3 to the template of revision 2");
    expect(await imageOf(place)).toBe("shop/web:1");
  });

  it("leaves what somebody has rolled out since", async () => {
    const { place, undo } = await rolledBack("undone-late");
    await place.kubectl("set", "image", "deployment/web", "app=shop/web:3");

    const run = await place.run(undo, {}, {});

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "ObjectChanged", needs_person: true }]);
    expect(await imageOf(place)).toBe("shop/web:3");
  });

  it("leaves what somebody changes at the last moment", async () => {
    const { place, undo } = await rolledBack("undone-meanwhile");
    const onEntered = (state: string) =>
      state === "Roll back"
        ? place.kubectl("set", "image", "deployment/web", "app=shop/web:3").then(() => undefined)
        : undefined;

    const run = await place.run(undo, {}, { onEntered });

    expect(run.workloads).toMatchObject([{ outcome: "Skipped", reason: "ObjectChanged" }]);
    expect(await imageOf(place)).toBe("shop/web:3");
  });
});

describe("the request that takes back what an execution did", () => {
  const change: Change = { kind: "scale", scale: { target: "replicas", from: 2, to: 3 } };
  const record = (more: Partial<OutcomeRecord> = {}): OutcomeRecord => ({
    ...{
      version: 1,
      at: "2026-06-01T12:00:00.000Z",
      execution: { id: "arn:run-1", name: "run-1" },
      cluster_name: "prod",
    },
    ...{ workload: { kind: "Deployment", namespace: "shop", name: "web" }, dry_run: false, outcome: "Recovered" },
    ...{
      cause: "Requested",
      action: "scale",
      summary: "s",
      needs_person: false,
      found: [],
      evidence: [],
      rejected: [],
    },
    changes: [{ change, state: "in place", undo: "can be undone", workload_uid: "web-uid" }],
    ...more,
  });
  const api = { kind: "Deployment", namespace: "shop", name: "api" };

  it("names the workload, its UID and exactly the change, on behalf of a person", () => {
    expect(undoRequest([record()])).toEqual({
      ...{ action: "undo", cluster_name: "prod", origin: "person", namespace: "shop", kind: "Deployment", name: "web" },
      ...{ execution: "run-1", change, uid: "web-uid" },
    });
  });

  it("asks which workload is meant where the execution had several", () => {
    const both = [record(), record({ workload: api })];

    expect(() => undoRequest(both)).toThrow(
      new RemediationError(
        "InvalidRequest",
        "It has changed several workloads. Say with --workload which: Deployment/shop/web, Deployment/shop/api.",
      ),
    );
    expect(undoRequest(both, "Deployment/shop/api")).toMatchObject({ name: "api" });
  });

  it.each<[string, OutcomeRecord]>([
    ["did nothing", record({ changes: [] })],
    ["has undone it", record({ changes: [{ change, state: "undone", undo: "can be undone" }] })],
    ["did what cannot be undone", record({ changes: [{ change, state: "in place", undo: "cannot be undone" }] })],
  ])("is refused where it %s", (_what, given) => {
    expect(() => undoRequest([given])).toThrow(NothingToUndo);
  });
});
