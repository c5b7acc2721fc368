import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import { withTools } from "../../../../functions/kinds/switched.ts";
import type { FluxObject, FluxSource } from "../../../../functions/facts/flux.ts";
import { fluxLines } from "../../../../functions/remedies/flux-rollback/lines.ts";
import type { Remedy } from "../../../../functions/run/contracts.ts";
import type { ObjectMeta } from "../../../../functions/shared/kubernetes/types.ts";
import type { ReadObject } from "../../../../functions/shared/object-ref.ts";
import { fieldsBy } from "../../../support/field-writers.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  ofRevision,
  policy,
  replicaSet,
  template,
} from "../../../support/objects.ts";
import { HELM_LABELS, helmRelease, kustomization, LABELS, read, readRelease, REVISION } from "./objects.ts";

const HOLDERS = [
  replicaSet(2, { replicas: 1, created: ago(60) }),
  replicaSet(1, { available: 2, created: ago(90_000) }),
];

interface World {
  metadata?: ObjectMeta;
  others?: ReadObject[];
  rules?: object;
}

/** What is done about a bad rollout of `shop/web`, which Flux keeps. */
function remedyOf({ metadata = LABELS, others = read(), rules = {} }: World): Remedy {
  const said = policy({ owners: { flux: true }, ...rules });
  const progressing = { status: "False", reason: "ProgressDeadlineExceeded" };
  const workload = deployment({ template: template("shop/web:2"), metadata, progressing });
  const pods = [ofRevision(2, crashingPod({ startedAgo: 60 }))];
  return withTools(
    () => said.owners,
    () => classify(evidence({ workload, holders: HOLDERS, pods, others }), said).remedy,
  );
}

/** The same, with the Kustomization otherwise. */
const withObject = (object: FluxObject, rules: object = {}) =>
  remedyOf({ others: read({ object: kustomization(object) }), rules });
const RECONCILING = { type: "Reconciling", status: "True", reason: "Progressing", message: "Building manifests" };
const ready = (status: string, more: object = {}) => [{ type: "Ready", status, observedGeneration: 3, ...more }];

describe("a bad rollout that Flux keeps", () => {
  it("is rolled back once its Kustomization is suspended", () => {
    expect(remedyOf({})).toMatchObject({
      action: "flux-rollback",
      before: { revision: 2 },
      after: { revision: 1 },
      reconciler: { kind: "Kustomization", namespace: "flux-system", name: "shop", revision: REVISION, objects: 1 },
    });
  });

  it("is rolled back once its HelmRelease is suspended", () => {
    expect(remedyOf({ metadata: HELM_LABELS, others: readRelease() })).toMatchObject({
      action: "flux-rollback",
      reconciler: { kind: "HelmRelease", namespace: "shop", name: "web", revision: "2.0.0" },
    });
  });

  it("is left to Flux while the policy does not switch that on", () => {
    expect(remedyOf({ rules: { owners: { flux: false } } })).toMatchObject({
      action: "none",
      refusal: "ManagedByAnotherTool",
      message: expect.stringContaining("flux reconcile kustomization shop -n flux-system --with-source") as string,
    });
  });

  it("is done no more boldly than a rollback", () => {
    expect(remedyOf({ rules: { actions: { rollback: "observe" } } })).toMatchObject({
      action: "none",
      refusal: "DiagnoseOnly",
    });
  });

  it("whose Kustomization puts the same in place again is rolled back", () => {
    const conditions = [...ready("Unknown"), { ...RECONCILING, lastTransitionTime: ago(5) }];

    expect(withObject({ status: { conditions } })).toMatchObject({ action: "flux-rollback" });
  });

  it("suspends nothing where Flux leaves it alone", () => {
    const marked = (mark: Record<string, string>) => remedyOf({ metadata: { ...LABELS, annotations: mark } });

    expect(marked({ "kustomize.toolkit.fluxcd.io/ssa": "Ignore" })).toMatchObject({
      refusal: "ManagedByAnotherTool",
      message: expect.stringContaining("applies nothing to it") as string,
    });
    expect(marked({ "kustomize.toolkit.fluxcd.io/reconcile": "enabled" })).toMatchObject({ action: "flux-rollback" });
    expect(marked({ "kustomize.toolkit.fluxcd.io/ssa": "Merge" })).toMatchObject({ action: "flux-rollback" });
  });

  it("whose Kustomization waits for its health is rolled back", () => {
    const running = { type: "Reconciling", status: "True", reason: "Progressing" };
    const message = "Running health checks for revision main@sha1:2222222 with a timeout of 4m30s";
    const conditions = [...ready("Unknown"), { ...running, message }];

    expect(withObject({ status: { conditions } })).toMatchObject({ action: "flux-rollback" });
    expect(
      withObject({ status: { conditions: [...ready("False"), { ...running, reason: "ProgressingWithRetry" }] } }),
    ).toMatchObject({ action: "flux-rollback" });
  });
});

