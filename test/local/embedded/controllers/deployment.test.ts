import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Deployment, PodTemplate, ReplicaSet } from "../../../../functions/shared/kubernetes/types.ts";
import { DEPLOYMENTS, QUOTAS, REPLICA_SETS } from "../../../../local/embedded/kinds.ts";
import { CRASH, deployment, imagesOf, Running, template } from "./running.ts";

let cluster: Running;
beforeEach(() => {
  cluster = new Running();
});
afterEach(() => {
  cluster.stop();
});

const web = () => cluster.get<Deployment>(DEPLOYMENTS, "web");
const condition = (type: string) => web().status?.conditions?.find((candidate) => candidate.type === type);
const isRolledOut = () =>
  web().status?.observedGeneration === web().metadata?.generation &&
  condition("Progressing")?.reason === "NewReplicaSetAvailable" &&
  web().status?.updatedReplicas === web().spec?.replicas &&
  web().status?.replicas === web().spec?.replicas;

const revisions = () =>
  cluster
    .list<ReplicaSet>(REPLICA_SETS)
    .map(({ metadata, spec }) => ({
      image: spec?.template?.spec?.containers[0]?.image,
      revision: metadata?.annotations?.["deployment.kubernetes.io/revision"],
      history: metadata?.annotations?.["deployment.kubernetes.io/revision-history"],
      replicas: spec?.replicas,
    }))
    .sort((a, b) => Number(a.revision) - Number(b.revision));

function put(next: PodTemplate): void {
  cluster.change<Deployment>(DEPLOYMENTS, "web", ({ spec }) => {
    if (spec !== undefined) spec.template = next;
  });
}

function edit(fields: Partial<Deployment["spec"] & object>): void {
  cluster.change<Deployment>(DEPLOYMENTS, "web", (object) => {
    object.spec = { ...(object.spec as Deployment["spec"] & object), ...fields };
  });
}

async function rollOut(overrides: Partial<Deployment["spec"] & object> = {}): Promise<void> {
  cluster.create(DEPLOYMENTS, deployment(overrides));
  await cluster.until("it is rolled out", isRolledOut);
}

describe("a rollout", () => {
  it("ends with every pod new and available, and says so in the real words", async () => {
    await rollOut();

    const name = cluster.list<ReplicaSet>(REPLICA_SETS)[0]?.metadata?.name ?? "";
    expect(name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]+$/);
    expect(web().status).toMatchObject({
      observedGeneration: 1,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      terminatingReplicas: 0,
    });
    expect(web().status).not.toHaveProperty("unavailableReplicas");
    expect(condition("Progressing")).toMatchObject({
      status: "True",
      reason: "NewReplicaSetAvailable",
      message: `ReplicaSet "${name}" has successfully progressed.`,
    });
    expect(condition("Available")).toMatchObject({ status: "True", reason: "MinimumReplicasAvailable" });
    expect(web().metadata?.annotations).toEqual({ "deployment.kubernetes.io/revision": "1" });
    expect(cluster.events("Deployment")).toEqual([`ScalingReplicaSet: Scaled up replica set ${name} from 0 to 2`]);
  });

  it("never has fewer available pods, or more pods, than its strategy lets it", async () => {
    await rollOut({ replicas: 4, strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } });
    put(template(2));
    const seen = { fewest: 4, most: 4 };

    await cluster.until("it is rolled out", () => {
      const sizes = cluster.list<ReplicaSet>(REPLICA_SETS).map(({ spec }) => spec?.replicas ?? 0);
      seen.most = Math.max(seen.most, sizes[0] ?? 0, (sizes[0] ?? 0) + (sizes[1] ?? 0));
      seen.fewest = Math.min(seen.fewest, web().status?.availableReplicas ?? 0);
      return isRolledOut();
    });

    expect(seen).toEqual({ fewest: 3, most: 5 });
    await cluster.pass(1);
    expect(new Set(imagesOf(cluster.pods()))).toEqual(new Set(["shop/web:2"]));
  });

  it("that is recreated first ends every old pod", async () => {
    await rollOut({ strategy: { type: "Recreate" } });
    put(template(2));

    await cluster.until("a new pod is there", () => {
      const images = new Set(imagesOf(cluster.pods()));
      expect(images.size).toBeLessThan(2);
      return images.has("shop/web:2");
    });
    await cluster.until("it is rolled out", isRolledOut);
  });

  it("that is stuck keeps the old pods, and passes its deadline", async () => {
    await rollOut();
    put(template(2, CRASH));
    await cluster.until("the new pod is there", () => cluster.pods().length === 3);
    expect(condition("Progressing")).toMatchObject({ status: "True", reason: "ReplicaSetUpdated" });
    await cluster.pass(7);
    expect(condition("Progressing")?.status).toBe("True");

    await cluster.until("its deadline is over", () => condition("Progressing")?.status === "False", 6);

    expect(condition("Progressing")).toMatchObject({
      reason: "ProgressDeadlineExceeded",
      message: expect.stringMatching(/^ReplicaSet "web-\w+" has timed out progressing\.$/) as string,
    });
    expect(imagesOf(cluster.pods()).sort()).toEqual(["shop/web:1", "shop/web:1", "shop/web:2"]);
    expect(condition("Available")?.status).toBe("True");
    expect(web().status).toMatchObject({ replicas: 3, updatedReplicas: 1, unavailableReplicas: 1 });
  });

  it("back to an earlier template gives its ReplicaSet the next revision, and keeps the earlier one in its history", async () => {
    await rollOut();
    put(template(2, CRASH));
    await cluster.until("its deadline is over", () => condition("Progressing")?.status === "False");
    put(template(1));
    await cluster.until("it is rolled out", isRolledOut);

    expect(revisions()).toEqual([
      { image: "shop/web:2", revision: "2", history: undefined, replicas: 0 },
      { image: "shop/web:1", revision: "3", history: "1", replicas: 2 },
    ]);
    expect(web().metadata?.annotations?.["deployment.kubernetes.io/revision"]).toBe("3");
  });

  it("keeps as many old ReplicaSets as the history may be long", async () => {
    await rollOut({ revisionHistoryLimit: 1 });
    for (const version of [2, 3, 4]) {
      put(template(version));
      await cluster.until("it is rolled out", isRolledOut);
    }

    await cluster.pass(2);
    expect(revisions().map(({ image }) => image)).toEqual(["shop/web:3", "shop/web:4"]);
  });
});

