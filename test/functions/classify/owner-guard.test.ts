import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Diagnosis } from "../../../functions/run/contracts.ts";
import type { ObjectMeta, Pod, PodTemplate, ReplicaSet } from "../../../functions/shared/kubernetes/types.ts";
import { fieldsBy, writtenBy } from "../../support/field-writers.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  hpa,
  ofRevision,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";

const HELM: ObjectMeta = { annotations: { "meta.helm.sh/release-name": "shop" } };
const ARGO: ObjectMeta = { labels: { "argocd.argoproj.io/instance": "shop" } };
const FLUX: ObjectMeta = { labels: { "kustomize.toolkit.fluxcd.io/name": "shop" } };

/** The fields of a template's only container that somebody set. */
const container = (...fields: string[]) => ({
  "f:spec": {
    "f:template": {
      "f:spec": {
        "f:containers": {
          'k:{"name":"app"}': { ".": {}, ...Object.fromEntries(fields.map((field) => [`f:${field}`, {}])) },
        },
      },
    },
  },
});
/** What the owner has left after somebody else has set the image, and what that one has. */
const REST = container("name");
const IMAGE = container("image");

const GOOD = replicaSet(1, { available: 2, created: ago(90_000) });
const BAD = replicaSet(2, { replicas: 1, created: ago(60) });

/** A rollout of revision 2 that crashes, on a Deployment with that metadata. */
function badRollout(
  metadata: ObjectMeta,
  {
    present = template("shop/web:2"),
    holders = [BAD, GOOD],
    pods = [ofRevision(2, crashingPod({ startedAgo: 60 }))],
  }: { present?: PodTemplate; holders?: ReplicaSet[]; pods?: Pod[] } = {},
): Diagnosis {
  const progressing = { status: "False", reason: "ProgressDeadlineExceeded" };
  return classify(
    evidence({
      workload: deployment({ template: present, metadata, progressing }),
      holders,
      pods,
    }),
    policy(),
  );
}

/** The owner wrote revision 1, and somebody else the image of revision 2. */
const past = (owner: string, other: string, marks: ObjectMeta = HELM) => ({
  ...marks,
  ...writtenBy([owner, REST, { at: ago(90_000) }], [other, IMAGE, { at: ago(61) }]),
});

