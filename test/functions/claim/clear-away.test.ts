import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acquire } from "../../../functions/claim/claim.ts";
import { clearAway } from "../../../functions/claim/clear-away.ts";
import { newLease, released, takenOver } from "../../../functions/run/lease.ts";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, page, refusal } from "../../support/api-server.ts";
import { interruptedCluster } from "../../support/interrupted-cluster.ts";
import { ago, NOW, policy, template, WEB } from "../../support/objects.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases";
const DEPLOYMENT = "/apis/apps/v1/namespaces/shop/deployments/web";
const DAY = 86_400;

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

function entry(outcome: string, overrides: Partial<HistoryEntry> = {}): HistoryEntry {
  return { at: ago(2 * DAY), execution: "run-1", cause: "CrashLoop", action: "restart", outcome, ...overrides };
}

/** The claim on a workload as the API server has it, last released so many seconds ago. */
function lease(secondsAgo: number, history: HistoryEntry[] = [entry("Recovered")], workload: WorkloadRef = WEB): Lease {
  const at = new Date(NOW.getTime() - secondsAgo * 1_000);
  const free = history.reduceRight((held, each) => released(held, each, at), newLease(workload, "run-1", 60, at));
  return stored(history.length === 0 ? released(free, undefined, at) : free);
}

function stored(lease: Lease): Lease {
  return { ...lease, metadata: { ...lease.metadata, uid: "lease-uid", resourceVersion: "7" } };
}

async function removedOf(...leases: Lease[]): Promise<string[]> {
  api.on("GET", LEASES, page(leases));
  for (const { metadata } of leases) api.on("DELETE", `${LEASES}/${metadata?.name ?? ""}`, found({}));
  await clearAway(api.cluster(), policy(), NOW);
  return api.writes.map(({ method, path }) => `${method} ${path.split("/").at(-1) ?? ""}`);
}

const API: WorkloadRef = { ...WEB, name: "api" };
const many = (number: number) =>
  Array.from({ length: number }, (_, index) => lease(2 * DAY, [], { ...WEB, name: `web-${index}` }));
const tooOften = (hash: string) => [1, 2, 3].map(() => entry("Unresolved", { template: hash }));

