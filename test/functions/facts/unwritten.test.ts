import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { gatherEvidence } from "../../../functions/facts/evidence.ts";
import type { Diagnosis, Incident } from "../../../functions/run/contracts.ts";
import type { Job, ObjectMeta, Pod, ReplicaSet } from "../../../functions/shared/kubernetes/types.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import { ApiServer, page } from "../../support/api-server.ts";
import { ago, crashingPod, hpa, imagePullPod, incident, NOW, pod, policy, replicaSet } from "../../support/objects.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";
import { cronJob, failedJob } from "../../support/workload-objects.ts";

const ROLLOUT: WorkloadRef = { kind: "Rollout", group: "argoproj.io", namespace: "shop", name: "web" };
const CLONE_SET: WorkloadRef = { kind: "CloneSet", group: "apps.kruise.io", namespace: "shop", name: "web" };
const JOB: WorkloadRef = { kind: "Job", namespace: "shop", name: "report" };
const CRON_JOB: WorkloadRef = { kind: "CronJob", namespace: "shop", name: "report" };

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

function ownedBy(apiVersion: string, kind: string, name: string, uid = `${kind}-${name}-uid`): ObjectMeta {
  return { ownerReferences: [{ apiVersion, kind, name, uid, controller: true }] };
}

function named(object: Pod, name: string, owner: ObjectMeta): Pod {
  return { ...object, metadata: { ...object.metadata, name, namespace: "shop", uid: `${name}-uid`, ...owner } };
}

/** A ReplicaSet of one revision of something else than a Deployment. */
function setOf(apiVersion: string, kind: string, revision: number, available = 0): ReplicaSet {
  const set = replicaSet(revision, { replicas: 1, available });
  set.metadata = { ...set.metadata, ...ownedBy(apiVersion, kind, "web") };
  return set;
}

const madeBy = (revision: number) => ownedBy("apps/v1", "ReplicaSet", `web-${revision}`, `rs-${revision}-uid`);

/** A Job `shop/report` without any condition. */
function activeJob(status: Job["status"] = { active: 1 }, name = "report", metadata: ObjectMeta = {}): Job {
  return {
    metadata: { name, namespace: "shop", uid: `${name}-uid`, creationTimestamp: ago(4_000), ...metadata },
    spec: { template: {} },
    status: { startTime: ago(4_000), ...status },
  };
}

const ofJob = (name = "report") => ownedBy("batch/v1", "Job", name, `${name}-uid`);

async function diagnose(
  workload: WorkloadRef,
  objects: Objects,
  about: Partial<Incident> = {},
  events: object[] = [],
): Promise<Diagnosis> {
  serve(api, objects);
  for (const path of ["events", "limitranges", "resourcequotas"])
    api.on("GET", `/api/v1/namespaces/shop/${path}`, page([]));
  api.on("GET", "/api/v1/namespaces/shop/events", page(events));
  const evidence = await gatherEvidence(
    api.cluster(),
    incident({ workload, ...about }),
    { tried: [], history: [] },
    { now: NOW },
  );
  return classify(evidence, policy());
}

const refused = { action: "none", refusal: "NothingRecreatesIt" };

