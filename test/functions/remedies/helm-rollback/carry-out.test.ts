import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { revisionInfo, type ReleaseSecret } from "../../../../functions/facts/helm-secret.ts";
import { readState, type WorkloadState } from "../../../../functions/facts/state.ts";
import { back, carryOut } from "../../../../functions/remedies/helm-rollback/carry-out.ts";
import type { HelmRollbackChange, HelmRollbackPlan } from "../../../../functions/remedies/helm-rollback/contract.ts";
import { releaseSecretRef } from "../../../../functions/remedies/helm-rollback/release-secret.ts";
import { helmRollback } from "../../../../functions/remedies/helm-rollback/remedy.ts";
import { runHelm } from "../../../../functions/remedies/helm-rollback/run-helm.ts";
import type { Occasion } from "../../../../functions/remedies/remedy.ts";
import type { Writer } from "../../../../functions/remedies/writer.ts";
import { HttpCluster } from "../../../../functions/shared/cluster/http-cluster.ts";
import { paths } from "../../../../functions/shared/cluster/paths.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import type { Deployment, ReplicaSet } from "../../../../functions/shared/kubernetes/types.ts";
import { pathOf } from "../../../../functions/shared/object-ref.ts";
import type { RevisionRef, WorkloadRef } from "../../../../functions/shared/refs.ts";
import { within } from "../../../../functions/shared/time-left.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../../../local/embedded/index.ts";
import { helmOfLayer, whyNoHelm } from "../../../../local/helm/binary.ts";
import { kubeconfigFor, Releases } from "../../../support/helm-chart.ts";
import { writerFor } from "../../../support/writers.ts";

const why = whyNoHelm();
const FIRST: Occasion = { mayBeOwn: () => Promise.resolve(false), requested: false };
const AGAIN: Occasion = { mayBeOwn: () => Promise.resolve(true), requested: false };
const TOKEN = "a-token-that-nobody-may-read";