describe("clearing claims away", () => {
  it("asks the API server for those alone that were used neither today nor yesterday", async () => {
    await removedOf();

    expect(api.requests[0]?.query["labelSelector"]).toBe(
      "app.kubernetes.io/managed-by=eks-remediation,eks-remediation/used notin (2026-06-01, 2026-05-31)",
    );
  });

  it("keeps one for a month that people wait to hear the end of", async () => {
    const called = [entry("Skipped", { action: "none", reason: "NoSafeRemedy", calls: true })];
    const closed = [entry("Skipped", { action: "none", reason: "NotFailingAnymore" }), ...called];

    expect(await removedOf(lease(30 * DAY - 1, called))).toEqual([]);
    expect(await removedOf(lease(30 * DAY + 1, called))).toEqual(["DELETE deployment.shop.web"]);
    api.requests.length = 0;
    expect(await removedOf(lease(2 * DAY, closed))).toEqual(["DELETE deployment.shop.web"]);
  });

  it("keeps one for a month that knows of a rollback, since that template may be put back", async () => {
    const rolledBack = [entry("Recovered", { action: "rollback", template: "t1", applied: true })];

    expect(await removedOf(lease(30 * DAY - 1, rolledBack))).toEqual([]);
    expect(await removedOf(lease(30 * DAY + 1, rolledBack))).toEqual(["DELETE deployment.shop.web"]);
  });

  it("keeps one for a month that knows of a scaling, since that may be taken back", async () => {
    const scale = { target: "replicas", from: 1, to: 2 } as const;
    const scaled = [entry("Recovered", { action: "scale", template: "t1", applied: true, scale })];

    expect(await removedOf(lease(30 * DAY - 1, scaled))).toEqual([]);
    expect(await removedOf(lease(30 * DAY + 1, scaled))).toEqual(["DELETE deployment.shop.web"]);
  });

  it("keeps one for a month that knows what people have declined, since that is not to be proposed again", async () => {
    const declined = [
      entry("Skipped", { action: "none", reason: "Declined", template: "t1", plan: "0123456789abcdef" }),
    ];

    expect(await removedOf(lease(30 * DAY - 1, declined))).toEqual([]);
    expect(await removedOf(lease(30 * DAY + 1, declined))).toEqual(["DELETE deployment.shop.web"]);
  });

  it("removes one that nobody used for longer than a day, if it is still as it was read", async () => {
    expect(await removedOf(lease(DAY + 1))).toEqual(["DELETE deployment.shop.web"]);
    expect(api.writes[0]?.body).toMatchObject({ preconditions: { uid: "lease-uid", resourceVersion: "7" } });
    expect(api.requests.map(({ path }) => path)).not.toContain(DEPLOYMENT);
  });

  it.each([
    ["that was used within the day", lease(DAY)],
    ["that somebody holds", stored(takenOver(lease(5 * DAY), "run-2", 3 * DAY, new Date(ago(2 * DAY))))],
  ])("keeps one %s", async (_which, kept) => {
    expect(await removedOf(kept)).toEqual([]);
  });

  it("removes one whose holder died, and one without a history", async () => {
    expect(await removedOf(stored(newLease(WEB, "run-1", 60, new Date(NOW.getTime() - 2 * DAY * 1_000))))).toHaveLength(
      1,
    );
  });

  it("keeps one that leaves its workload to a person, for as long as the workload has that template", async () => {
    const web = template("shop/web:1");
    api.on("GET", DEPLOYMENT, found({ spec: { template: web } }));

    expect(await removedOf(lease(9 * DAY, tooOften(templateHash(web))))).toEqual([]);
  });

  it("removes such a one when the workload has another template, or is gone", async () => {
    api.on("GET", DEPLOYMENT, found({ spec: { template: template("shop/web:2") } }), refusal(404, "not found"));
    const old = lease(9 * DAY, tooOften("another"));

    expect(await removedOf(old)).toHaveLength(1);
    expect(await removedOf(old)).toHaveLength(2);
  });

  it("keeps one whose workload has a template again with which no remedy helped", async () => {
    const web = template("shop/web:1");
    api.on("GET", DEPLOYMENT, found({ spec: { template: web } }));
    const since = [entry("Recovered", { template: "another" }), ...tooOften(templateHash(web))];

    expect(await removedOf(lease(9 * DAY, since))).toEqual([]);
  });

  it("keeps one by which its workload still rests, since a clock that was ahead has written it", async () => {
    const web = template("shop/web:1");
    api.on("GET", DEPLOYMENT, found({ spec: { template: web } }));

    expect(
      await removedOf(lease(2 * DAY, [entry("Recovered", { at: ago(-60), template: templateHash(web) })])),
    ).toEqual([]);
  });

  it("keeps one whose workload may not be read, and removes others", async () => {
    api.on("GET", DEPLOYMENT, refusal(403, "forbidden"));

    expect(await removedOf(lease(9 * DAY, tooOften("one")), lease(2 * DAY, [], API))).toEqual([
      "DELETE deployment.shop.api",
    ]);
  });

  it("keeps one of which a person has broken the name of its workload, and removes others", async () => {
    const { metadata, ...rest } = lease(9 * DAY, tooOften("one"));
    const annotations = { ...metadata?.annotations, "eks-remediation/workload": "?" };

    expect(await removedOf({ ...rest, metadata: { ...metadata, annotations } }, lease(2 * DAY, [], API))).toEqual([
      "DELETE deployment.shop.api",
    ]);
  });

  it("removes a hundred at a time", async () => {
    expect(await removedOf(...many(130))).toHaveLength(100);
  });

  it("goes on where some were taken or removed meanwhile", async () => {
    api.before(({ method, path }) =>
      method !== "DELETE"
        ? undefined
        : path.endsWith("/deployment.shop.web-0")
          ? refusal(409, "")
          : path.endsWith("/deployment.shop.web-1")
            ? refusal(404, "")
            : undefined,
    );

    expect(await removedOf(...many(100))).toHaveLength(100);
  });

  it("asks for no more of them where it may not remove them", async () => {
    api.before(({ method }) => (method === "DELETE" ? refusal(403, "forbidden") : undefined));

    expect((await removedOf(...many(100))).length).toBeLessThan(50);
  });

  it.each([
    ["lists them", 1, lease(2 * DAY)],
    ["removes one", 2, lease(2 * DAY)],
    ["reads a workload", 2, lease(9 * DAY, tooOften("one"))],
  ])("does not keep a fault of the program's own to itself that shows when it %s", async (_when, request, unused) => {
    api.on("GET", LEASES, page([unused]));
    const cluster = interruptedCluster(api.url, (next) =>
      next === request ? Promise.reject(new TypeError("A fault.")) : Promise.resolve(),
    );

    await expect(clearAway(cluster, policy(), NOW)).rejects.toThrow(new TypeError("A fault."));
  });

  it.each([
    ["may not be listed", () => api.on("GET", LEASES, refusal(403, "forbidden"))],
    [
      "was taken meanwhile",
      () =>
        api.on("GET", LEASES, page([lease(2 * DAY)])).on("DELETE", `${LEASES}/deployment.shop.web`, refusal(409, "")),
    ],
  ])("does not fail when one %s", async (_why, arrange) => {
    arrange();

    await expect(clearAway(api.cluster(), policy(), NOW)).resolves.toBeUndefined();
  });
});

describe("taking a claim", () => {
  const request = { workload: WEB, holder: "run-2", dryRun: false, policy: policy(), now: NOW };

  it("clears away where it adds a claim, and only there", async () => {
    api.on("POST", LEASES, { status: 201, body: {} });
    await acquire(api.cluster(), request);
    expect(api.requests.filter(({ method, path }) => method === "GET" && path === LEASES)).toHaveLength(1);

    api.on("GET", `${LEASES}/deployment.shop.web`, found(lease(2 * DAY)));
    api.on("PUT", `${LEASES}/deployment.shop.web`, found({}));
    await acquire(api.cluster(), request);
    expect(api.requests.filter(({ method, path }) => method === "GET" && path === LEASES)).toHaveLength(1);
  });

  it("begins anew when the claim is removed right before it is taken over", async () => {
    api.on("GET", `${LEASES}/deployment.shop.web`, found(lease(2 * DAY)), refusal(404, "not found"));
    api.on("PUT", `${LEASES}/deployment.shop.web`, refusal(404, "not found"));
    api.on("POST", LEASES, { status: 201, body: {} });

    expect(await acquire(api.cluster(), request)).toMatchObject({ status: "claimed" });
    expect(api.writes.map(({ method }) => method)).toEqual(["PUT", "POST"]);
  });
});
