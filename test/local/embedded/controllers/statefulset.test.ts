import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { templateOfRevision } from "../../../../functions/kinds/revisions/controller-revisions.ts";
import { isReady } from "../../../../functions/shared/kubernetes/pods.ts";
import type {
  ControllerRevision,
  Pod,
  PodTemplate,
  StatefulSet,
} from "../../../../functions/shared/kubernetes/types.ts";
import { CONTROLLER_REVISIONS, PODS, STATEFUL_SETS } from "../../../../local/embedded/kinds.ts";
import { CRASH, imagesOf, Running, statefulSet, template } from "./running.ts";

let cluster: Running;
beforeEach(() => {
  cluster = new Running();
});
afterEach(() => {
  cluster.stop();
});

const web = () => cluster.get<StatefulSet>(STATEFUL_SETS, "web");
const isWhole = () =>
  web().status?.observedGeneration === web().metadata?.generation &&
  web().status?.currentRevision === web().status?.updateRevision &&
  web().status?.readyReplicas === web().spec?.replicas &&
  web().status?.updatedReplicas === web().spec?.replicas;
const isCrashing = (pod: Pod | undefined) =>
  pod?.status?.containerStatuses?.[0]?.state?.waiting?.reason === "CrashLoopBackOff";

function put(next: PodTemplate): void {
  cluster.change<StatefulSet>(STATEFUL_SETS, "web", ({ spec }) => {
    if (spec !== undefined) spec.template = next;
  });
}

async function rollOut(overrides: Partial<StatefulSet["spec"] & object> = {}): Promise<void> {
  cluster.create(STATEFUL_SETS, statefulSet(overrides));
  await cluster.until("it is whole", isWhole);
}

const revisions = () =>
  cluster
    .list<ControllerRevision>(CONTROLLER_REVISIONS)
    .sort((a, b) => a.revision - b.revision)
    .map((held) => ({ revision: held.revision, image: templateOfRevision(held)?.spec?.containers[0]?.image }));

describe("an ordered StatefulSet", () => {
  it("makes one pod after the other, each when the one before is ready", async () => {
    cluster.create(STATEFUL_SETS, statefulSet());
    await cluster.until("it is whole", () => {
      const pods = cluster.pods();
      expect(pods.slice(0, -1).every(isReady)).toBe(true);
      return isWhole();
    });

    const revision = web().status?.updateRevision ?? "";
    expect(cluster.pods().map(({ metadata }) => metadata?.labels)).toEqual(
      ["0", "1", "2"].map((ordinal) => ({
        app: "web",
        "apps.kubernetes.io/pod-index": ordinal,
        "statefulset.kubernetes.io/pod-name": `web-${ordinal}`,
        "controller-revision-hash": revision,
        "topology.kubernetes.io/zone": expect.any(String) as string,
      })),
    );
    expect(web().status).toMatchObject({ replicas: 3, currentReplicas: 3, availableReplicas: 3, collisionCount: 0 });
  });

  it("is updated from its highest ordinal down, and back to an earlier template with the next revision number", async () => {
    await rollOut();
    put(template(2));
    await cluster.until("the first pod is replaced", () => imagesOf(cluster.pods())[2] === "shop/web:2");
    expect(imagesOf(cluster.pods())).toEqual(["shop/web:1", "shop/web:1", "shop/web:2"]);
    await cluster.until("it is whole", isWhole);
    put(template(1));
    await cluster.until("it is whole", isWhole);

    expect(revisions()).toEqual([
      { revision: 2, image: "shop/web:2" },
      { revision: 3, image: "shop/web:1" },
    ]);
  });

  it("waits for a broken pod also when its template is fixed, until somebody deletes that pod", async () => {
    await rollOut();
    put(template(2, CRASH));
    await cluster.until("its highest pod crashes", () => isCrashing(cluster.pods()[2]));
    put(template(3));
    await cluster.pass(30);
    expect(imagesOf(cluster.pods())).toEqual(["shop/web:1", "shop/web:1", "shop/web:2"]);
    expect(web().status).toMatchObject({ readyReplicas: 2, currentReplicas: 2 });

    cluster.store.delete(PODS, "shop", "web-2");
    await cluster.until("it is whole", isWhole);
    expect(imagesOf(cluster.pods())).toEqual(["shop/web:3", "shop/web:3", "shop/web:3"]);
  });

  it("leaves the pods below its partition as they are, also when they are recreated", async () => {
    await rollOut({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } });
    put(template(2));
    await cluster.until(
      "one is updated",
      () => web().status?.updatedReplicas === 1 && web().status?.readyReplicas === 3,
    );
    cluster.store.delete(PODS, "shop", "web-0");
    await cluster.pass(10);

    expect(imagesOf(cluster.pods())).toEqual(["shop/web:1", "shop/web:1", "shop/web:2"]);
    expect(web().status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1, readyReplicas: 3 });
  });

  it("replaces pods that have failed, and gives up its highest ones when it becomes smaller", async () => {
    await rollOut();
    cluster.change<Pod>(PODS, "web-1", ({ metadata = {} }) => {
      metadata.annotations = { "simulation/failure": "evicted" };
    });
    const { uid } = cluster.get(PODS, "web-1").metadata ?? {};
    await cluster.until("it is replaced", () => cluster.pods()[1]?.metadata?.uid !== uid && isWhole());

    cluster.change<StatefulSet>(STATEFUL_SETS, "web", ({ spec }) => {
      if (spec !== undefined) spec.replicas = 1;
    });
    await cluster.until("it is smaller", isWhole);
    expect(cluster.pods().map(({ metadata }) => metadata?.name)).toEqual(["web-0"]);
  });
});

describe("a StatefulSet", () => {
  it("with parallel pod management makes all pods at once, and replaces a broken one by a fixed one", async () => {
    cluster.create(STATEFUL_SETS, statefulSet({ podManagementPolicy: "Parallel" }));
    await cluster.settle();
    expect(cluster.pods()).toHaveLength(3);
    await cluster.until("it is whole", isWhole);
    put(template(2, CRASH));
    await cluster.until("its highest pod crashes", () => isCrashing(cluster.pods()[2]));

    put(template(3));
    await cluster.until("it is whole", isWhole);
    expect(new Set(imagesOf(cluster.pods()))).toEqual(new Set(["shop/web:3"]));
  });

  it("that is updated on deletion leaves its pods to whoever deletes them", async () => {
    await rollOut({ updateStrategy: { type: "OnDelete" } });
    put(template(2));
    await cluster.pass(10);
    expect(new Set(imagesOf(cluster.pods()))).toEqual(new Set(["shop/web:1"]));

    cluster.store.delete(PODS, "shop", "web-1");
    await cluster.until("it is replaced", () => imagesOf(cluster.pods())[1] === "shop/web:2");
  });
});
