import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import { openCase } from "../../../../functions/facts/case.ts";
import {
  deploysHere,
  entryFor,
  PAUSED_ANNOTATION,
  type Application,
  type AppProject,
} from "../../../../functions/facts/argo-cd-application.ts";
import { throughApplication } from "../../../../functions/remedies/argo-cd-rollback/plan.ts";
import { withTools } from "../../../../functions/kinds/switched.ts";
import { revisionRef } from "../../../../functions/kinds/revisions/revision.ts";
import type { ObjectMeta, ReplicaSet } from "../../../../functions/shared/kubernetes/types.ts";
import type { ReadObject } from "../../../../functions/shared/object-ref.ts";
import { fieldsBy } from "../../../support/field-writers.ts";
import { application, deployed, HISTORY, readOf, SOURCE } from "../../../support/argo-cd.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
  WEB,
} from "../../../support/objects.ts";

const GOOD = replicaSet(1, { available: 2, created: ago(3_601) });
const BAD = replicaSet(2, { replicas: 1, created: ago(121) });

/** The plan for `shop/web`, whose second revision crashes, where these Applications were read. */
function planWith(others: ReadObject[], holders: ReplicaSet[] = [BAD, GOOD], metadata: ObjectMeta = {}) {
  const workload = deployment({ template: template("shop/web:2"), metadata });
  const facts = openCase(
    evidence({ workload, holders, pods: [ofRevision(2, crashingPod({ startedAgo: 120 }))], others }),
    policy(),
  );
  const [present, ...earlier] = facts.revisions;
  const good = earlier.find(({ name }) => name === "web-1");
  if (present === undefined || good === undefined) throw new Error("It has no two revisions.");
  const rollback = {
    action: "rollback" as const,
    before: revisionRef(present),
    after: revisionRef(good),
    unblocked: [],
  };
  return throughApplication(rollback, facts);
}

const left = (message: string) => ({
  action: "none",
  refusal: "ManagedByAnotherTool",
  message: expect.stringContaining(message) as string,
});

describe("a rollback through an Application", () => {
  it("goes to the deployment before the one that made the present revision", () => {
    expect(planWith(readOf(application()))).toMatchObject({
      action: "argo-cd-rollback",
      application: { namespace: "argocd", name: "shop", uid: "application-uid" },
      automated: { prune: true, selfHeal: true },
      from: { id: 5, revisions: ["bad"] },
      to: { id: 4, revisions: ["good"] },
      resources: 2,
    });
  });

  it("goes past syncs of the same, and names the newest of them as the present one", () => {
    const history = [...HISTORY, deployed(6, "bad", 60)];
    expect(planWith(readOf(application({ status: { history } })))).toMatchObject({ from: { id: 6 }, to: { id: 4 } });
  });

  it("names the revision of each of several sources", () => {
    const sources = [SOURCE, { repoURL: "https://charts.example.com", chart: "web" }];
    const both = (id: number, revisions: string[], seconds: number) => {
      const { revision: _none, source: _single, ...rest } = deployed(id, "", seconds);
      return { ...rest, revisions, sources };
    };
    const history = [both(4, ["good", "1.2.0"], 3_600), both(5, ["good", "1.3.0"], 120)];
    expect(planWith(readOf(application({ status: { history } })))).toMatchObject({
      to: { id: 4, revisions: ["good", "1.2.0"] },
    });
  });

  it("may go back to a version that was only started again since it was deployed", () => {
    const started = template("shop/web:1");
    started.metadata = { ...started.metadata, annotations: { "kubectl.kubernetes.io/restartedAt": ago(600) } };
    const again = replicaSet(2, { template: started, available: 2, created: ago(600) });
    const bad = replicaSet(3, { template: template("shop/web:2"), replicas: 1, created: ago(121) });
    expect(planWith(readOf(application()), [bad, again, GOOD])).toMatchObject({ to: { id: 4 } });
  });
});

