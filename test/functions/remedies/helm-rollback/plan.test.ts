import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { diagnosisOf } from "../../../../functions/classify/classify.ts";
import { openCase } from "../../../../functions/facts/case.ts";
import { readHelmRelease } from "../../../../functions/facts/helm-release.ts";
import { withReleaseObjects } from "../../../../functions/facts/release-objects.ts";
import { storedTemplate } from "../../../../functions/kinds/argo-rollout/stored-template.ts";
import { withTools } from "../../../../functions/kinds/switched.ts";
import type { Remedy, RequestedRemedy } from "../../../../functions/run/contracts.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import type { RevisionRef } from "../../../../functions/shared/refs.ts";
import type { ObjectMeta } from "../../../../functions/shared/kubernetes/types.ts";
import { parsePolicy } from "../../../../functions/shared/policy.ts";
import { ApiServer, found } from "../../../support/api-server.ts";
import { fieldsBy, writtenBy } from "../../../support/field-writers.ts";
import { labelsOf, packed, type KeptRevision } from "../../../support/helm.ts";
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

const ON = { owners: { helm: true, helm_rollback: true } };
const SPEC = { "f:spec": { "f:replicas": {}, "f:template": {} } };
const BY_HELM = { ...fieldsBy("helm", SPEC), annotations: { "meta.helm.sh/release-name": "shop" } };
const SECRET = { "f:data": {} };

/** An object as a chart has it. */
interface Held {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: object; annotations?: object };
  [field: string]: unknown;
}

const held = (apiVersion: string, kind: string, name: string, more: object = {}): Held => ({
  apiVersion,
  kind,
  metadata: { name },
  ...more,
});
const deploymentOf = (name: string, image: string, spec: object = {}) =>
  held("apps/v1", "Deployment", name, { spec: { template: template(image), ...spec } });
const web = (image: string, spec: object = {}) => deploymentOf("web", image, spec);
const configMap = (value: string) => held("v1", "ConfigMap", "web", { data: { value } });
const service = (chart: string) => ({
  ...held("v1", "Service", "web"),
  metadata: { name: "web", labels: { "helm.sh/chart": chart } },
});

const PLURALS: Record<string, string> = { Ingress: "ingresses" };
const pathOf = ({ apiVersion, kind, metadata: { name } }: Held) =>
  `/${apiVersion === "v1" ? "api" : "apis"}/${apiVersion}/namespaces/shop/${PLURALS[kind] ?? `${kind.toLowerCase()}s`}/${name}`;

/** What is there beside the release: what of an object is otherwise on the cluster, and what of the policy. */
interface World {
  first: KeptRevision;
  bad: KeptRevision;
  live?: Record<string, object | "gone">;
  secret?: ObjectMeta;
  workload?: ObjectMeta;
  rules?: object;
  present?: string;
  /** The revision that came of the remedy, which is to be undone. */
  remedied?: KeptRevision;
}

/** What an undo is asked for. */
const UNDONE: Extract<RequestedRemedy, { action: "undo" }> & { change: { kind: "helm-rollback" } } = {
  action: "undo",
  execution: "run-1",
  change: {
    kind: "helm-rollback",
    before: revisionOf(2),
    after: revisionOf(1),
    release: { namespace: "shop", name: "shop" },
    from: { revision: 2, status: "failed" },
    to: 1,
    objects: [],
    config_maps: [],
  },
};