const SUSPENDED = {
  metadata: { annotations: { "eks-remediation/suspended": "Deployment shop/api: ...; generation 3" } },
};
const APPLIED_BY_PARENT = (suspend: boolean): ObjectMeta => ({
  labels: { "kustomize.toolkit.fluxcd.io/name": "cluster", "kustomize.toolkit.fluxcd.io/namespace": "flux-system" },
  ...fieldsBy("kustomize-controller", { "f:spec": { "f:path": {}, ...(suspend ? { "f:suspend": {} } : {}) } }),
});

const LEFT: [string, string, () => Remedy, string?][] = [
  [
    "whose labels name no namespace",
    "do not say by which",
    () => remedyOf({ metadata: { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } } }),
  ],
  [
    "whose labels name two reconcilers",
    "or name several",
    () => remedyOf({ metadata: { labels: { ...LABELS.labels, ...HELM_LABELS.labels } } }),
  ],
  [
    "whose labels hold what no object can be called",
    "do not say by which",
    () => remedyOf({ metadata: { labels: { ...LABELS.labels, "kustomize.toolkit.fluxcd.io/name": ".." } } }),
  ],
  ["of which nothing was read", "could not be read", () => remedyOf({ others: [] })],
  [
    "that the Kustomization does not list",
    "does not list it among its objects",
    () => withObject({ status: { inventory: { entries: [{ id: "shop_web_apps_StatefulSet" }] } } }),
  ],
  [
    "of whose name another namespace has one",
    "does not list it among its objects",
    () => withObject({ status: { inventory: { entries: [{ id: "other_web_apps_Deployment" }] } } }),
  ],
  [
    "of a Kustomization without an inventory",
    "does not list what it keeps",
    () => withObject({ status: { inventory: {} } }),
  ],
  [
    "of a Kustomization for another cluster",
    "keeps objects of another cluster",
    () => withObject({ spec: { kubeConfig: {} } }),
  ],
  [
    "of a HelmRelease in another namespace that lists nothing",
    "does not list what it keeps",
    () => {
      const labels = { ...HELM_LABELS.labels, "helm.toolkit.fluxcd.io/namespace": "flux-system" };
      const [release, chart] = readRelease();
      const elsewhere = release && { ...release, ref: { ...release.ref, namespace: "flux-system" } };
      return remedyOf({
        metadata: { labels },
        others: [...read(), ...(elsewhere && chart ? [elsewhere, chart] : [])],
      });
    },
  ],
  [
    "whose Kustomization somebody has suspended",
    "is suspended already: somebody is at work on it",
    () => withObject({ spec: { suspend: true } }),
  ],
  [
    "whose Kustomization an earlier remedy has suspended",
    "an earlier remedy suspended it (Deployment shop/api",
    () => withObject({ ...SUSPENDED, spec: { suspend: true } }),
  ],
  [
    "whose Kustomization was resumed and suspended again since a remedy",
    "somebody is at work on it",
    () => withObject({ metadata: { ...SUSPENDED.metadata, generation: 5 }, spec: { suspend: true } }),
  ],
  [
    "whose Kustomization is being deleted",
    "is being deleted",
    () => withObject({ metadata: { deletionTimestamp: ago(5) } }),
    "BeingDeleted",
  ],
  [
    "whose Kustomization holds objects of other namespaces",
    "also keeps 2 objects outside of namespace shop",
    () =>
      withObject({
        status: {
          inventory: {
            entries: [
              { id: "shop_web_apps_Deployment" },
              { id: "_shop__Namespace" },
              { id: "_shop_rbac.authorization.k8s.io_ClusterRole" },
              { id: "other_web_apps_Deployment" },
            ],
          },
        },
      }),
  ],
  [
    "whose Kustomization lists what cannot be read",
    "also keeps 1 object outside",
    () => withObject({ status: { inventory: { entries: [{ id: "shop_web_apps_Deployment" }, { id: "odd" }] } } }),
  ],
  [
    "whose HelmRelease is reconciling",
    "is reconciling: that is waited for",
    () => {
      const conditions = [{ ...RECONCILING, message: "Running 'upgrade' action", lastTransitionTime: ago(5) }];
      return remedyOf({ metadata: HELM_LABELS, others: readRelease(helmRelease({ status: { conditions } })) });
    },
    "RolloutInProgress",
  ],
  [
    "whose Kustomization has been reconciling for long",
    "flux reconcile kustomization shop -n flux-system",
    () =>
      withObject({ status: { conditions: [...ready("Unknown"), { ...RECONCILING, lastTransitionTime: ago(900) }] } }),
  ],
  [
    "whose Kustomization was changed just now",
    "its controller has not seen that yet: that is waited for",
    () =>
      withObject({
        metadata: { generation: 4, ...fieldsBy("kubectl-edit", { "f:spec": { "f:path": {} } }, { at: ago(5) }) },
      }),
    "RolloutInProgress",
  ],
  [
    "whose source holds something newer",
    "has not put it in place yet: that is waited for",
    () => remedyOf({ others: read({ source: "main@sha1:3333333", since: ago(20) }) }),
    "RolloutInProgress",
  ],
  [
    "whose source has held something newer for long",
    "flux reconcile kustomization shop -n flux-system",
    () => remedyOf({ others: read({ source: "main@sha1:3333333", since: ago(1_200) }) }),
  ],
  [
    "whose source could not be read",
    "it may be mended there already",
    () => remedyOf({ others: read().filter(({ ref }) => ref.kind !== "GitRepository") }),
  ],
  [
    "whose source is of a kind that nobody knows",
    "it may be mended there already",
    () => withObject({ spec: { sourceRef: { kind: "Secret", name: "shop" } } }),
  ],
  [
    "whose Kustomization is in a namespace that the policy denies",
    "the policy denies namespace flux-system",
    () => remedyOf({ rules: { namespaces: { deny: ["flux-system"] } } }),
    "NamespaceNotAllowed",
  ],
  [
    "whose Kustomization's namespace has opted out",
    "keeps the workflow away",
    () => remedyOf({ others: read({ namespace: { annotations: { "eks-remediation/enabled": "false" } } }) }),
    "OptedOut",
  ],
  [
    "whose Kustomization's namespace was not read",
    "whether namespace flux-system has opted out could not be read",
    () => remedyOf({ others: read().filter(({ ref }) => ref.kind !== "Namespace") }),
  ],
  [
    "whose Kustomization has not opted in where that is asked for",
    "the policy asks for opt-in",
    () =>
      remedyOf({
        metadata: { ...LABELS, annotations: { "eks-remediation/enabled": "true" } },
        rules: { opt_in: true },
      }),
    "NotOptedIn",
  ],
  [
    "whose Kustomization is itself kept by Argo CD",
    "belongs to Argo CD",
    () => withObject({ metadata: { labels: { "argocd.argoproj.io/instance": "cluster" } } }),
  ],
  [
    "whose Kustomization is kept by one that says whether it is suspended",
    "belongs to Flux",
    () => withObject({ metadata: APPLIED_BY_PARENT(true) }),
  ],
  [
    "whose HelmRelease has retries left",
    "remediates its failed upgrade by itself",
    () => {
      const failed = { conditions: [{ type: "Ready", status: "False", observedGeneration: 1 }], upgradeFailures: 2 };
      const object = helmRelease({ spec: { upgrade: { remediation: { retries: 2 } } }, status: failed });
      return remedyOf({ metadata: HELM_LABELS, others: readRelease(object) });
    },
  ],
  [
    "whose HelmRelease has another version of its chart to go to",
    "HelmChart flux-system/shop-web holds 2.0.1",
    () => remedyOf({ metadata: HELM_LABELS, others: readRelease(helmRelease(), "2.0.1") }),
  ],
];

