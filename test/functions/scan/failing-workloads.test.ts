import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findFailingHpas, findFailingWorkloads } from "../../../functions/scan/failing-workloads.ts";
import { placesToLook } from "../../../functions/scan/places.ts";
import { View } from "../../../functions/scan/view.ts";
import type { Hpa, ReplicaSet } from "../../../functions/shared/kubernetes/types.ts";
import { WorkloadFinder } from "../../../functions/kinds/workload-finder.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, NOW, template, policy } from "../../support/objects.ts";
import { DEADLINES } from "../../support/pod-rows.ts";
import { asked } from "../../support/scans.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";
import {
  controlledBy,
  cronJob,
  daemonSet,
  deploymentWith,
  failedJob,
  hpaConditionOf,
  hpaWith,
  statefulSet,
  statusWritten,
} from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const moment = { now: NOW, deadlines: DEADLINES };
const quotaExceeded = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" };

async function failingWorkloads(objects: Objects, namespaces?: string[]) {
  serve(api, objects);
  const view = new View(api.cluster());
  return await findFailingWorkloads(view, namespaces ?? [undefined], new WorkloadFinder(view.cluster), moment);
}

/** What fails, in short: `Deployment web: FailedCreate`. */
async function told(objects: Objects): Promise<string[]> {
  const { failing } = await failingWorkloads(objects);
  return failing
    .map(
      ({ workload, failures }) => `${workload.kind} ${workload.name}: ${failures.map(({ reason }) => reason).join()}`,
    )
    .sort();
}

/** A ReplicaSet whose pods a quota forbids, under that controller. */
function refusedReplicaSet(owner: object): ReplicaSet {
  return {
    metadata: { name: "web-1", namespace: "shop", creationTimestamp: ago(60), ...owner },
    spec: { replicas: 2, selector: {}, template: template() },
    status: { replicas: 0, conditions: [quotaExceeded] },
  };
}

describe("the workloads that fail by their own status", () => {
  it("are Deployments, StatefulSets, DaemonSets and Jobs", async () => {
    const objects = {
      deployments: [deploymentWith({}), deploymentWith({ name: "api", updated: 0, conditions: [quotaExceeded] })],
      statefulSets: [statefulSet(1)],
      daemonSets: [daemonSet(1)],
      jobs: [failedJob(60)],
    };

    expect(await told(objects)).toEqual([
      "DaemonSet agent: MinimumReplicasUnavailable",
      "Deployment api: FailedCreate",
      "Job report: BackoffLimitExceeded",
      "StatefulSet db: MinimumReplicasUnavailable",
    ]);
  });

  it("are ReplicaSets of their own and those of an Argo Rollout, not those of a Deployment", async () => {
    expect(await told({ replicaSets: [refusedReplicaSet({})] })).toEqual(["ReplicaSet web-1: FailedCreate"]);
    expect(await told({ replicaSets: [refusedReplicaSet(controlledBy("Rollout", "web"))] })).toEqual([
      "Rollout web: FailedCreate",
    ]);
    expect(await told({ replicaSets: [refusedReplicaSet(controlledBy("Deployment", "web"))] })).toEqual([]);
  });

  it("are none that is being deleted", async () => {
    expect(
      await told({ statefulSets: [statefulSet(0, { ...statusWritten(600), deletionTimestamp: ago(5) })] }),
    ).toEqual([]);
  });

  it("are counted among all Deployments, StatefulSets and DaemonSets", async () => {
    const others = { replicaSets: [refusedReplicaSet({})], jobs: [failedJob(60)] };
    const { seen } = await failingWorkloads({
      ...others,
      deployments: [deploymentWith({})],
      statefulSets: [statefulSet()],
      daemonSets: [daemonSet()],
    });

    expect(seen).toBe(3);
  });

  it("are asked for by one Table a kind, and by their names", async () => {
    await failingWorkloads({ statefulSets: [statefulSet(1)], namespaces: ["blog", "shop", "tools"] });

    expect(asked(api).sort()).toEqual([
      "/apis/apps/v1/statefulsets?metadata.name=db",
      ...["daemonsets", "deployments", "replicasets", "statefulsets"].map((kind) => `table /apis/apps/v1/${kind}`),
      "table /apis/batch/v1/jobs",
    ]);
  });

  it("are only those that fail where another namespace has one of the same name", async () => {
    const here = statefulSet(1);
    const there = statefulSet(2, { ...statusWritten(600), namespace: "blog" });
    const { failing } = await failingWorkloads({ namespaces: ["blog", "shop"], statefulSets: [there, here] });

    expect(failing.map(({ workload }) => workload)).toEqual([{ kind: "StatefulSet", namespace: "shop", name: "db" }]);
  });

  it("are found in a list of all when there are more than fifty suspects", async () => {
    const sets = Array.from({ length: 60 }, (_, index) =>
      statefulSet(1, { ...statusWritten(600), name: `db-${index}` }),
    );
    const { failing, seen } = await failingWorkloads({ statefulSets: [...sets, statefulSet()] });

    expect({ failing: failing.length, seen }).toEqual({ failing: 60, seen: 61 });
    expect(asked(api).filter((path) => path.includes("statefulsets"))).toEqual([
      "table /apis/apps/v1/statefulsets",
      "/apis/apps/v1/statefulsets",
    ]);
  });

  it("are asked for in each of the namespaces, when these are given", async () => {
    const { failing } = await failingWorkloads({ namespaces: ["blog", "shop"], statefulSets: [statefulSet(1)] }, [
      "shop",
    ]);

    expect(failing).toHaveLength(1);
    expect(asked(api).every((path) => path.includes("/namespaces/shop/"))).toBe(true);
    expect(asked(api)).toContain("/apis/apps/v1/namespaces/shop/statefulsets/db");
  });
});

