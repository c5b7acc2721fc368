import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Hpa } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found } from "../../support/api-server.ts";
import { ago, crashingPod, ofRevision, replicaSet } from "../../support/objects.ts";
import { scanned } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";
import { deploymentWith, hpaConditionOf, hpaWith } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

const ABSENT = "the server could not find the requested resource (get pods.metrics.k8s.io)";
const DOWN = "the server is currently unable to handle the request (get pods.metrics.k8s.io)";
const NONE = "no metrics returned from resource metrics API";

/** The message of an HPA's condition, as its controller writes it. */
const words = (why: string) =>
  `the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: ${why === NONE ? NONE : `unable to fetch metrics from resource metrics API: ${why}`}`;

/** An HPA of a Deployment, without metrics for that reason. */
function without(namespace: string, name: string, why: string): Hpa {
  const condition = { ...hpaConditionOf("ScalingActive", "False", "FailedGetResourceMetric"), message: words(why) };
  const { spec, ...rest } = hpaWith([{ ...condition, lastTransitionTime: ago(900) }]);
  const scaleTargetRef = { ...spec.scaleTargetRef, name };
  return { ...rest, metadata: { namespace, name }, spec: { ...spec, scaleTargetRef } };
}

const NAMESPACES = Array.from({ length: 20 }, (_, index) => `team-${index}`);

/** A cluster of Deployments that are well, each with an HPA that has no metrics for that reason. */
function cluster(namespaces: readonly string[], why: string) {
  serve(api, {
    namespaces: [...namespaces],
    deployments: namespaces.map((namespace) => deploymentWith({ namespace, name: "web" })),
    hpas: namespaces.map((namespace) => without(namespace, "web", why)),
  });
}

describe("HPAs that cannot read the usage of their pods", () => {
  it.each([ABSENT, DOWN])("are one thing, told of what serves it: %s", async (why) => {
    cluster(NAMESPACES, why);
    const { status, storm, incidents } = await scanned(api);
    const [first, ...others] = incidents;

    expect({ status, storm }).toEqual({ status: "failing", storm: undefined });
    expect(first).toMatchObject({
      workload: { kind: "APIService", name: "v1beta1.metrics.k8s.io" },
      failures: [
        { reason: "ApiNotServed", message: `The HPAs of 20 workloads cannot read how much their pods use: ${why}.` },
      ],
      dependants: { count: 20 },
    });
    expect(others).toHaveLength(20);
    for (const { waits_for } of others) expect(waits_for).toMatchObject({ workload: first?.workload });
  });

  it("are each its own matter where one alone says so, or where their pods alone have no metrics", async () => {
    cluster(["shop"], ABSENT);
    expect((await scanned(api)).incidents).toMatchObject([{ workload: { kind: "Deployment", namespace: "shop" } }]);

    cluster(NAMESPACES, NONE);
    const { incidents } = await scanned(api);
    expect(incidents).toHaveLength(20);
    expect(incidents.filter(({ waits_for }) => waits_for !== undefined)).toEqual([]);
  });

  it("hide nothing else that fails of their workloads", async () => {
    serve(api, {
      namespaces: ["shop", "blog", "mail"],
      deployments: [
        deploymentWith({ name: "web" }),
        deploymentWith({ namespace: "blog", name: "web" }),
        deploymentWith({ namespace: "mail", name: "web" }),
      ],
      replicaSets: [replicaSet(1)],
      pods: [ofRevision(1, crashingPod({ ranFor: 1_000 }))],
      hpas: ["shop", "blog", "mail"].map((namespace) => without(namespace, "web", ABSENT)),
    });
    const { incidents } = await scanned(api);
    const web = incidents.find(({ workload: { kind, namespace } }) => kind === "Deployment" && namespace === "shop");

    expect(web).toBeDefined();
    expect(web?.waits_for).toBeUndefined();
    expect(incidents[0]?.dependants?.count).toBe(2);
  });

  it("rest with what they lack once people were told of it", async () => {
    cluster(NAMESPACES, ABSENT);
    const told = await scanned(api);
    const marks = told.incidents[0]?.dependants?.marks;
    const entry = { at: ago(60), execution: "r", cause: "MetricsNotServed", action: "none", outcome: "Skipped", marks };
    const lease = {
      metadata: {
        name: "apiservice.v1beta1.metrics.k8s.io",
        annotations: {
          "eks-remediation/workload": "APIService v1beta1.metrics.k8s.io",
          "eks-remediation/history": JSON.stringify([entry]),
        },
      },
      spec: {},
    };
    api.on(
      "GET",
      "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases",
      found({ kind: "LeaseList", apiVersion: "coordination.k8s.io/v1", items: [lease] }),
    );

    expect(await scanned(api)).toMatchObject({
      status: "resting",
      resting: { count: 21, left_to_person: 1, waiting: 20 },
    });
  });
});