describe("a bad rollout that Flux keeps is left alone", () => {
  it.each(LEFT)("%s", (_what, message, remedy, refusal = "ManagedByAnotherTool") => {
    expect(remedy()).toMatchObject({
      action: "none",
      refusal,
      message: expect.stringContaining(message) as string,
    });
  });
});

describe("what Flux says of trouble", () => {
  const FAILED = { type: "Ready", status: "False", reason: "GitOperationFailed", message: "authentication required" };
  const WAITS = {
    type: "Ready",
    status: "False",
    observedGeneration: 3,
    reason: "DependencyNotReady",
    message: "dependency 'flux-system/db' is not ready",
  };
  const shownBy = (object: FluxObject, source: FluxSource) => {
    const [reconciler, from, namespace] = read({ object: kustomization(object) });
    if (reconciler === undefined || from === undefined || namespace === undefined) throw new Error("Not all was read.");
    const { artifact } = (from.object as FluxSource).status ?? {};
    const failing = { ...from, object: { ...source, status: { ...(artifact && { artifact }), ...source.status } } };
    const workload = deployment({ template: template("shop/web:2"), metadata: LABELS });
    return fluxLines(evidence({ workload, others: [reconciler, failing, namespace] }));
  };

  it("is evidence: a source that cannot be fetched, or is suspended, and a reconciler that is not ready", () => {
    expect(shownBy({}, {})).toEqual([]);
    expect(shownBy({}, { status: { conditions: [FAILED] } })).toEqual([
      "GitRepository flux-system/shop, its source, is not ready: what is pushed may not arrive before that is mended (GitOperationFailed: authentication required)",
    ]);
    expect(shownBy({ status: { conditions: [WAITS] } }, { spec: { suspend: true } })).toEqual([
      "Kustomization flux-system/shop of Flux is not ready (DependencyNotReady: dependency 'flux-system/db' is not ready)",
      "GitRepository flux-system/shop, its source, is suspended: nothing that is pushed arrives before it is resumed",
    ]);
  });

  it("stands in the place of a guess where what is newer is not put in place", () => {
    const others = read({
      object: kustomization({ status: { conditions: [WAITS] } }),
      source: "main@sha1:3",
      since: ago(3_600),
    });

    expect(remedyOf({ others })).toMatchObject({
      refusal: "ManagedByAnotherTool",
      message: expect.stringContaining(
        "It is not ready (DependencyNotReady: dependency 'flux-system/db' is not ready): mend that, and run `flux reconcile kustomization shop -n flux-system`.",
      ) as string,
    });
  });
});

describe("what Flux keeps is suspended all the same", () => {
  it("where it holds others, and says itself that it may be", () => {
    const inventory = { entries: [{ id: "shop_web_apps_Deployment" }, { id: "other_api_apps_Deployment" }] };
    const metadata = { annotations: { "eks-remediation/enabled": "true" } };

    expect(withObject({ metadata, status: { inventory } })).toMatchObject({
      action: "flux-rollback",
      reconciler: { objects: 2 },
    });
  });

  it("where a Kustomization keeps it that says nothing of whether it is suspended", () => {
    expect(withObject({ metadata: APPLIED_BY_PARENT(false) })).toMatchObject({ action: "flux-rollback" });
  });

  it("where a HelmRelease has no retries left, or is content with the upgrade", () => {
    const spec = { upgrade: { remediation: { retries: 2 } } };
    const failed = { conditions: [{ type: "Ready", status: "False", observedGeneration: 1 }], upgradeFailures: 3 };
    const releases = [helmRelease({ spec }), helmRelease({ spec, status: failed })];

    expect(releases.map((each) => remedyOf({ metadata: HELM_LABELS, others: readRelease(each) }).action)).toEqual([
      "flux-rollback",
      "flux-rollback",
    ]);
  });
});
