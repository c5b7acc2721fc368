import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { gatherEvidence } from "../../../functions/facts/evidence.ts";
import type { Diagnosis, Incident } from "../../../functions/run/contracts.ts";
import type { Hpa, Pod } from "../../../functions/shared/kubernetes/types.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import { ApiServer, page } from "../../support/api-server.ts";
import { ago, crashingPod, hpa, incident, NOW, pod, policy } from "../../support/objects.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

async function diagnose(workload: WorkloadRef, objects: Objects, about: Partial<Incident> = {}): Promise<Diagnosis> {
  serve(api, objects);
  for (const path of ["events", "limitranges", "resourcequotas"])
    api.on("GET", `/api/v1/namespaces/shop/${path}`, page([]));
  const past = { tried: [], history: [] };
  return classify(await gatherEvidence(api.cluster(), incident({ workload, ...about }), past, { now: NOW }), policy());
}

const KINDS: [kind: string, apiVersion: string][] = [
  ["Deployment", "apps/v1"],
  ["StatefulSet", "apps/v1"],
  ["DaemonSet", "apps/v1"],
  ["ReplicaSet", "apps/v1"],
  ["Job", "batch/v1"],
];

/** The pod, as one of a controller that nobody finds any more. */
function leftBy(kind: string, apiVersion: string, left: Pod, metadata: Pod["metadata"] = {}): Pod {
  const owner = { apiVersion, kind, name: "web", uid: "gone", controller: true };
  return { ...left, metadata: { ...left.metadata, name: "web-0", ownerReferences: [owner], ...metadata } };
}

const held = { deletionTimestamp: ago(3_600), finalizers: ["shop.example.com/drain"] };

describe("what is left of a workload that is gone", () => {
  it.each(KINDS)("is told where it is a pod that should be gone as well: of a %s", async (kind, apiVersion) => {
    const pods = [leftBy(kind, apiVersion, pod(), held)];
    const found = await diagnose({ kind, namespace: "shop", name: "web" }, { pods }, { sample_pods: ["web-0"] });

    expect(found).toMatchObject({
      cause: "StuckTerminating",
      gone: true,
      remedy: { action: "none", refusal: "NoSafeRemedy" },
    });
    expect(found.evidence).toContain(`${kind} shop/web does not exist`);
  });

  it("is never replaced, as nothing would make it anew", async () => {
    const pods = [leftBy("StatefulSet", "apps/v1", crashingPod({ ranFor: 4_000 }))];
    const { remedy } = await diagnose({ kind: "StatefulSet", namespace: "shop", name: "web" }, { pods });

    expect(remedy).toEqual({
      action: "none",
      refusal: "BeingDeleted",
      message: "Not touched: StatefulSet shop/web does not exist any more.",
    });
  });

  it("is told where it is an HPA that finds nothing to scale", async () => {
    const { cause, summary, remedy } = await diagnose(
      { kind: "Deployment", namespace: "shop", name: "web" },
      { hpas: [withoutScale()] },
    );

    expect({ cause, summary }).toEqual({
      cause: "HpaCannotScale",
      summary: "HPA web: it is to scale Deployment shop/web, which does not exist.",
    });
    expect(remedy).toMatchObject({ message: expect.stringContaining("kubectl -n shop delete hpa web") as string });
  });

  it("is nothing where an HPA has yet to notice, or somebody has asked for the workload", async () => {
    const web = { kind: "Deployment", namespace: "shop", name: "web" };
    const gone = { name: "WorkloadNotFound" };

    await expect(diagnose(web, { hpas: [hpa()] })).rejects.toMatchObject(gone);
    const requested = { action: "rollback" } as const;
    await expect(diagnose(web, { hpas: [withoutScale()] }, { requested })).rejects.toMatchObject(gone);
  });
});

/** An HPA whose target is not there. */
function withoutScale(): Hpa {
  const settled = hpa();
  const able = { type: "AbleToScale", status: "False", reason: "FailedGetScale", lastTransitionTime: ago(900) };
  return { ...settled, status: { desiredReplicas: 0, ...settled.status, conditions: [able] } };
}