describe("a Deployment", () => {
  it("that is paused makes no new ReplicaSet, and is scaled all the same", async () => {
    await rollOut();
    edit({ paused: true });
    put(template(2));
    edit({ replicas: 3 });
    await cluster.pass(10);

    expect(condition("Progressing")).toMatchObject({ status: "Unknown", reason: "DeploymentPaused" });
    expect(revisions()).toMatchObject([{ revision: "1", replicas: 3 }]);

    edit({ paused: false });
    await cluster.until("it is rolled out", isRolledOut);
    expect(revisions()).toMatchObject([{ replicas: 0 }, { image: "shop/web:2", replicas: 3 }]);
  });

  it("that is scaled in the middle of a stuck rollout shares the replicas among its ReplicaSets", async () => {
    await rollOut({ replicas: 8, strategy: { rollingUpdate: { maxSurge: 2, maxUnavailable: 2 } } });
    put(template(2, CRASH));
    await cluster.until("it is stuck", () => condition("Progressing")?.status === "False");
    expect(revisions().map(({ replicas }) => replicas)).toEqual([6, 4]);

    edit({ replicas: 16 });
    await cluster.pass(1);

    expect(revisions().map(({ replicas }) => replicas)).toEqual([11, 7]);
  });

  it("says why its pods are refused, and forgets that when they are not any more", async () => {
    await rollOut();
    await cluster.pass(1);
    cluster.create(QUOTAS, { metadata: { name: "slots" }, spec: { hard: { pods: "2" } } });
    put(template(2));
    await cluster.until("it is said", () => condition("ReplicaFailure") !== undefined);

    const said = expect.stringMatching(
      /^pods "web-\w+-\w+" is forbidden: exceeded quota: slots, requested: pods=1/,
    ) as string;
    expect(condition("ReplicaFailure")).toMatchObject({ status: "True", reason: "FailedCreate", message: said });
    expect(cluster.events("ReplicaSet")).toContainEqual(expect.stringContaining("FailedCreate: Error creating: pods"));
    expect(cluster.get(QUOTAS, "slots").status).toEqual({ hard: { pods: "2" }, used: { pods: "2" } });

    cluster.store.delete(QUOTAS, "shop", "slots");
    await cluster.until("it is rolled out", isRolledOut);
    expect(condition("ReplicaFailure")).toBeUndefined();
  });
});