describe.skipIf(why !== undefined)(`a rollback with Helm${why === undefined ? "" : ` (not played: ${why})`}`, () => {
  let embedded: EmbeddedCluster;
  let cluster: HttpCluster;
  let kubeconfig: Awaited<ReturnType<typeof kubeconfigFor>>;
  beforeAll(async () => {
    embedded = await startEmbeddedCluster(40);
    cluster = new HttpCluster({
      name: "embedded",
      server: embedded.url,
      authenticate: () => Promise.resolve({ authorization: `Bearer ${TOKEN}` }),
    });
    kubeconfig = await kubeconfigFor(embedded.url);
  });
  afterAll(async () => {
    await embedded.stop();
    await kubeconfig.remove();
  });

  let namespaces = 0;
  let workload: WorkloadRef;
  let shop: Releases;
  let plan: HelmRollbackPlan;
  let change: HelmRollbackChange;
  /** Release `shop` at its revision 2, which is to give way to its first, in a namespace of the test's own. */
  beforeEach(async () => {
    const namespace = `shop-${++namespaces}`;
    workload = { kind: "Deployment", namespace, name: "web" };
    await embedded.kubectl.run(["create", "namespace", namespace]);
    shop = await Releases.in(kubeconfig.file, namespace);
    await shop.release({});
    await kubectl("rollout", "status", "deployment/web");
    await shop.release({ image: "shop/web:2" });
    await kubectl("rollout", "status", "deployment/web");
    const held = { apiVersion: "v1", namespace, name: "web" };
    const fields = {
      ...{ before: await revision("shop/web:2"), after: await revision("shop/web:1") },
      release: { namespace, name: "shop" },
      from: { revision: 2, status: "deployed" },
      to: 1,
      objects: [
        { ...held, apiVersion: "apps/v1", kind: "Deployment", plural: "deployments" },
        { ...held, kind: "ConfigMap", plural: "configmaps" },
        { ...held, kind: "Service", plural: "services" },
      ],
      config_maps: [],
    };
    plan = { action: "helm-rollback", ...fields };
    change = { kind: "helm-rollback", ...fields };
  });
  afterEach(() => shop.remove());

  async function kubectl(...args: string[]): Promise<string> {
    return await embedded.kubectl.run(["-n", workload.namespace, ...args]);
  }
  async function revision(image: string): Promise<RevisionRef> {
    const all = await cluster.list<ReplicaSet>(paths.replicaSets(workload.namespace));
    const holder = all.find(({ spec }) => spec?.template?.spec?.containers[0]?.image === image);
    const { name = "", annotations } = holder?.metadata ?? {};
    const number = Number(annotations?.["deployment.kubernetes.io/revision"]);
    return { revision: number, kind: "ReplicaSet", name, template: templateHash(holder?.spec?.template ?? {}) };
  }
  async function image(): Promise<string | undefined> {
    const { spec } = await cluster.get<Deployment>(paths.deployment(workload.namespace, "web"));
    return spec?.template.spec?.containers[0]?.image;
  }
  async function state(): Promise<WorkloadState> {
    const found = await readState(cluster, workload, {}, helmRollback.shows?.(plan));
    if (found === undefined) throw new Error("it has no state");
    return found;
  }
  const helm = async (args: readonly string[]) => {
    await runHelm(await helmOfLayer(), await cluster.access(), args);
  };
  const writer = (run: ((args: readonly string[]) => Promise<void>) | undefined = helm): Writer =>
    writerFor(cluster, workload, plan, false, run);
  /** Helm, to which the API server answers every change of a Deployment with an error. */
  async function failing(args: readonly string[]): Promise<void> {
    const proxy = createServer((request, response) => {
      if (request.method === "PATCH" && request.url?.includes("/deployments/") === true) {
        response.writeHead(422, { "content-type": "application/json" });
        response.end(
          JSON.stringify({
            kind: "Status",
            apiVersion: "v1",
            status: "Failure",
            code: 422,
            reason: "Invalid",
            message: "no",
          }),
        );
        return;
      }
      const { host: _host, ...headers } = request.headers;
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const { method = "GET" } = request;
        const body = method === "GET" ? null : Buffer.concat(chunks);
        void fetch(embedded.url + (request.url ?? ""), {
          method,
          headers: headers as Record<string, string>,
          body,
        }).then(async (answer) => {
          response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "" });
          response.end(await answer.text());
        });
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    try {
      const server = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
      await runHelm(await helmOfLayer(), { ...(await cluster.access()), server }, args);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  }

  it("is done once, also where the answer of the step was lost", async () => {
    expect(await carryOut(writer(), plan, FIRST)).toEqual({ change });
    expect(await carryOut(writer(), plan, AGAIN)).toEqual({ change });

    expect(await shop.history()).toHaveLength(3);
    expect(await image()).toBe("shop/web:1");
    expect(helmRollback.seen(plan, await state())).toEqual(change);
    expect(helmRollback.gaps?.(change, await state(), undefined)).toEqual([]);
  });

  it("that somebody else was first with is theirs", async () => {
    await shop.helm("rollback", "shop", "1");

    expect(await carryOut(writer(), plan, FIRST)).toMatchObject({ refusal: "AlreadyAsRequested" });
    expect(await shop.history()).toHaveLength(3);
  });

  it("is undone once, while the newest revision is its own", async () => {
    await carryOut(writer(), plan, FIRST);
    await back(writer(), change);
    await back(writer(), change);

    expect((await shop.history()).at(-1)).toBe("4 deployed: Rollback to 2");
    expect(await image()).toBe("shop/web:2");
    expect(helmRollback.undo === "cannot be undone" || helmRollback.undo.remains(change, await state())).toEqual([]);
  });

  it("is not undone past what somebody has released since", async () => {
    await carryOut(writer(), plan, FIRST);
    await shop.release({ image: "shop/web:3" });

    await expect(back(writer(), change)).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(await image()).toBe("shop/web:3");
  });

  it.each<[string, () => Promise<unknown>]>([
    ["the release was upgraded", () => shop.release({ image: "shop/web:3" })],
    ["the release is gone", () => kubectl("delete", "secret", "sh.helm.release.v1.shop.v2")],
    ["somebody changed the template past Helm", () => kubectl("set", "image", "deployment/web", "app=shop/web:9")],
    ["an object of the release is gone", () => kubectl("delete", "service", "web")],
  ])("is not begun where %s since", async (_what, meanwhile) => {
    await meanwhile();
    const revisions = await cluster.list(paths.secret(workload.namespace, "x").replace(/\/x$/, ""));

    await expect(carryOut(writer(), plan, FIRST)).rejects.toMatchObject({ name: "ObjectChanged" });
    expect(await cluster.list(paths.secret(workload.namespace, "x").replace(/\/x$/, ""))).toEqual(revisions);
  });

  it("is not begun where an object of the release has opted out since", async () => {
    await kubectl("annotate", "service", "web", "eks-remediation/enabled=false");

    await expect(carryOut(writer(), plan, FIRST)).rejects.toMatchObject({ name: "OptedOut" });
    expect(await shop.history()).toHaveLength(2);
  });

  it("is taken back at once where somebody released in the same moment", async () => {
    const passed = async (args: readonly string[]) => {
      if ((await shop.history()).length === 2) await shop.release({ image: "shop/web:3" });
      await helm(args);
    };

    await expect(carryOut(writer(passed), plan, FIRST)).rejects.toMatchObject({
      name: "ObjectChanged",
      message: expect.stringContaining("released revision 3 in the same moment") as string,
    });
    expect((await shop.history()).slice(2)).toEqual([
      "3 superseded: Upgrade complete",
      "4 superseded: Rollback to 1",
      "5 deployed: Rollback to 3",
    ]);
    expect(await image()).toBe("shop/web:3");
    expect(helmRollback.seen(plan, await state())).toBeUndefined();
  });

  it("that Helm could not finish is told, seen, and undone", async () => {
    await expect(carryOut(writer(failing), plan, FIRST)).rejects.toMatchObject({
      name: "HelmFailed",
      message: expect.stringContaining("Helm did not end well") as string,
    });
    const secret = await cluster.get<ReleaseSecret>(pathOf(releaseSecretRef(plan.release, 3)));

    expect(revisionInfo(secret)).toMatchObject({ status: "failed" });
    expect(helmRollback.seen(plan, await state())).toEqual(change);
    expect(helmRollback.overtaken(change, await state(), undefined)).toBeUndefined();
    expect(helmRollback.gaps?.(change, await state(), undefined)).toContain(
      "revision 3 of Helm release shop is failed",
    );
    await back(writer(), change);
    expect((await shop.history()).at(-1)).toBe("4 deployed: Rollback to 2");
  });

  it("that was ended half-way is not begun again, and is undone", async () => {
    await carryOut(writer(), plan, FIRST);
    // As Helm leaves it that is killed before the end.
    const path = pathOf(releaseSecretRef(plan.release, 3));
    await kubectl("label", "secret", "sh.helm.release.v1.shop.v3", "status=pending-rollback", "--overwrite");

    expect(await carryOut(writer(), plan, AGAIN)).toEqual({ change });
    expect(helmRollback.gaps?.(change, await state(), undefined)).toContain(
      "revision 3 of Helm release shop is pending-rollback",
    );
    await back(writer(), change);
    expect(await image()).toBe("shop/web:2");
    expect(await cluster.get<ReleaseSecret>(path)).toBeDefined();
  });

  it("is not begun without Helm, nor without time for it", async () => {
    await expect(carryOut(writerFor(cluster, workload, plan), plan, FIRST)).rejects.toMatchObject({
      name: "HelmMissing",
    });
    const elsewhere = async (args: readonly string[]) => {
      await runHelm("/opt/none/helm", await cluster.access(), args);
    };
    await expect(carryOut(writer(elsewhere), plan, FIRST)).rejects.toMatchObject({
      name: "HelmMissing",
      message: expect.stringContaining("/opt/none/helm is not there") as string,
    });
    await expect(within(5_000, () => carryOut(writer(), plan, FIRST))).rejects.toMatchObject({
      name: "ClusterUnavailable",
    });
    expect(await shop.history()).toHaveLength(2);
  });

  it("leaves no credentials behind, and tells none", async () => {
    const folder = await mkdtemp(join(tmpdir(), "own-"));
    vi.stubEnv("TMPDIR", folder);
    const told = await helm(["rollback", "none", TOKEN]).catch((error: unknown) => String(error));
    await runHelm(await helmOfLayer(), await cluster.access(), ["list"]);
    vi.unstubAllEnvs();

    expect(told).toContain("HelmFailed");
    expect(told).not.toContain(TOKEN);
    expect((await readdir(folder)).filter((name) => name.startsWith("helm-"))).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
