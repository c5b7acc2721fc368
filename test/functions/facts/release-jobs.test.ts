import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diagnosisOf } from "../../../functions/classify/classify.ts";
import { openCase } from "../../../functions/facts/case.ts";
import { withNeededBefore } from "../../../functions/facts/needed-before.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import type { Job, ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, page, refusal, type Answer } from "../../support/api-server.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  incident,
  ofRevision,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";
import { controlledBy } from "../../support/workload-objects.ts";

const JOBS = "/apis/batch/v1/namespaces/shop/jobs";
const RELEASED: ObjectMeta = { labels: { "app.kubernetes.io/instance": "shop" } };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const job = (startedAgo: number, metadata: ObjectMeta = {}): Job => ({
  metadata: { name: "migrate", ...metadata },
  status: { startTime: ago(startedAgo) },
});

interface State {
  jobs?: Answer;
  /** How many ready pods the earlier revision has. */
  serving?: number;
  metadata?: ObjectMeta;
  requested?: Incident["requested"];
}

/** Revision 2 was rolled out ten minutes ago and crashes since then; revision 1 was well for a day. */
async function decided({ jobs = page([job(700)]), serving = 0, metadata = RELEASED, requested }: State = {}) {
  api.on("GET", JOBS, jobs);
  const now = template("shop/web:2");
  const made = deployment({
    template: now,
    progressing: { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(590) },
  });
  const gathered = evidence({
    ...(requested === undefined ? {} : { incident: incident({ requested }) }),
    workload: { ...made, metadata: { ...made.metadata, ...metadata } },
    holders: [
      replicaSet(2, { template: now, replicas: 2, created: ago(600) }),
      replicaSet(1, { template: template("shop/web:1"), available: serving, created: ago(90_000) }),
    ],
    pods: [ofRevision(2, crashingPod({ restarts: 6, startedAgo: 600, endedAgo: 5 }))],
  });
  const { remedy, evidence: lines } = diagnosisOf(await withNeededBefore(api.cluster(), openCase(gathered, policy())));
  const told = remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action;
  return { told, line: lines.find((line) => line.startsWith("Job ")) };
}

describe("a Job that was released with the present revision", () => {
  it("keeps a workload from going back by itself to a revision of which no pod shows that it works with what the Job did", async () => {
    expect(await decided()).toEqual({
      told: "NoSafeRemedy: Not rolled back: Job migrate of the same release was started about when the present revision came, or since. If that changed a schema, or data, revision 1 may not work with it, and may do harm. Whoever knows that it does may ask for that revision.",
      line: `Job migrate of the same release was started at ${ago(700)}, about when the present revision came, or since`,
    });
    expect(api.requests.filter(({ path }) => path === JOBS).map(({ query }) => query["labelSelector"])).toEqual([
      "app.kubernetes.io/instance=shop",
    ]);
  });

  it("is told, and keeps nobody from going back to what serves beside it", async () => {
    const { told, line } = await decided({ serving: 2 });
    expect(told).toBe("rollback");
    expect(line).toContain("Job migrate");
  });

  it("is told to who asks for that revision, who gets it", async () => {
    const { told, line } = await decided({ requested: { action: "rollback", revision: 1 } });
    expect(told).toBe("rollback");
    expect(line).toContain("Job migrate");
  });

  it.each<[string, State]>([
    ["it ran long before the present revision came", { jobs: page([job(5_000)]) }],
    ["it has not been started", { jobs: page([{ metadata: { name: "migrate" } }]) }],
    ["it is made by a schedule", { jobs: page([job(700, controlledBy("CronJob", "hourly"))]) }],
    ["it tests the release", { jobs: page([job(700, { annotations: { "helm.sh/hook": "test" } })]) }],
    ["Jobs may not be listed", { jobs: refusal(403, "no") }],
  ])("keeps from nothing where %s", async (_why, state) => {
    expect(await decided(state)).toEqual({ told: "rollback", line: undefined });
  });

  it("is looked for by the name of a Helm release, too", async () => {
    const metadata = { annotations: { "meta.helm.sh/release-name": "web-of-shop" } };
    expect((await decided({ metadata })).line).toContain("Job migrate");
    expect(api.requests.find(({ path }) => path === JOBS)?.query["labelSelector"]).toBe(
      "app.kubernetes.io/instance=web-of-shop",
    );
  });

  it("is not looked for where nothing tells a release", async () => {
    expect((await decided({ metadata: {} })).told).toBe("rollback");
    expect(api.requests.map(({ path }) => path)).not.toContain(JOBS);
  });
});