describe("the failures of a kind that is never written to", () => {
  it("are those of the pods behind its ReplicaSets", async () => {
    const pods = [
      named(crashingPod({ ranFor: 4_000 }), "web-2-a", madeBy(2)),
      named(pod(), "web-1-a", madeBy(1)),
      named(imagePullPod("not found"), "other-a", madeBy(3)),
    ];
    const sets = [setOf("argoproj.io/v1alpha1", "Rollout", 1), setOf("argoproj.io/v1alpha1", "Rollout", 2)];
    const found = await diagnose(
      ROLLOUT,
      { pods, replicaSets: [...sets, setOf("rollouts.example.com/v1", "Rollout", 3)] },
      { failing_pods: 1, sample_pods: ["web-2-a"] },
    );

    expect(found).toMatchObject({ cause: "CrashLoopOfStableWorkload", remedy: refused, rejected: [] });
    expect(found.summary).toContain("1 pod crashes");
    expect(api.writes).toEqual([]);
  });

  it("are those of the pods that it controls itself", async () => {
    const own = ownedBy("apps.kruise.io/v1alpha1", "CloneSet", "web");
    const pods = ["a", "b", "c", "d"].map((name) => named(crashingPod({}), name, own));
    const strange = named(crashingPod({}), "e", ownedBy("apps.example.com/v1", "CloneSet", "web"));
    const found = await diagnose(CLONE_SET, { pods: [...pods, strange] }, { failing_pods: 4, sample_pods: ["a", "b"] });

    expect(found.summary).toContain("4 pods crash");
  });

  it("are told of the pods that were read alone, where the namespace holds too many to read them all", async () => {
    const own = ownedBy("apps.kruise.io/v1alpha1", "CloneSet", "web");
    const others = Array.from({ length: 600 }, (_, index) => named(pod(), `other-${index}`, {}));
    const about = { failing_pods: 50, sample_pods: ["a", "b"] };
    const failing = ["a", "b"].map((name) => named(crashingPod({}), name, own));
    expect(await diagnose(CLONE_SET, { pods: [...failing, ...others] }, about)).toMatchObject({ cause: "CrashLoop" });

    const well = ["a", "b"].map((name) => named(pod(), name, own));
    const found = await diagnose(CLONE_SET, { pods: [...well, ...others] }, about);
    expect(found.summary).toBe("Not all of its pods were read; of those that were (2), none fails now.");
    expect(found.remedy).toMatchObject({ refusal: "MayPass" });
  });

  it("are those that its ReplicaSets tell by their own status, without any pod", async () => {
    const set = setOf("argoproj.io/v1alpha1", "Rollout", 2);
    const refusedPods = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" };
    set.status = { replicas: 0, conditions: [refusedPods] };

    expect(await diagnose(ROLLOUT, { replicaSets: [set] })).toMatchObject({
      cause: "CannotCreatePods",
      remedy: refused,
    });
  });

  it("are those of the HPA that scales it, and of no other kind of that name", async () => {
    const limited = hpa({ limited: "TooManyReplicas", limitedSince: ago(600), desired: 4, max: 4 });
    limited.spec.scaleTargetRef = { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", name: "web" };

    expect(await diagnose(ROLLOUT, { hpas: [limited] })).toMatchObject({ cause: "HpaAtMaximum", remedy: refused });
    expect(await diagnose({ ...ROLLOUT, group: "example.com" }, { hpas: [limited] })).toMatchObject({
      remedy: { refusal: "NotFailingAnymore" },
    });
  });

  it("are over when all of its pods were read, and none fails", async () => {
    const pods = [named(pod(), "web-2-a", madeBy(2))];
    const found = await diagnose(
      ROLLOUT,
      { pods, replicaSets: [setOf("argoproj.io/v1alpha1", "Rollout", 2, 1)] },
      { failing_pods: 1, sample_pods: ["web-2-a"] },
    );

    expect(found.remedy).toEqual({ action: "none", refusal: "NotFailingAnymore", message: "Nothing was done." });
  });
});

describe("a Job", () => {
  it("that is active, and whose pod cannot start, has not failed", async () => {
    const pods = [named(imagePullPod("shop/report:1: not found"), "report-a", ofJob())];
    const found = await diagnose(JOB, { jobs: [activeJob()], pods }, { failing_pods: 1, sample_pods: ["report-a"] });

    expect(found).toMatchObject({ cause: "ImageNotFound", remedy: refused });
    expect(found.evidence.join()).not.toContain("revision");
  });

  it("whose pods are refused has the reason from its events", async () => {
    const event = {
      reason: "FailedCreate",
      message: "exceeded quota: slots",
      involvedObject: { kind: "Job", name: "report", uid: "report-uid" },
      lastTimestamp: ago(10),
    };
    const found = await diagnose(JOB, { jobs: [activeJob({})] }, {}, [event]);

    expect(found).toMatchObject({ cause: "CannotCreatePods", remedy: refused });
    expect(found.evidence.join()).toContain("exceeded quota: slots");
    expect(await diagnose(JOB, { jobs: [activeJob({})] })).toMatchObject({ cause: "JobWithoutPods", remedy: refused });
  });

  it("that has given up is told with its failed pod, the exit code and how to read the log", async () => {
    const failed = named(pod(), "report-a", ofJob());
    failed.status = {
      phase: "Failed",
      containerStatuses: [
        { name: "app", image: "", imageID: "", ready: false, restartCount: 0, state: { terminated: { exitCode: 3 } } },
      ],
    };
    const job = failedJob(60, { metadata: { uid: "report-uid" } });
    const found = await diagnose(JOB, { jobs: [job], pods: [failed] });

    expect(found).toMatchObject({ cause: "JobFailed", summary: "Job shop/report has failed.", remedy: refused });
    expect(found.evidence).toContain(
      "pod report-a: Failed in container app (exit code 3); its log: kubectl -n shop logs report-a -c app",
    );
    expect(found.remedy).toMatchObject({ message: expect.stringContaining("makes no more pods") as string });
  });

  it("that has given up and whose pods are gone has no log to read", async () => {
    expect((await diagnose(JOB, { jobs: [failedJob(60)] })).remedy).toMatchObject({
      message: expect.stringContaining("None of its failed pods is left") as string,
    });
  });

  it("of a CronJob is told under its own name, unless a later one was a success", async () => {
    const metadata = { uid: "report-1-uid", ...ownedBy("batch/v1", "CronJob", "report") };
    const jobs = [failedJob(60, { name: "report-1", metadata })];

    expect(await diagnose(CRON_JOB, { jobs, cronJobs: [cronJob()] })).toMatchObject({
      cause: "JobFailed",
      summary: "Job shop/report-1 of CronJob shop/report has failed.",
    });
    expect(await diagnose(CRON_JOB, { jobs, cronJobs: [cronJob(10)] })).toMatchObject({
      remedy: { refusal: "NotFailingAnymore" },
    });
  });

  it("or a bare pod that is gone is said to be gone, not to be well", async () => {
    await expect(diagnose(JOB, {})).rejects.toMatchObject({ name: "WorkloadNotFound" });
    await expect(diagnose({ kind: "Pod", namespace: "shop", name: "bare" }, {})).rejects.toMatchObject({
      name: "PodNotFound",
    });
  });
});
