import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { readHelmRelease, type HelmRelease } from "../../../functions/facts/helm-release.ts";
import { helmLines, helmRollback } from "../../../functions/facts/helm-rollback.ts";
import { storedTemplate } from "../../../functions/kinds/argo-rollout/stored-template.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import type { ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer, found, refusal } from "../../support/api-server.ts";
import { labelsOf, packed, type KeptRevision } from "../../support/helm.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  ofRevision,
  policy,
  replicaSet,
  template,
  WEB,
} from "../../support/objects.ts";

const SECRETS = "/api/v1/namespaces/shop/secrets";
const OF_SHOP: ObjectMeta = { annotations: { "meta.helm.sh/release-name": "shop" } };
const GOOD = templateHash(storedTemplate(template("shop/web:1")));

/** A Deployment `web` with that image, as a chart writes it. */
const web = (image: string) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: { template: template(image) },
});
const object = (kind: string, name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind,
  metadata: { name },
  ...more,
});

/** The API server sends every value as base64. */
const base64 = (text: string) => Buffer.from(text).toString("base64");

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

/** Has the API server hold these revisions of release `shop`, the first one being revision 1. */
function hold(...revisions: KeptRevision[]): void {
  const rows = revisions.map((kept, index) => ({
    cells: [],
    object: { metadata: { labels: labelsOf(kept, index + 1) } },
  }));
  api.on("GET", SECRETS, found({ kind: "Table", columnDefinitions: [], rows }));
  for (const [index, kept] of revisions.entries()) {
    api.on(
      "GET",
      `${SECRETS}/sh.helm.release.v1.shop.v${index + 1}`,
      found({ data: { release: base64(packed(kept)) } }),
    );
  }
}

async function read(metadata = OF_SHOP): Promise<HelmRelease> {
  const release = await readHelmRelease(api.cluster(), "shop", metadata);
  if (release === undefined) throw new Error("it is of no release");
  return release;
}
const told = async () => helmRollback(await read(), WEB, GOOD);

const first: KeptRevision = { status: "superseded", objects: [web("shop/web:1")] };
const bad: KeptRevision = { status: "deployed", objects: [web("shop/web:2")] };

describe("the way back with Helm", () => {
  it("is the newest revision that was deployed and has the pod template that was well", async () => {
    hold(
      first,
      { ...first, status: "failed" },
      first,
      { ...bad, status: "superseded" },
      { ...first, status: "failed" },
      bad,
    );

    expect(await told()).toBe("Its revision 3 has the pod template that was well: `helm rollback shop 3 -n shop`.");
  });

  it("is told with all that it does beside", async () => {
    hold(
      {
        status: "superseded",
        objects: [web("shop/web:1"), object("ConfigMap", "shop", { data: { a: "1" } }), object("Service", "old")],
        hooks: [
          { name: "migrate-back", events: ["pre-rollback"] },
          { name: "migrate", events: ["pre-upgrade"] },
        ],
      },
      {
        status: "deployed",
        objects: [
          web("shop/web:2"),
          object("ConfigMap", "shop", { data: { a: "2" } }),
          object("PersistentVolumeClaim", "cache"),
          {
            ...object("Secret", "keys"),
            metadata: { name: "keys", annotations: { "helm.sh/resource-policy": "keep" } },
          },
        ],
      },
    );

    expect(await told()).toBe(
      "Its revision 1 has the pod template that was well: `helm rollback shop 1 -n shop`. " +
        "That also changes ConfigMap shop, makes Service old, deletes PersistentVolumeClaim cache, runs hooks (migrate-back).",
    );
  });

  it("warns of definitions of custom resources", async () => {
    hold(first, { ...bad, objects: [...bad.objects, object("CustomResourceDefinition", "shops.example.com")] });

    expect(await told()).toContain("With a CustomResourceDefinition its objects may go");
  });

  it("asks first whether an operation is under way", async () => {
    hold(first, { ...bad, status: "pending-upgrade" });

    expect(await told()).toMatch(
      /^Revision 2 of the release is pending-upgrade: make sure first that nothing is under way\. Its/,
    );
  });

  it("is an upgrade where no revision that is left has it", async () => {
    hold({ ...bad, status: "superseded" }, bad);
    expect(await told()).toContain("none of its revisions 1 has the pod template that was well: upgrade release shop");

    hold(bad);
    expect(await told()).toContain("Helm keeps no earlier revision of it that was deployed: upgrade release shop");
  });

  it("is not told where the release does not hold the workload", async () => {
    hold(first, { ...bad, objects: [object("ConfigMap", "shop")] });

    expect(await told()).toBeUndefined();
  });

  it("names nothing that no object can be called", async () => {
    const evil = "x`; curl evil; `";
    hold(
      { ...first, hooks: [{ name: evil, events: ["post-rollback"] }] },
      { ...bad, objects: [...bad.objects, object(evil, evil)] },
    );

    expect(await told()).not.toContain("curl");
  });
});