describe("the Deployments that are rolling out", () => {
  it("are those whose rollout is under way and inside its deadline, failing or not", async () => {
    const progressing = (status: string, reason: string) => [{ type: "Progressing", status, reason }];
    const rolling = (name: string, conditions: ReturnType<typeof progressing>) =>
      deploymentWith({ name, updated: 1, conditions });
    const { rollingOut } = await failingWorkloads({
      deployments: [
        rolling("new", progressing("True", "ReplicaSetUpdated")),
        rolling("late", progressing("False", "ProgressDeadlineExceeded")),
        rolling("done", progressing("True", "NewReplicaSetAvailable")),
        deploymentWith({ name: "unobserved", updated: 1, generation: 2 }),
      ],
    });

    expect([...rollingOut].sort()).toEqual(["Deployment/shop/new", "Deployment/shop/unobserved"]);
  });
});

describe("a failed Job of a CronJob", () => {
  const job = failedJob(600, { name: "report-1", metadata: controlledBy("CronJob", "report") });

  it.each([
    ["fails the CronJob", "when it never succeeded", cronJob(), 1],
    ["fails the CronJob", "when its last success was before the Job", cronJob(4_000), 1],
    ["is old news", "when a later run succeeded", cronJob(60), 0],
  ])("%s %s", async (_what, _when, owner, failures) => {
    const { failing } = await failingWorkloads({ jobs: [job], cronJobs: [owner] });

    expect(failing.map(({ workload }) => workload)).toEqual(
      Array(failures).fill({ kind: "CronJob", namespace: "shop", name: "report" }),
    );
  });

  it("fails the CronJob that is gone already", async () => {
    expect(await told({ jobs: [job] })).toEqual(["CronJob report: BackoffLimitExceeded"]);
  });

  it("is not looked into once it is no news by itself", async () => {
    const old = failedJob(DEADLINES.failed_job_seconds + 1, { metadata: controlledBy("CronJob", "report") });

    expect(await told({ jobs: [old], cronJobs: [cronJob()] })).toEqual([]);
    expect(asked(api).filter((path) => path.includes("cronjobs"))).toEqual([]);
  });
});

describe("a workload that something else controls", () => {
  it("is the incident itself, as it is for its pods", async () => {
    const owned = statefulSet(0, { ...statusWritten(600), ...controlledBy("Postgres", "db") });

    expect(await told({ statefulSets: [owned] })).toEqual(["StatefulSet db: MinimumReplicasUnavailable"]);
  });
});

describe("the HPAs", () => {
  const problem = hpaWith([hpaConditionOf("AbleToScale", "False", "FailedGetScale")]);
  const look = async (hpas: Hpa[], namespaces?: string[]) => {
    serve(api, { namespaces: ["blog", "shop"], hpas });
    const view = new View(api.cluster());
    const places = await placesToLook(view.cluster, undefined, policy({ namespaces: { allow: namespaces } }));
    return await findFailingHpas(view, places, moment);
  };

  it("are read all at once, and a problem is one of the workload that the HPA scales, told with the HPA's name", async () => {
    const well: Hpa = { ...hpaWith([]), metadata: { name: "api", namespace: "blog" } };
    const { all, failing } = await look([well, problem]);

    expect(all).toEqual([well, problem]);
    expect(failing).toEqual([
      {
        workload: { kind: "Deployment", namespace: "shop", name: "web" },
        failures: [{ reason: "FailedGetScale", message: "HPA web: because of FailedGetScale", since: ago(3_600) }],
      },
    ]);
    expect(asked(api)).toEqual(["/apis/autoscaling/v2/horizontalpodautoscalers"]);
  });

  it("are read in each of the namespaces, when these are given", async () => {
    const { all } = await look([problem], ["blog", "shop"]);

    expect(all).toEqual([problem]);
    expect(asked(api)).toEqual(
      ["blog", "shop"].map((name) => `/apis/autoscaling/v2/namespaces/${name}/horizontalpodautoscalers`),
    );
  });
});
