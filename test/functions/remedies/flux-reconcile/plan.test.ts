import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import type { FluxObject, FluxSource } from "../../../../functions/facts/flux.ts";
import { withTools } from "../../../../functions/kinds/switched.ts";
import type { Action } from "../../../../functions/remedies/remedy.ts";
import type { Incident, Remedy } from "../../../../functions/run/contracts.ts";
import type { ObjectMeta } from "../../../../functions/shared/kubernetes/types.ts";
import type { ReadObject } from "../../../../functions/shared/object-ref.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  incident,
  ofRevision,
  policy,
  replicaSet,
  template,
} from "../../../support/objects.ts";
import { HELM_LABELS, helmRelease, kustomization, LABELS, read, readRelease } from "../flux-rollback/objects.ts";

const HOUR_AGO = new Date(ago(3_600)).toISOString();
const FIXED = "main@sha1:3333333";
const HOLDERS = [
  replicaSet(2, { replicas: 1, created: ago(60) }),
  replicaSet(1, { available: 2, created: ago(90_000) }),
];

interface World {
  metadata?: ObjectMeta;
  others?: ReadObject[];
  rules?: object;
  holders?: typeof HOLDERS;
  tried?: Action[];
  requested?: boolean;
  paused?: boolean;
  /** What the workload waits for, as it fails, too. */
  waitsFor?: Incident["waits_for"];
}

/** What is done about a bad rollout of `shop/web`, which Flux keeps. */
function remedyOf({
  metadata = LABELS,
  others = withObject(),
  rules = {},
  holders = HOLDERS,
  tried = [],
  requested = false,
  paused = false,
  waitsFor,
}: World = {}): Remedy {
  const said = policy({ owners: { flux: true }, ...rules });
  const progressing = { status: "False", reason: "ProgressDeadlineExceeded" };
  const workload = deployment({ template: template("shop/web:2"), metadata, progressing, paused });
  const pods = [ofRevision(2, crashingPod({ startedAgo: 60 }))];
  const asked = requested ? { requested: { action: "rollback" as const }, origin: "person" as const } : {};
  const waits = waitsFor === undefined ? {} : { waits_for: waitsFor };
  const read = evidence({ workload, holders, pods, others, tried, incident: incident({ ...asked, ...waits }) });
  return withTools(
    () => said.owners,
    () => classify(read, said).remedy,
  );
}

/** What is read, where the repository has held the fix for so many seconds. */
function withObject(object: FluxObject = {}, since = ago(3_600)): ReadObject[] {
  const { metadata, ...rest } = object;
  const whole = kustomization({ ...rest, metadata: { uid: "shop-uid", ...metadata } });
  return read({ object: whole, source: FIXED, since });
}