describe("a release is not read", () => {
  it.each<[string, () => Promise<HelmRelease>]>([
    [
      "was not read: it is in another namespace",
      () => read({ annotations: { ...OF_SHOP.annotations, "meta.helm.sh/release-namespace": "bank" } }),
    ],
    [
      "was not read: the role of classify lacks the permission (infra/rbac-helm.yaml)",
      () => {
        api.on("GET", SECRETS, refusal(403, "Forbidden"));
        return read();
      },
    ],
    [
      "was not found among the Secrets of its namespace: it is gone, or Helm keeps it elsewhere (HELM_DRIVER)",
      () => {
        hold();
        return read();
      },
    ],
    [
      "was read, and what Helm keeps of it was not understood",
      () => {
        hold(first, bad);
        api.on("GET", `${SECRETS}/sh.helm.release.v1.shop.v2`, found({ data: { release: "bm9uc2Vuc2U=" } }));
        return read();
      },
    ],
  ])("and says that it %s", async (said, act) => {
    const release = await act();

    expect(helmLines(release)).toEqual([`Helm release shop ${said}`]);
    expect(helmRollback(release, WEB, GOOD)).toBeUndefined();
  });

  it("where the workload names none, or none that can be", async () => {
    for (const name of [undefined, "--kubeconfig=/etc", "a b", "shop,name=other"]) {
      const annotations: Record<string, string> = name === undefined ? {} : { "meta.helm.sh/release-name": name };
      expect(await readHelmRelease(api.cluster(), "shop", { annotations })).toBeUndefined();
    }
    expect(api.requests).toEqual([]);
  });
});

describe("a bad rollout of Helm's", () => {
  it("is left to Helm, with the command that goes back", async () => {
    hold(first, bad);
    const holders = [
      replicaSet(2, { replicas: 1, created: ago(60) }),
      replicaSet(1, { available: 2, created: ago(90_000) }),
    ];
    const [newer, older] = holders.map(({ spec, ...rest }) => ({
      ...rest,
      spec: { ...spec, template: storedTemplate(spec?.template ?? {}) },
    }));
    const progressing = { status: "False", reason: "ProgressDeadlineExceeded" };
    const present = storedTemplate(template("shop/web:2"));
    const diagnosis = classify(
      evidence({
        workload: deployment({ template: present, metadata: OF_SHOP, progressing }),
        holders: [newer ?? {}, older ?? {}],
        pods: [ofRevision(2, crashingPod({ startedAgo: 60 }))],
        helm: await read(),
      }),
      policy(),
    );

    expect(diagnosis.remedy).toMatchObject({
      action: "none",
      refusal: "ManagedByAnotherTool",
      message: expect.stringContaining("`helm rollback shop 1 -n shop`") as string,
    });
    expect(diagnosis.evidence).toContainEqual("Helm release shop is at revision 2 (deployed)");
  });
});