function revisionOf(revision: number): RevisionRef {
  const hash = templateHash(storedTemplate(template(`shop/web:${revision}`)));
  return { revision, kind: "ReplicaSet", name: `web-${revision}`, template: hash };
}

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** What is done about Deployment `shop/web`, whose second revision crashes. */
async function remedyOf({
  first,
  bad,
  live = {},
  secret,
  workload: own = {},
  rules = {},
  remedied,
  present = remedied === undefined ? "shop/web:2" : "shop/web:1",
}: World): Promise<Remedy> {
  const kept = [first, bad, ...(remedied === undefined ? [] : [remedied])];
  const rows = kept.map((one, index) => ({ object: { metadata: { labels: labelsOf(one, index + 1) } } }));
  api.on("GET", "/api/v1/namespaces/shop/secrets", found({ kind: "Table", columnDefinitions: [], rows }));
  for (const [index, one] of kept.entries()) {
    const release = Buffer.from(packed(one)).toString("base64");
    const metadata = { labels: labelsOf(one, index + 1), ...(secret ?? fieldsBy("Helm", SECRET)) };
    api.on(
      "GET",
      `/api/v1/namespaces/shop/secrets/sh.helm.release.v1.shop.v${index + 1}`,
      found({ metadata, data: { release } }),
    );
  }
  for (const object of [...first.objects, ...bad.objects] as Held[]) {
    const said = live[`${object.kind} ${object.metadata.name}`] ?? {};
    if (said === "gone") continue;
    const spec = object["spec"] as object | undefined;
    api.on("GET", pathOf(object), found({ ...object, metadata: { ...object.metadata, ...BY_HELM }, spec, ...said }));
  }
  const holders = [
    replicaSet(2, { replicas: 1, created: ago(60) }),
    replicaSet(1, { available: 2, created: ago(90_000) }),
  ].map(({ spec, metadata, ...rest }) => {
    // Its controller numbers anew what is put back.
    const isBack = remedied !== undefined && metadata?.name === "web-1";
    const annotations = isBack
      ? { "deployment.kubernetes.io/revision": "3", "deployment.kubernetes.io/revision-history": "1" }
      : metadata?.annotations;
    const stored = { ...spec, template: storedTemplate(spec?.template ?? {}) };
    return { ...rest, metadata: { ...metadata, ...(annotations === undefined ? {} : { annotations }) }, spec: stored };
  });
  const progressing = remedied === undefined ? { status: "False", reason: "ProgressDeadlineExceeded" } : undefined;
  const workload = deployment({
    template: storedTemplate(template(present)),
    metadata: { ...BY_HELM, ...(remedied === undefined ? {} : fieldsBy("helm", SPEC, { at: ago(30) })), ...own },
    ...(progressing === undefined ? {} : { progressing }),
  });
  const said = policy({ ...ON, ...rules });
  const wanted = remedied === undefined ? undefined : UNDONE.change.from.revision;
  const release = await readHelmRelease(api.cluster(), "shop", workload.metadata, wanted);
  return await withTools(
    () => said.owners,
    async () => {
      const facts = openCase(
        evidence({
          workload,
          holders,
          ...(remedied === undefined
            ? { pods: [ofRevision(2, crashingPod({ startedAgo: 60 }))] }
            : { incident: incident({ requested: UNDONE, origin: "person" }) }),
          ...(release === undefined ? {} : { helm: release }),
        }),
        said,
      );
      return diagnosisOf(await withReleaseObjects(api.cluster(), facts)).remedy;
    },
  );
}

const first = (...objects: object[]): KeptRevision => ({
  status: "superseded",
  objects: [web("shop/web:1"), ...objects],
});
const bad = (...objects: object[]): KeptRevision => ({ status: "deployed", objects: [web("shop/web:2"), ...objects] });

describe("a bad release of Helm's", () => {
  it("is rolled back to the newest revision with the template that was well", async () => {
    expect(await remedyOf({ first: first(service("shop-1")), bad: bad(service("shop-2")) })).toMatchObject({
      action: "helm-rollback",
      before: { revision: 2 },
      after: { revision: 1 },
      release: { namespace: "shop", name: "shop" },
      from: { revision: 2, status: "deployed" },
      to: 1,
      objects: [
        { kind: "Deployment", name: "web" },
        { kind: "Service", plural: "services", name: "web" },
      ],
      config_maps: [],
    });
  });

  it("is rolled back also where Helm calls it failed", async () => {
    expect(await remedyOf({ first: first(), bad: { ...bad(), status: "failed" } })).toMatchObject({
      action: "helm-rollback",
      from: { status: "failed" },
    });
  });

  it("brings the ConfigMaps back that the workload alone reads", async () => {
    expect(await remedyOf({ first: first(configMap("a")), bad: bad(configMap("b")) })).toMatchObject({
      action: "helm-rollback",
      config_maps: ["web"],
    });
  });

  it("is done no more boldly than a rollback", async () => {
    const rules = { actions: { rollback: "observe" } };

    expect(await remedyOf({ first: first(), bad: bad(), rules })).toMatchObject({ refusal: "DiagnoseOnly" });
  });

  it("is told only, with the command, while that is not switched on", async () => {
    expect(await remedyOf({ first: first(), bad: bad(), rules: { owners: { helm: true } } })).toMatchObject({
      refusal: "ManagedByAnotherTool",
      message: expect.stringContaining("`helm rollback shop 1 -n shop`") as string,
    });
  });
});

