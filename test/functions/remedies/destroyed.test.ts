import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Destroyed } from "../../../functions/remedies/destroyed.ts";
import { keyOf } from "../../../functions/remedies/keep-evidence.ts";
import { remedyFor } from "../../../functions/remedies/remedies.ts";
import { remedyStep, type RemedyEnvironment } from "../../../functions/remedies/step.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { ApiServer, found, page, refusal } from "../../support/api-server.ts";
import { crashingPod, NOW, policy } from "../../support/objects.ts";
import { claimedRun, claimOf, diagnosis, serveClaim } from "../../support/runs.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const SHOP = "/api/v1/namespaces/shop";

let api: ApiServer;
let kept: Destroyed[];
let environment: RemedyEnvironment;
beforeEach(async () => {
  api = await ApiServer.start();
  kept = [];
  api.on("GET", `${SHOP}/pods/a`, found(podWithSecrets()));
  api.on(
    "GET",
    `${SHOP}/events`,
    page([{ metadata: {}, involvedObject: { uid: "a-uid" }, reason: "BackOff", message: "token=s3cr3t" }]),
  );
  api.on("POST", `${SHOP}/pods/a/eviction`, { status: 201, body: {} });
  serveClaim(api, claimOf(run));
  environment = {
    ...unreachableEnvironment(new Error("not used")),
    connect: () => Promise.resolve(api.cluster()),
    now: () => NOW,
    preserve: (destroyed) => Promise.resolve(void kept.push(destroyed)),
  };
});
afterEach(() => api.stop());

function podWithSecrets() {
  const pod = crashingPod({ name: "a" });
  const container = { name: "app", image: "shop/web:1" };
  const env = [
    { name: "GREETING", value: "a word that nobody would take for a password" },
    { name: "DB_PASSWORD", valueFrom: { secretKeyRef: { name: "db", key: "password" } } },
  ];
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{the manifest}", team: "shop" },
    },
    spec: { ...pod.spec, containers: [{ ...container, env, args: ["--password", "hunter2"] }] },
  };
}

const run = claimedRun({
  diagnosis: diagnosis({
    remedy: { action: "restart", mode: "evict", pods: [{ name: "a", uid: "a-uid" }] },
    workload_uid: "web-uid",
  }),
});
const restart = (given = environment, dry = false) =>
  remedyStep(remedyFor("restart"))(given)({ run: { ...run, dry_run: dry } });
const evictions = () => api.writes.filter(({ path }) => path.endsWith("/eviction"));

describe("what goes with a pod", () => {
  it("is kept before the pod is removed, with its Events, and found by execution and pod", async () => {
    const order: string[] = [];
    await restart({
      ...environment,
      preserve: (destroyed) => {
        kept.push(destroyed);
        order.push(`kept before ${evictions().length} evictions`);
        return Promise.resolve();
      },
    });

    expect(order).toEqual(["kept before 0 evictions"]);
    expect(evictions()).toHaveLength(1);
    expect(kept).toMatchObject([
      {
        ...{ version: 1, cluster_name: "prod", execution: "run-1", at: NOW.toISOString(), not_read: [] },
        pod: { metadata: { name: "a", uid: "a-uid", annotations: { team: "[hidden]" } } },
        events: [{ reason: "BackOff" }],
      },
    ]);
    expect(kept.map(keyOf)).toEqual(["prod/shop/web/run-1/a.a-uid.json"]);
  });

  it("has its Events asked for by the pod, whatever else its namespace warns of", async () => {
    await restart();

    expect(api.requests.find(({ path }) => path === `${SHOP}/events`)?.query).toMatchObject({
      fieldSelector: "involvedObject.uid=a-uid,type=Warning",
    });
  });

  it("holds no value of its environment, and nothing that looks like a credential", async () => {
    await restart();

    const text = JSON.stringify(kept);
    expect(text).not.toMatch(/nobody would take|hunter2|s3cr3t|the manifest/);
    expect(text).toContain("GREETING");
    expect(text).toContain("secretKeyRef");
  });

  it("that cannot be kept leaves the pod where it is, and the claim without a remedy", async () => {
    const preserve = () => Promise.reject(new RemediationError("EvidenceNotKept", "The bucket is gone."));

    await expect(restart({ ...environment, preserve })).rejects.toMatchObject({ name: "EvidenceNotKept" });
    expect(api.writes).toEqual([]);
  });

  it("is kept in part where its Events may not be read, and says so", async () => {
    api.on("GET", `${SHOP}/events`, refusal(403, "events is forbidden"));

    expect(await restart()).toMatchObject({ status: "applied" });
    expect(kept).toMatchObject([{ events: [], not_read: ["events: Forbidden"] }]);
  });

  it("is kept in part where its logs may not be read, and says so", async () => {
    api.on("GET", `${SHOP}/pods/a/log`, refusal(403, "pods/log is forbidden"));

    await restart({ ...environment, policy: () => policy({ evidence: { log_lines: 3 } }) });
    expect(kept).toMatchObject([{ logs: [], not_read: ["log of container app: Forbidden"] }]);
  });

  it("leaves a pod alone that has become ready while it was kept", async () => {
    const well = podWithSecrets();
    const preserve = () => {
      const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }], containerStatuses: [] };
      api.on("GET", `${SHOP}/pods/a`, found({ ...well, status }));
      return Promise.resolve();
    };
    await restart({ ...environment, preserve }).catch(() => undefined);

    expect(api.requests.filter(({ path }) => path.endsWith("/eviction"))).toEqual([]);
  });

  it("is not kept in a dry run, which removes nothing", async () => {
    await restart(environment, true);

    expect(kept).toEqual([]);
  });

  it("asks nothing more of the cluster where nothing is kept", async () => {
    const without = { ...environment };
    delete without.preserve;
    await restart(without);

    expect(api.requests.filter(({ method, path }) => method === "GET" && path === `${SHOP}/events`)).toEqual([]);
  });
});
