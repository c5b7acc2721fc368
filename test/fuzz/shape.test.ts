import fc from "../support/properties.ts";
import { describe, expect, it } from "vitest";
import { misfit } from "./shape.ts";
import {
  hostileBudget,
  hostileDaemonSet,
  hostileEvent,
  hostileHpa,
  hostileNode,
  hostilePod,
  hostileQuota,
  hostileStatefulSet,
} from "../support/hostile-objects.ts";
import { crashingPod, deployment, hpa, replicaSet } from "../support/objects.ts";
import { agent, controllerRevision, db } from "../support/set-objects.ts";

const PODS = "/api/v1/namespaces/shop/pods";
const HPAS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers";
const DEPLOYMENTS = "/apis/apps/v1/namespaces/shop/deployments";

describe("an answer of an API server", () => {
  it.each<[string, object, string]>([
    ["a pod", crashingPod({}), `${PODS}/web`],
    ["a Deployment", deployment(), `${DEPLOYMENTS}/web`],
    ["an HPA", hpa(), `${HPAS}/web`],
    ["a list", { kind: "List", items: [deployment(), deployment()], metadata: null }, DEPLOYMENTS],
    ["a ReplicaSet", replicaSet(1), "/apis/apps/v1/namespaces/shop/replicasets/web-1"],
    ["a StatefulSet", db(), "/apis/apps/v1/namespaces/shop/statefulsets/db"],
    ["a DaemonSet", agent(), "/apis/apps/v1/namespaces/shop/daemonsets/agent"],
    ["a ControllerRevision", controllerRevision(1), "/apis/apps/v1/namespaces/shop/controllerrevisions/db-r1"],
    [
      "a scale",
      { kind: "Scale", spec: { replicas: 2 }, status: { replicas: 2, selector: "app=web" } },
      `${DEPLOYMENTS}/web/scale`,
    ],
    ["the answer to a delete", { kind: "Status", status: "Success", details: { uid: "u" } }, `${PODS}/web`],
    ["a Table without objects", { kind: "Table", rows: [{ cells: ["web", "1/1"], object: null }] }, PODS],
    ["a list that was never filled", { status: { conditions: null } }, `${PODS}/web`],
    ["a time that was never set", { metadata: { creationTimestamp: null } }, `${PODS}/web`],
    ["labels that are called like fields", { metadata: { labels: { status: "x", replicas: "many" } } }, `${PODS}/web`],
    ["a Job with a count of ready pods", { status: { ready: 1 } }, "/apis/batch/v1/namespaces/shop/jobs/j"],
  ])("is taken: %s", (_what, answer, path) => {
    expect(misfit(answer, path)).toBeUndefined();
  });

  it("is taken, whatever the API allows in it", () => {
    const kinds = [
      hostilePod,
      hostileEvent,
      hostileNode,
      hostileBudget,
      hostileQuota,
      hostileDaemonSet,
      hostileStatefulSet,
      hostileHpa,
    ];

    fc.assert(
      fc.property(fc.oneof(...kinds), (object) => {
        expect(misfit(object, PODS)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

describe("what stands in the place of an API server is refused, and the field is named", () => {
  it.each<[string, object, string, string]>([
    ["a text for a list", { status: { conditions: "none" } }, PODS, "status.conditions"],
    ["a list with nothing in it", { metadata: { ownerReferences: [null] } }, PODS, "metadata.ownerReferences"],
    ["a text for a number", { items: [{ spec: { template: {}, replicas: "2" } }] }, DEPLOYMENTS, "items.spec.replicas"],
    ["a number that no double holds", { status: { replicas: 2 ** 60 } }, PODS, "status.replicas"],
    ["null for a number", { status: { replicas: null } }, PODS, "status.replicas"],
    ["labels that are no texts", { metadata: { labels: { app: {} } } }, PODS, "metadata.labels"],
    [
      "a condition with an object for its status",
      { status: { conditions: [{ type: "A", status: {} }] } },
      PODS,
      "status.conditions.status",
    ],
    [
      "an owner without a kind",
      { metadata: { ownerReferences: [{ name: "a", uid: "u" }] } },
      PODS,
      "metadata.ownerReferences.kind",
    ],
    ["an HPA that scales nothing", { items: [{ spec: { maxReplicas: 2 } }] }, HPAS, "spec.scaleTargetRef"],
    ["a Deployment without a template", { spec: { replicas: 1 } }, `${DEPLOYMENTS}/web`, "spec.template"],
    ["a column without a name", { kind: "Table", columnDefinitions: [{ name: null }] }, PODS, "columnDefinitions.name"],
    ["a row without cells", { kind: "Table", rows: [{}] }, PODS, "rows.cells"],
  ])("%s", (_what, answer, path, field) => {
    expect(misfit(answer, path)).toBe(field);
  });

  it("a nest without end", () => {
    let nest: object = {};
    for (let depth = 0; depth < 10_000; depth++) nest = { spec: nest };

    expect(misfit(nest, PODS)).toMatch(/too deep$/);
  });
});