it("is written to the Application, which its own controller writes to, and not where another keeps it", () => {
  const marked = { annotations: { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/web" } };
  const workload = deployment({
    template: template("shop/web:2"),
    metadata: marked,
    progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
  });
  const pods = [ofRevision(2, crashingPod({ startedAgo: 120 })), pod({ name: "web-1-a" }), pod({ name: "web-1-b" })];
  const diagnosed = (metadata: object) => {
    const others = readOf(application({ metadata }));
    const facts = evidence({ workload, holders: [BAD, GOOD], pods, others });
    return withTools(
      () => ({ ...policy().owners, argo_cd: true }),
      () => classify(facts, policy()).remedy,
    );
  };
  const own = { "f:status": { "f:history": {} }, "f:operation": {} };

  expect(diagnosed(fieldsBy("argocd-application-controller", own))).toMatchObject({ action: "argo-cd-rollback" });
  expect(diagnosed(fieldsBy("argocd-controller", { "f:spec": {} }))).toMatchObject(
    left("Another Application keeps it"),
  );
});

describe("which deployment to go back to cannot be told", () => {
  it.each<[string, Parameters<typeof planWith>, string]>([
    [
      "without an earlier one",
      [readOf(application({ status: { history: [deployed(5, "bad", 120)] } }))],
      "no deployment before",
    ],
    ["without any", [readOf(application({ status: { history: [] } }))], "holds no deployment"],
    [
      "where the Application itself was changed",
      [
        readOf(
          application({
            status: {
              history: [deployed(4, "good", 3_600, { source: { ...SOURCE, path: "old" } }), deployed(5, "bad", 120)],
            },
          }),
        ),
      ],
      "Its own source was changed with deployment 5",
    ],
    [
      "where something else was deployed since",
      [readOf(application({ status: { history: [...HISTORY, deployed(6, "another", 20)] } }))],
      "so not with deployment 6",
    ],
    [
      "where the healthy revision was made past Argo CD",
      [readOf(application()), [BAD, replicaSet(1, { available: 2, created: ago(1_000) })]],
      "so not by Argo CD",
    ],
    [
      "where another revision came in between",
      [
        readOf(application()),
        [
          replicaSet(3, { template: template("shop/web:2"), replicas: 1, created: ago(121) }),
          replicaSet(2, { template: template("shop/web:9"), created: ago(2_000) }),
          GOOD,
        ],
      ],
      "Revision 2 of the workload came after revision 1",
    ],
  ])("%s", (_state, given, message) => {
    expect(planWith(...given)).toMatchObject(left(message));
  });
});

describe("an Application is left to people", () => {
  const of = (resource: object) => [
    ...(application().status?.resources ?? []),
    { group: "apps", kind: "Deployment", namespace: "blog", name: "web", status: "Synced", ...resource },
  ];
  const windows = { spec: { syncWindows: [{ manualSync: true }, {}] } };
  const metadata = (more: object) => application({ metadata: more });
  const byManager = (manager: string) => ({
    managedFields: [{ manager, operation: "Apply", fieldsV1: { "f:spec": { "f:syncPolicy": {} } } }],
  });
  it.each<[string, Application, AppProject | undefined, string]>([
    ["that is being deleted", metadata({ deletionTimestamp: ago(5) }), {}, "being deleted"],
    [
      "that an ApplicationSet makes",
      metadata({
        ownerReferences: [{ apiVersion: "argoproj.io/v1alpha1", kind: "ApplicationSet", name: "shops", uid: "u" }],
      }),
      {},
      "ApplicationSet shops makes it",
    ],
    [
      "that another owns",
      metadata({ ownerReferences: [{ apiVersion: "v1", kind: "Tenant", name: "a", uid: "u" }] }),
      {},
      "Tenant a owns it",
    ],
    [
      "of an app of apps, by the annotation",
      metadata({ annotations: { "argocd.argoproj.io/tracking-id": "root:argoproj.io/Application:argocd/shop" } }),
      {},
      "Another Application (root) keeps it",
    ],
    [
      "of an app of apps, by the label",
      metadata({ labels: { "app.kubernetes.io/instance": "root" } }),
      {},
      "Another Application (root)",
    ],
    [
      "of an app of apps, by who wrote it",
      metadata(byManager("argocd-controller")),
      {},
      "Another Application keeps it",
    ],
    ["that Flux keeps", metadata({ labels: { "kustomize.toolkit.fluxcd.io/name": "apps" } }), {}, "Flux keeps it"],
    ["that Terraform keeps", metadata(byManager("Terraform")), {}, "Terraform keeps it"],
    ["with a source hydrator", application({ spec: { sourceHydrator: {} } }), {}, "hydrator"],
    ["without automated sync", application({ spec: { syncPolicy: {} } }), {}, "argocd app rollback shop ID"],
    [
      "whose automated sync is switched off",
      application({ spec: { syncPolicy: { automated: { enabled: false } } } }),
      {},
      "is off",
    ],
    [
      "whose automated sync is not known",
      application({ spec: { syncPolicy: { automated: { wait: "1h" } } } }),
      {},
      "not known",
    ],
    [
      "that is paused already",
      metadata({ annotations: { [PAUSED_ANNOTATION]: "{}" } }),
      {},
      "since an earlier rollback",
    ],
    ["with an operation that waits", application({ operation: {} }), {}, "argocd app terminate-op shop"],
    ["with an operation that runs", application({ status: { operationState: { phase: "Running" } } }), {}, "under way"],
    ["without its project", application(), undefined, "project was not found"],
    ["with sync windows", application(), windows, "sync windows"],
    [
      "with objects of another namespace",
      application({ status: { resources: of({}) } }),
      {},
      "Deployment web is in namespace blog",
    ],
    [
      "with objects of the cluster",
      application({ status: { resources: of({ namespace: undefined }) } }),
      {},
      "in no namespace",
    ],
    [
      "whose sync ran hooks",
      application({
        status: { operationState: { phase: "Succeeded", syncResult: { resources: [{ hookType: "PreSync" }] } } },
      }),
      {},
      "hooks",
    ],
    [
      "that syncs a Job, which would run again",
      application({
        status: { resources: of({ group: "batch", kind: "Job", namespace: "shop", name: "migrate" }) },
      }),
      {},
      "It syncs Job migrate",
    ],
    [
      "whose syncs make the workload anew",
      application({ spec: { syncPolicy: { automated: {}, syncOptions: ["Replace=true", "Force=true"] } } }),
      {},
      "Force=true",
    ],
  ])("%s", (_state, object, project, message) => {
    const [first, ...others] = readOf(object, project);
    const read = first === undefined ? [] : [first, ...(project === undefined ? [] : others)];
    expect(planWith(read)).toMatchObject(left(message));
  });

  it("where none lists it, or several do", () => {
    expect(planWith([])).toMatchObject(left("no Application in namespace argocd is seen to sync it"));
    const other = readOf(application({ metadata: { name: "blog", namespace: "argocd", uid: "u" } }));
    expect(planWith([...readOf(application()), ...other])).toMatchObject(
      left("Several Applications sync it (shop, blog)"),
    );
  });

  it("where the workload itself says that a sync makes it anew", () => {
    const annotations = { "argocd.argoproj.io/sync-options": "Replace=true, Force=true" };
    expect(planWith(readOf(application()), [BAD, GOOD], { annotations })).toMatchObject(left("Force=true"));
    const replaced = { "argocd.argoproj.io/sync-options": "Replace=true" };
    expect(planWith(readOf(application()), [BAD, GOOD], { annotations: replaced })).toMatchObject({ resources: 2 });
  });

  it("not for what only bears its mark in another namespace", () => {
    const forged = [{ requiresPruning: true }, { hook: true, status: "" }, { status: undefined }];
    for (const resource of forged) {
      expect(planWith(readOf(application({ status: { resources: of(resource) } })))).toMatchObject({ resources: 2 });
    }
  });
});

describe("an Application syncs a workload", () => {
  const listed = (resource: object) =>
    entryFor(
      application({
        status: { resources: [{ group: "apps", kind: "Deployment", namespace: "shop", name: "web", ...resource }] },
      }),
      WEB,
    );
  it.each([
    [{ status: "Synced" }, true],
    [{ status: "OutOfSync" }, true],
    [{ status: "OutOfSync", requiresPruning: true }, false],
    [{}, false],
    [{ status: "Unknown" }, false],
    [{ status: "Synced", namespace: "blog" }, false],
    [{ status: "Synced", group: "apps.example.com" }, false],
    [{ status: "Synced", kind: "StatefulSet" }, false],
    [{ status: "Synced", name: "web2" }, false],
  ])("that it lists as %o: %s", (resource, syncs) => {
    expect(listed(resource) !== undefined).toBe(syncs);
  });

  it.each([
    [{ server: "https://kubernetes.default.svc" }, true],
    [{ name: "in-cluster" }, true],
    [{ server: "https://kubernetes.default.svc", name: "" }, true],
    [{ server: "https://203.0.113.7:6443" }, false],
    [{ name: "prod-eu" }, false],
    [{ server: "https://203.0.113.7:6443", name: "in-cluster" }, false],
    [{}, false],
  ])("in this cluster, with the destination %o: %s", (destination, here) => {
    expect(deploysHere({ spec: { destination } })).toBe(here);
  });
});