const READS_IT = {
  template: { spec: { containers: [{ name: "app", envFrom: [{ configMapRef: { name: "web" } }] }] } },
};
const WORKER = held("apps/v1", "Deployment", "worker", { spec: READS_IT });
const BY_HAND = {
  metadata: { name: "web", ...writtenBy(["helm", SPEC], ["kubectl-edit", { "f:spec": { "f:ports": {} } }]) },
};
const FLUX = { labels: { "helm.toolkit.fluxcd.io/name": "shop" } };

describe("a bad release is left to people, with the command that goes back,", () => {
  it.each<[string, World, string]>([
    [
      "where something may be under way",
      { first: first(), bad: { ...bad(), status: "pending-upgrade" } },
      "Revision 2 of it is pending-upgrade, so that something may be under way.",
    ],
    [
      "where hooks run on the way there",
      { first: { ...first(), hooks: [{ name: "migrate", events: ["post-rollback"] }] }, bad: bad() },
      "Its revision 1 has hooks that run with a rollback (migrate)",
    ],
    [
      "where hooks would run on the way back",
      { first: first(), bad: { ...bad(), hooks: [{ name: "migrate", events: ["pre-rollback"] }] } },
      "Its revision 2 has hooks that run with a rollback (migrate)",
    ],
    [
      "where it holds definitions",
      { first: first(), bad: bad(held("apiextensions.k8s.io/v1", "CustomResourceDefinition", "shops.example.com")) },
      "It holds kinds that are not touched: CustomResourceDefinition (apiextensions.k8s.io/v1).",
    ],
    [
      "where it gives rights, though nothing of them changes",
      {
        first: first(held("rbac.authorization.k8s.io/v1", "Role", "web")),
        bad: bad(held("rbac.authorization.k8s.io/v1", "Role", "web")),
      },
      "It holds kinds that are not touched: Role (rbac.authorization.k8s.io/v1).",
    ],
    [
      "where an object comes back",
      { first: first(held("v1", "Service", "old")), bad: bad() },
      "Going back makes or deletes objects: Service old.",
    ],
    [
      "where an object goes",
      { first: first(), bad: bad(held("v1", "PersistentVolumeClaim", "cache")) },
      "Going back makes or deletes objects: PersistentVolumeClaim cache.",
    ],
    [
      "where a Secret changes",
      {
        first: first(held("v1", "Secret", "keys", { data: { a: "MQ==" } })),
        bad: bad(held("v1", "Secret", "keys", { data: { a: "Mg==" } })),
      },
      "Going back changes more than this workload: Secret keys.",
    ],
    [
      "where another workload changes",
      { first: first(deploymentOf("worker", "shop/web:1")), bad: bad(deploymentOf("worker", "shop/web:2")) },
      "Going back changes more than this workload: Deployment worker.",
    ],
    [
      "where another workload reads a ConfigMap that changes",
      { first: first(configMap("a"), WORKER), bad: bad(configMap("b"), WORKER) },
      "Going back changes more than this workload: ConfigMap web.",
    ],
    [
      "where more of the workload changes than its template",
      { first: first(), bad: { ...bad(), objects: [web("shop/web:2", { minReadySeconds: 5 })] } },
      "Going back changes more of the workload than its pod template.",
    ],
    [
      "where somebody has changed an object by hand",
      { first: first(service("1")), bad: bad(service("1")), live: { "Service web": BY_HAND } },
      "Service web of it was written by kubectl-edit as well.",
    ],
    [
      "where somebody has deleted an object by hand",
      { first: first(service("1")), bad: bad(service("1")), live: { "Service web": "gone" } },
      "Service web of it was not found, or may not be read.",
    ],
    [
      "where somebody has scaled the workload",
      {
        first: { ...first(), objects: [web("shop/web:1", { replicas: 4 })] },
        bad: { ...bad(), objects: [web("shop/web:2", { replicas: 4 })] },
      },
      "Helm would set the replicas of Deployment web to 4, and they are others by now.",
    ],
    [
      "where another program keeps the release",
      { first: first(), bad: bad(), secret: fieldsBy("terraform-provider-helm_v3", SECRET) },
      "Its revision 2 was written by terraform-provider-helm_v3, which may release it again.",
    ],
    [
      "where nothing tells who keeps the release",
      { first: first(), bad: bad(), secret: {} },
      "Who wrote its revision 2 is not known.",
    ],
  ])("%s", async (_when, world, why) => {
    expect(await remedyOf(world)).toMatchObject({
      action: "none",
      refusal: "ManagedByAnotherTool",
      message: expect.stringContaining(why) as string,
    });
    expect(await remedyOf(world)).toMatchObject({
      message: expect.stringContaining("`helm rollback shop 1 -n shop`") as string,
    });
  });
});

