import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import { NOTHING_RESTS } from "../../../functions/run/detection.ts";
import { newLease, released } from "../../../functions/run/lease.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, refusal, type Answer } from "../../support/api-server.ts";
import {
  ago,
  crashingPod,
  deployment,
  NOW,
  ofRevision,
  policy,
  replicaSet,
  template,
  WEB,
} from "../../support/objects.ts";
import { FORBIDDEN, asked, scanned } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases";
const NAMESPACE = "/api/v1/namespaces/eks-remediation";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  const crashing = ofRevision(1, crashingPod({ ranFor: 1_000 }));
  serve(api, { deployments: [deployment()], replicaSets: [replicaSet(1)], pods: [crashing] });
});
afterEach(() => api.stop());

const list = (...items: Lease[]): Answer => found({ kind: "LeaseList", apiVersion: "coordination.k8s.io/v1", items });
const held = (seconds: number) => newLease(WEB, "another-run", seconds, new Date(ago(60)));

/** What the claim remembers, held by nobody. */
function remembering(...entries: Partial<HistoryEntry>[]): Lease {
  const base = { at: ago(60), execution: "run", cause: "CrashLoop", template: templateHash(template("shop/web:1")) };
  return entries.reduceRight<Lease>(
    (lease, entry) =>
      released(lease, { ...base, action: "restart", outcome: "Recovered", applied: true, ...entry }, NOW),
    held(0),
  );
}

const skipped = { action: "none", outcome: "Skipped", reason: "NoSafeRemedy", applied: undefined } as const;
const inVain = { outcome: "RolledBack" } as const;

describe("a scan in which something fails", () => {
  it.each<[string, Lease, object]>([
    ["is claimed", held(3_600), { count: 1, claimed: 1 }],
    ["cools down after a remedy", remembering({}), { count: 1, cooling_down: 1 }],
    ["is left to a person, as nothing can be done", remembering(skipped), { count: 1, left_to_person: 1 }],
    ["is left to a person, as so much was in vain", remembering(inVain, inVain, inVain), { left_to_person: 1 }],
  ])("leaves out what %s, and counts it", async (_why, lease, resting) => {
    api.on("GET", LEASES, list(lease));
    const detection = await scanned(api);

    expect(detection).toMatchObject({ status: "resting", incidents: [], omitted: 0, failing_pods: 1, unseen: [] });
    expect(detection.resting).toEqual({
      ...NOTHING_RESTS,
      workloads: [{ ...WEB, why: expect.any(String) as unknown }],
      count: 1,
      ...resting,
    });
  });

  it("answers whoever asks for the findings with all of it, and says what rests", async () => {
    api.on("GET", LEASES, list(held(3_600)));

    expect(await scanned(api, { findingsOnly: true })).toMatchObject({
      ...{ status: "failing", incidents: [{ workload: WEB }], resting: { count: 1, claimed: 1 } },
    });
  });

  it.each<[string, Lease]>([
    ["claim has ended", held(30)],
    ["pause is over", remembering({ at: ago(301) })],
    ["template is another one since", remembering({ template: "other" })],
    [
      "people were told a day ago that it is left to them",
      remembering({ ...skipped, at: ago(86_401) }, inVain, inVain, inVain),
    ],
    [
      "history somebody broke",
      { ...held(0), metadata: { ...held(0).metadata, annotations: { "eks-remediation/history": "{" } } },
    ],
  ])("leaves nothing out whose %s", async (_why, lease) => {
    api.on("GET", LEASES, list(lease));

    expect(await scanned(api)).toMatchObject({
      status: "failing",
      incidents: [{ workload: WEB }],
      resting: NOTHING_RESTS,
    });
  });

  it("goes on without where the claims may not be read, and names that", async () => {
    api.on("GET", LEASES, FORBIDDEN);
    api.on("GET", NAMESPACE, found({ kind: "Namespace", metadata: { name: "eks-remediation" } }));

    expect(await scanned(api)).toMatchObject({
      ...{ status: "failing", incidents: [{ workload: WEB }], resting: NOTHING_RESTS },
      unseen: [{ what: "leases in namespace eks-remediation", error: "Forbidden" }],
    });
  });

  it("knows that there are no claims where their namespace does not exist", async () => {
    api.on("GET", LEASES, FORBIDDEN);
    api.on("GET", NAMESPACE, refusal(404, "namespaces not found"));

    expect(await scanned(api)).toMatchObject({ status: "failing", incidents: [{ workload: WEB }], unseen: [] });
  });

  it("takes a workload that cannot be read for as it was", async () => {
    api.on("GET", LEASES, list(remembering({})));
    api.on("GET", "/apis/apps/v1/namespaces/shop/deployments/web", FORBIDDEN);

    expect((await scanned(api)).resting).toMatchObject({ cooling_down: 1 });
  });

  it("asks for the claims where nothing fails, too, for the end of a storm, and does not mind where it may not see them", async () => {
    serve(api, { deployments: [deployment()] });
    api.on("GET", LEASES, FORBIDDEN);

    expect(await scanned(api, { policy: policy({ namespaces: { deny: ["shop"] } }) })).toMatchObject({ unseen: [] });
    expect(asked(api).filter((request) => request.includes("/leases"))).toEqual([LEASES]);
  });
});