describe("what was changed past the tool that owns a workload", () => {
  it.each(["kubectl-patch", "kubectl-set", "kubectl-edit", "kubectl-client-side-apply", "OpenAPI-Generator"])(
    "is taken back to Helm's own state when %s changed it",
    (manager) => {
      expect(badRollout(past("helm", manager))).toMatchObject({
        remedy: { action: "rollback", after: { revision: 1 } },
        owner: "Helm",
      });
    },
  );

  it.each([
    ["argocd-controller", ARGO, "Argo CD"],
    ["kustomize-controller", FLUX, "Flux"],
  ])("is taken back to what %s wrote", (manager, marks, owner) => {
    expect(badRollout(past(manager, "kubectl-edit", marks))).toMatchObject({ remedy: { action: "rollback" }, owner });
  });

  it("is told with who changed it, and when", () => {
    expect(badRollout(past("helm", "kubectl-set")).evidence).toContainEqual(
      `kubectl-set changed the pod template at ${ago(61)}, past Helm, which wrote last at ${ago(90_000)}; revision 1 is what was in place then`,
    );
  });

  it("is left to the tool where that has written since", () => {
    const since = writtenBy(["helm", REST, { at: ago(30) }], ["kubectl-set", IMAGE, { at: ago(61) }]);

    expect(badRollout({ ...HELM, ...since }).remedy).toMatchObject({ refusal: "ManagedByAnotherTool" });
  });

  it("is left to the tool where that has written a part of it", () => {
    const present = template("shop/web:2");
    present.spec = { ...present.spec, containers: [{ name: "app", image: "shop/web:2", command: ["/bin/wrong"] }] };
    const both = writtenBy(
      ["helm", container("name", "command"), { at: ago(90_000) }],
      ["kubectl-set", IMAGE, { at: ago(61) }],
    );

    const holders = [replicaSet(2, { template: present, replicas: 1, created: ago(60) }), GOOD];
    const { remedy } = badRollout({ ...HELM, ...both }, { present, holders });

    expect(remedy).toMatchObject({ refusal: "ManagedByAnotherTool" });
  });

  describe("again and again", () => {
    const twice = (ofFirst: object, ofSecond: object) => {
      const first = replicaSet(1, { created: ago(95_000), ...ofFirst });
      const byHand = replicaSet(2, { created: ago(50_000), ...ofSecond });
      const third = replicaSet(3, { replicas: 1, created: ago(60) });
      return badRollout(past("helm", "kubectl-set"), {
        present: template("shop/web:3"),
        holders: [third, byHand, first],
        pods: [ofRevision(3, crashingPod({ startedAgo: 60 }))],
      });
    };

    it("is taken back to what ran before the last change, which is told to be none of the tool's", () => {
      const diagnosis = twice({}, { available: 2 });

      expect(diagnosis).toMatchObject({ remedy: { action: "rollback", after: { revision: 2 } }, owner: "Helm" });
      expect(diagnosis.evidence).toContainEqual(
        `kubectl-set changed the pod template at ${ago(61)}, past Helm, which wrote last at ${ago(90_000)}; revision 2 came past Helm as well, at ${ago(50_000)}: it is not Helm's own state`,
      );
    });

    it("is taken back to the tool's own state where what came between was not well", () => {
      expect(twice({ available: 2 }, { replicas: 1 })).toMatchObject({
        remedy: { action: "rollback", after: { revision: 1 } },
      });
    });

    it("is left to the tool where only what was before its own state was well", () => {
      const older = replicaSet(1, { available: 2, created: ago(99_000) });
      const own = replicaSet(2, { replicas: 1, created: ago(90_000) });
      const third = replicaSet(3, { replicas: 1, created: ago(60) });
      const diagnosis = badRollout(past("helm", "kubectl-set"), {
        present: template("shop/web:3"),
        holders: [third, own, older],
        pods: [ofRevision(3, crashingPod({ startedAgo: 60 })), ofRevision(2, crashingPod({ name: "own" }))],
      });

      expect(diagnosis.remedy).toMatchObject({ refusal: "ManagedByAnotherTool" });
      expect(diagnosis.owner).toBeUndefined();
    });
  });

  it.each([
    ["another tool changed it", "Terraform"],
    ["an operator changed it", "shop-operator"],
  ])("is left alone where %s", (_how, manager) => {
    expect(badRollout(past("helm", manager)).remedy).toMatchObject({ refusal: "ManagedByAnotherTool" });
  });

  it.each<[string, ObjectMeta]>([
    ["nothing tells that the tool wrote anything", fieldsBy("kubectl-set", IMAGE, { at: ago(61) })],
    ["nothing tells who wrote what is other", fieldsBy("helm", REST, { at: ago(90_000) })],
    ["nothing tells who wrote anything", {}],
  ])("is left to the tool where %s", (_what, writers) => {
    expect(badRollout({ ...HELM, ...writers }).remedy).toMatchObject({ refusal: "ManagedByAnotherTool" });
  });

  it("is left to a controller that its owner references name, whoever changed it", () => {
    const reference = {
      apiVersion: "shop.example.com/v1",
      kind: "Storefront",
      name: "web",
      uid: "1",
      controller: true,
    };
    const { remedy } = badRollout({ ...past("helm", "kubectl-set"), ownerReferences: [reference] });

    expect(remedy).toMatchObject({ refusal: "ManagedByAnotherTool" });
    expect(remedy).toHaveProperty("message", expect.stringContaining("belongs to Storefront web"));
  });
});

describe("the bounds of an HPA", () => {
  const atMaximum = (metadata: ObjectMeta) =>
    classify(evidence({ hpa: hpa({ limited: "TooManyReplicas", metadata }) }), policy()).remedy;
  const BOUNDS = { "f:spec": { "f:maxReplicas": {}, "f:minReplicas": {} } };

  it("are raised where nobody keeps them", () => {
    expect(atMaximum(fieldsBy("kubectl-client-side-apply", BOUNDS)).action).toBe("scale");
  });

  it.each<[string, ObjectMeta]>([
    [
      "KEDA",
      {
        ownerReferences: [
          { apiVersion: "keda.sh/v1alpha1", kind: "ScaledObject", name: "web", uid: "1", controller: true },
        ],
      },
    ],
    [
      "Storefront web",
      {
        ownerReferences: [
          { apiVersion: "shop.example.com/v1", kind: "Storefront", name: "web", uid: "1", controller: true },
        ],
      },
    ],
    ["Terraform", fieldsBy("HashiCorp", BOUNDS)],
    ["shop-operator", fieldsBy("shop-operator", BOUNDS)],
    ["Helm", { ...HELM, ...fieldsBy("kubectl-edit", BOUNDS) }],
  ])("are left to %s", (owner, metadata) => {
    const remedy = atMaximum(metadata);

    expect(remedy).toMatchObject({ action: "none", refusal: "ManagedByAnotherTool" });
    expect(remedy).toHaveProperty("message", expect.stringContaining(`belongs to ${owner}`));
  });

  it("are no limit that was outgrown where somebody has set them alike", () => {
    const pinned = hpa({ min: 4, max: 4, limited: "TooManyReplicas" });
    const { cause, remedy } = classify(evidence({ hpa: pinned }), policy());

    expect({ cause, action: remedy.action }).toEqual({ cause: "HpaPinned", action: "none" });
  });
});