describe("a bad release is left to people", () => {
  it("where Flux keeps the workload, whatever Helm keeps", async () => {
    expect(await remedyOf({ first: first(), bad: bad(), workload: FLUX })).toMatchObject({
      refusal: "ManagedByAnotherTool",
      message: expect.stringContaining("belongs to Flux") as string,
    });
  });

  it("where another object of it has opted out", async () => {
    const annotations = { ...BY_HELM.annotations, "eks-remediation/enabled": "false" };
    const live = { "Service web": { metadata: { name: "web", ...BY_HELM, annotations } } };

    expect(await remedyOf({ first: first(service("1")), bad: bad(service("1")), live })).toMatchObject({
      refusal: "OptedOut",
    });
  });

  it("where the policy asks for opt-in, and another object of it has not", async () => {
    const workload = { annotations: { ...BY_HELM.annotations, "eks-remediation/enabled": "true" } };
    const world = { first: first(service("1")), bad: bad(service("1")), workload, rules: { opt_in: true } };

    expect(await remedyOf(world)).toMatchObject({
      refusal: "NotOptedIn",
      message: expect.stringContaining("Service web of it has not opted in") as string,
    });
  });

  it("where an object of it is in another namespace", async () => {
    const away = { ...held("v1", "Service", "web"), metadata: { name: "web", namespace: "bank" } };

    expect(await remedyOf({ first: first(away), bad: bad(away) })).toMatchObject({
      refusal: "ManagedByAnotherTool",
      message: expect.stringContaining("Service web of it is in another namespace.") as string,
    });
    expect(api.requests.map(({ path }) => path).filter((path) => path.includes("/bank/"))).toEqual([]);
  });
});

describe("the undo of a rollback with Helm that somebody asks for", () => {
  const remedied = (more: Partial<KeptRevision> = {}): KeptRevision => ({
    ...{ status: "deployed", description: "Rollback to 1", objects: [web("shop/web:1"), service("1")] },
    ...more,
  });
  const world = (more: Partial<World> = {}): World => ({
    first: first(service("1")),
    bad: { ...bad(service("1")), status: "failed" },
    remedied: remedied(),
    ...more,
  });

  it("is one more rollback, to the revision that the release was at, whatever Helm calls that one", async () => {
    expect(await remedyOf(world())).toMatchObject({
      action: "helm-rollback",
      before: { name: "web-1" },
      after: { name: "web-2" },
      from: { revision: 3, status: "deployed" },
      to: 2,
      objects: [{ kind: "Deployment" }, { kind: "Service" }],
    });
  });

  it.each<[string, Partial<World>, string, string]>([
    [
      "where the newest revision came about otherwise",
      { remedied: remedied({ description: "Upgrade complete" }) },
      "ObjectChanged",
      "revision 3 of Helm release shop/shop is not the remedy's",
    ],
    [
      "where the pod template is another by now",
      { present: "shop/web:3" },
      "ObjectChanged",
      "its pod template is not that of revision 1 any more",
    ],
    [
      "where somebody has changed an object by hand since",
      { live: { "Service web": BY_HAND } },
      "ManagedByAnotherTool",
      "Service web of it was written by kubectl-edit as well.",
    ],
    [
      "where hooks would run on the way back",
      { bad: { ...bad(service("1")), hooks: [{ name: "migrate", events: ["pre-rollback"] }] } },
      "ManagedByAnotherTool",
      "has hooks that run with a rollback (migrate)",
    ],
  ])("is left to people %s", async (_when, more, refusal, said) => {
    expect(await remedyOf(world(more))).toMatchObject({
      refusal,
      message: expect.stringContaining(said) as string,
    });
  });
});

it("the switch needs the reading of releases", () => {
  expect(() => parsePolicy('{"owners": {"helm_rollback": true}}')).toThrow("helm_rollback needs helm as well");
});
