import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../../../local/embedded/index.ts";
import { whyNoHelm } from "../../../../local/helm/binary.ts";
import { makePlace } from "../../../../local/scenarios/embedded-place.ts";
import type { Place } from "../../../../local/scenarios/play.ts";
import type { Deployment } from "../../../../functions/shared/kubernetes/types.ts";
import { kubeconfigFor, Releases, type Chart } from "../../../support/helm-chart.ts";

const SPEED = 20;
const ON = { owners: { helm: true, helm_rollback: true } };
const why = whyNoHelm();

/** Played with the Helm that a deployed function runs. */
describe.skipIf(why !== undefined)(`a bad release of Helm's${why === undefined ? "" : ` (not played: ${why})`}`, () => {
  let cluster: EmbeddedCluster;
  let kubeconfig: Awaited<ReturnType<typeof kubeconfigFor>>;
  beforeAll(async () => {
    cluster = await startEmbeddedCluster(SPEED);
    kubeconfig = await kubeconfigFor(cluster.url);
  });
  afterAll(async () => {
    await cluster.stop();
    await kubeconfig.remove();
  });

  let namespaces = 0;
  let place: Place;
  let shop: Releases;
  beforeEach(async () => {
    const namespace = `shop-${++namespaces}`;
    place = await makePlace(cluster, { namespace });
    shop = await Releases.in(kubeconfig.file, namespace);
  });
  afterEach(() => shop.remove());

  /** Revision 1 is well, revision 2 fails. */
  async function spoil(): Promise<void> {
    await shop.release({});
    await place.kubectl("rollout", "status", "deployment/web");
    await place.sleep(7); // as long as a revision has to be well
    await shop.release({ version: "1.1.0", image: "shop/web:2", failure: "crash-loop", config: "b" });
    await place.until("its rollout is past its deadline", async () => {
      const { conditions = [] } = (await deployment()).status ?? {};
      return conditions.some(({ type, status }) => type === "Progressing" && status === "False");
    });
  }
  async function deployment(): Promise<Deployment> {
    return JSON.parse(await place.kubectl("get", "deployment", "web", "-o", "json")) as Deployment;
  }
  async function image(): Promise<string | undefined> {
    return (await deployment()).spec?.template.spec?.containers[0]?.image;
  }
  /** @param meanwhile what somebody does when the workflow enters a state, before its next step */
  async function run(policy: object = {}, meanwhile: Record<string, () => Promise<void>> = {}, request: object = {}) {
    return await place.run(request, { ...ON, ...policy }, { onEntered: (state) => meanwhile[state]?.() });
  }
  const release = (chart: Chart) => () => shop.release(chart);

  it("is rolled back by Helm, with the ConfigMap that it reads, and the workload recovers", async () => {
    await spoil();
    const { workloads, notifications } = await run();

    expect(workloads).toMatchObject([
      { outcome: "Recovered", cause: "CrashLoopAfterRollout", action: "helm-rollback", needs_person: false },
    ]);
    expect(await shop.history()).toEqual([
      "1 superseded: Install complete",
      "2 superseded: Upgrade complete",
      "3 deployed: Rollback to 1",
    ]);
    expect(await image()).toBe("shop/web:1");
    expect(JSON.parse(await place.kubectl("get", "configmap", "web", "-o", "json"))).toMatchObject({
      data: { config: "a" },
    });
    expect(JSON.stringify(notifications)).toContain(
      `Had Helm roll Helm release ${place.namespace}/shop back from revision 2 to revision 1. That changed ConfigMap web as well.`,
    );
  });

  it("is not touched by a dry run", async () => {
    await spoil();
    const { workloads } = await run({}, {}, { dry_run: true });

    expect(workloads).toMatchObject([{ outcome: "DryRun", action: "helm-rollback" }]);
    expect(workloads[0]?.summary).toContain("Would have Helm roll");
    expect(await shop.history()).toHaveLength(2);
    expect(await image()).toBe("shop/web:2");
  });

  it("is in place again where going back does not help", async () => {
    await spoil();
    const mark = ["annotate", "pods", "--all", "simulation/failure=crash-loop", "--overwrite"];
    // One that goes meanwhile is not there any more.
    const isMarked = () =>
      place.kubectl(...mark).then(
        () => true,
        () => false,
      );
    const fail = () => place.until("all pods are marked", isMarked);
    const { workloads } = await run({ verify: { deadline_seconds: 8 } }, { "Wait for it to settle": fail });

    expect(workloads).toMatchObject([{ outcome: "RolledBack", action: "helm-rollback", needs_person: true }]);
    expect((await shop.history()).slice(2)).toEqual(["3 superseded: Rollback to 1", "4 deployed: Rollback to 2"]);
    expect(await image()).toBe("shop/web:2");
  });

  it("is left where somebody releases the next one in time", async () => {
    await spoil();
    const { workloads } = await run({}, { "Roll back with Helm": release({ image: "shop/web:3" }) });

    expect(workloads).toMatchObject([{ outcome: "Skipped", action: "helm-rollback", reason: "ObjectChanged" }]);
    expect(workloads[0]?.summary).toContain("was left as it is. It was released since: there is a revision 3.");
    expect((await shop.history()).at(-1)).toBe("3 deployed: Upgrade complete");
    expect(await image()).toBe("shop/web:3");
  });

  it("stays gone where somebody releases the next one while the workload settles", async () => {
    await spoil();
    const { workloads } = await run({}, { "Wait for it to settle": release({ image: "shop/web:3" }) });

    expect(workloads).toMatchObject([{ outcome: "Unresolved", action: "helm-rollback", reason: "ObjectChanged" }]);
    expect(workloads[0]?.summary).toContain("was released since");
    expect((await shop.history()).at(-1)).toBe("4 deployed: Upgrade complete");
    expect(await image()).toBe("shop/web:3");
  });

  it("is left to people, with the command, where somebody has scaled the workload by hand", async () => {
    await spoil();
    await place.kubectl("scale", "deployment/web", "--replicas=3");
    const { workloads } = await run();

    expect(workloads).toMatchObject([{ outcome: "Skipped", action: "none", reason: "ManagedByAnotherTool" }]);
    expect(workloads[0]?.summary).toContain("Helm would set the replicas of Deployment web to 2");
    expect(workloads[0]?.summary).toContain(`\`helm rollback shop 1 -n ${place.namespace}\``);
    expect(await shop.history()).toHaveLength(2);
  });
});