const ready = (status: string, reason: string) => ({ type: "Ready", status, reason, observedGeneration: 3 });
const handled = (at: string) => ({ lastHandledReconcileAt: at });
const asking = (at: string) => ({ metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": at } } });

describe("a bad rollout whose source has long held something else", () => {
  it("has Flux asked for that, known by since when it is held", () => {
    expect(remedyOf()).toEqual({
      action: "flux-reconcile",
      reconciler: {
        ...{ kind: "Kustomization", namespace: "flux-system", name: "shop" },
        ...{ uid: "shop-uid", revision: "main@sha1:2222222" },
      },
      source: { kind: "GitRepository", namespace: "flux-system", name: "shop", revision: FIXED, since: HOUR_AGO },
    });
  });

  it("has Flux asked also where no earlier revision was healthy", () => {
    expect(remedyOf({ holders: HOLDERS.slice(0, 1) })).toMatchObject({ action: "flux-reconcile" });
  });

  it("has Flux asked also while another workload that it waits for fails, as it would be rolled back", () => {
    const waitsFor = {
      workload: { kind: "StatefulSet", namespace: "shop", name: "ledger-db" },
      why: "its environment names ledger-db",
    };

    expect(remedyOf({ waitsFor })).toMatchObject({ action: "flux-reconcile" });
    expect(remedyOf({ waitsFor, holders: HOLDERS.slice(0, 1) })).toMatchObject({ action: "flux-reconcile" });
  });

  it("has a HelmRelease asked for its newer chart", () => {
    const [release, chart] = readRelease(helmRelease({ metadata: { uid: "web-uid" } }), "2.0.1");
    const held: FluxSource = { status: { artifact: { revision: "2.0.1", lastUpdateTime: ago(3_600) } } };
    const others = release && chart ? [release, { ...chart, object: held }] : [];

    expect(remedyOf({ metadata: HELM_LABELS, others })).toMatchObject({
      action: "flux-reconcile",
      reconciler: { kind: "HelmRelease" },
      source: { kind: "HelmChart", revision: "2.0.1" },
    });
  });

  it("has Flux asked where its last try of what it had failed, and it waits for the next", () => {
    const retrying = { type: "Reconciling", status: "True", reason: "ProgressingWithRetry" };
    const conditions = [ready("False", "ReconciliationFailed"), retrying];

    expect(remedyOf({ others: withObject({ status: { conditions } }) })).toMatchObject({ action: "flux-reconcile" });
  });

  it("is proposed, or left, as the policy says", () => {
    expect(remedyOf({ rules: { actions: { "flux-reconcile": "observe" } } })).toMatchObject({
      refusal: "DiagnoseOnly",
      message: expect.stringContaining("flux reconcile kustomization shop -n flux-system") as string,
    });
    expect(remedyOf({ rules: { actions: { "flux-reconcile": "off" } } })).toMatchObject({ refusal: "ActionOff" });
    expect(remedyOf({ rules: { owners: { flux: false } } })).toMatchObject({ refusal: "ManagedByAnotherTool" });
  });

  it.each<[string, World, string]>([
    ["that holds it for a moment only", { others: withObject({}, ago(30)) }, "that is waited for"],
    [
      "of a Kustomization that somebody has suspended",
      { others: withObject({ spec: { suspend: true } }) },
      "is suspended already",
    ],
    [
      "of a Kustomization that does not list it",
      { others: withObject({ status: { inventory: { entries: [] } } }) },
      "does not list it",
    ],
    [
      "of a Kustomization that has opted out",
      { others: withObject({ metadata: { annotations: { "eks-remediation/enabled": "false" } } }) },
      "keeps the workflow away",
    ],
    [
      "of a Kustomization in a namespace that is left out",
      { rules: { namespaces: { allow: ["shop"] } } },
      "is not touched",
    ],
    [
      "of a Kustomization that keeps objects of other namespaces",
      {
        others: withObject({
          status: { inventory: { entries: [{ id: "shop_web_apps_Deployment" }, { id: "pay_api_apps_Deployment" }] } },
        }),
      },
      "also keeps 1 object outside of namespace shop, and a request would have these put in place, too. It is asked only where",
    ],
    [
      "of a Kustomization that waits for another",
      { others: withObject({ status: { conditions: [ready("False", "DependencyNotReady")] } }) },
      "It is not ready (DependencyNotReady): mend that",
    ],
    [
      "of a Kustomization that has long waited for another, while the repository always holds something new",
      {
        others: withObject(
          { status: { conditions: [{ ...ready("False", "DependencyNotReady"), lastTransitionTime: ago(7_200) }] } },
          ago(200),
        ),
      },
      "It is not ready (DependencyNotReady): mend that",
    ],
    [
      "of a Kustomization that has waited for another for a moment",
      {
        others: withObject(
          { status: { conditions: [{ ...ready("False", "DependencyNotReady"), lastTransitionTime: ago(60) }] } },
          ago(200),
        ),
      },
      "that is waited for",
    ],
    [
      "of a Kustomization that is stalled",
      {
        others: withObject({
          status: { conditions: [ready("False", "InvalidSpec"), { type: "Stalled", status: "True" }] },
        }),
      },
      "It is not ready (InvalidSpec): mend that",
    ],
    [
      "of a Kustomization that is at work",
      {
        others: withObject({
          status: { conditions: [{ type: "Reconciling", status: "True", reason: "Progressing", message: "Building" }] },
        }),
      },
      "flux reconcile kustomization shop",
    ],
    [
      "of a Kustomization that waits for the health of what fails",
      {
        others: withObject({
          status: {
            conditions: [
              ready("Unknown", "Progressing"),
              { type: "Reconciling", status: "True", reason: "Progressing", message: "Running health checks for it" },
            ],
          },
        }),
      },
      "It waits for the health of what it has put in place (Running health checks for it), and moves on once",
    ],
    [
      "of a Kustomization that somebody has asked already",
      { others: withObject(asking("2026-05-31T00:00:00Z")) },
      "flux reconcile kustomization shop",
    ],
    [
      "of a Kustomization that was asked for just that in vain",
      { others: withObject({ ...asking(HOUR_AGO), status: handled(HOUR_AGO) }) },
      "flux reconcile kustomization shop",
    ],
    ["where it is not known since when", { others: withObject({}, "") }, "flux reconcile kustomization shop"],
    ["where a person asks for a rollback", { requested: true }, "flux reconcile kustomization shop"],
    ["while somebody has its own rollout paused", { paused: true }, "Its rollout is paused"],
    [
      "while somebody has its own rollout paused, with no earlier revision to go back to",
      { paused: true, holders: HOLDERS.slice(0, 1) },
      "Its rollout is paused",
    ],
    [
      "where somebody keeps Flux away from the workload",
      { metadata: { ...LABELS, annotations: { "kustomize.toolkit.fluxcd.io/reconcile": "disabled" } } },
      "`kustomize.toolkit.fluxcd.io/reconcile: disabled`",
    ],
    [
      "where Flux only makes the workload, and leaves it alone then",
      { metadata: { labels: { ...LABELS.labels, "kustomize.toolkit.fluxcd.io/ssa": "ifnotpresent" } } },
      "`kustomize.toolkit.fluxcd.io/ssa: IfNotPresent`",
    ],
    ["where that was tried in vain", { tried: ["flux-reconcile"] }, "A flux-reconcile did not help"],
  ])("%s is not asked for", (_what, world, message) => {
    expect(remedyOf(world)).toMatchObject({ action: "none", message: expect.stringContaining(message) as string });
  });

  it("is rolled back once that is in place, and fails as well", () => {
    const status = { lastAttemptedRevision: FIXED, ...handled(HOUR_AGO) };

    expect(remedyOf({ others: withObject({ ...asking(HOUR_AGO), status }), tried: ["flux-reconcile"] })).toMatchObject({
      action: "flux-rollback",
    });
  });
});
