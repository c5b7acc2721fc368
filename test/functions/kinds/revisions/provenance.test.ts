import { describe, expect, it } from "vitest";
import { DEPLOYMENT } from "../../../../functions/kinds/deployment/kind.ts";
import { CONTROLLER_REVISIONS } from "../../../../functions/kinds/revisions/controller-revisions.ts";
import { newestHealthyRevision } from "../../../../functions/facts/proof.ts";
import type { Deployment, ObjectMeta, ReplicaSet } from "../../../../functions/shared/kubernetes/types.ts";
import { fieldsBy, writtenBy } from "../../../support/field-writers.ts";
import { ago, deployment, replicaSet, template } from "../../../support/objects.ts";
import { controllerRevision, db, dbPod } from "../../../support/set-objects.ts";

const STABLE_SECONDS = 600;
const IMAGE = { "f:spec": { "f:template": { "f:spec": { "f:containers": {} } } } };

/** A Deployment of revision 2, whose template was written that long ago. */
function web(secondsAgo: number, metadata: ObjectMeta = {}): Deployment {
  const { managedFields } = writtenBy(
    ["kubectl-client-side-apply", IMAGE, { at: ago(secondsAgo) }],
    ["kube-controller-manager", {}, { subresource: "status" }],
  );
  const made = { name: "web", uid: "deploy-uid", creationTimestamp: ago(90_000), managedFields };
  return deployment({ template: template("shop/web:2"), metadata: { ...made, ...metadata } });
}

/** A ReplicaSet, with more metadata. */
function held(revision: number, options: Parameters<typeof replicaSet>[1], metadata: ObjectMeta = {}): ReplicaSet {
  const { metadata: own, ...rest } = replicaSet(revision, options);
  return { ...rest, metadata: { ...own, ...metadata } };
}

const GOOD = held(1, { available: 2, created: ago(80_000) });
const BAD = held(2, { replicas: 1, created: ago(120) });
/** What somebody else makes while the rollout fails. */
const forged = (metadata: ObjectMeta = {}, number = 9) =>
  held(number, { template: template("elsewhere/not-ours:1"), available: 1, created: ago(60) }, metadata);

const names = (workload: Deployment, ...replicaSets: ReplicaSet[]) =>
  DEPLOYMENT.history.revisions(workload, replicaSets, []).map(({ name }) => name);
const target = (workload: Deployment, ...replicaSets: ReplicaSet[]) =>
  newestHealthyRevision(DEPLOYMENT.history.revisions(workload, replicaSets, []), { stableSeconds: STABLE_SECONDS })
    ?.revision.name;

/** The annotation with the earlier numbers of a revision. */
const earlier = (number: number, before: string): ObjectMeta => ({
  annotations: {
    "deployment.kubernetes.io/revision": `${number}`,
    "deployment.kubernetes.io/revision-history": before,
  },
});

describe("the history of a Deployment", () => {
  it("holds what its controller made", () => {
    expect(names(web(120), GOOD, BAD)).toEqual(["web-2", "web-1"]);
    expect(target(web(120), GOOD, BAD)).toBe("web-1");
  });

  it("does not hold what was made after the present template was put in place", () => {
    const renumbered = held(2, { replicas: 1, created: ago(120) }, earlier(10, "2"));

    expect(names(web(120), GOOD, renumbered, forged())).toEqual(["web-2", "web-1"]);
    expect(target(web(120), renumbered, forged())).toBeUndefined();
  });

  it("holds what was made after the present revision when somebody went back to that since", () => {
    const goneBackTo = held(2, { replicas: 1, created: ago(5_000) }, earlier(4, "2"));
    const since = held(3, { available: 2, created: ago(3_000) });

    expect(names(web(120), goneBackTo, since)).toEqual(["web-2", "web-3"]);
    expect(target(web(120), goneBackTo, since)).toBe("web-3");
  });

  it("does not hold what is older than the Deployment, as what an earlier one of its name has left", () => {
    const before = held(1, { available: 2, created: ago(90_001) });

    expect(names(web(120), before, BAD)).toEqual(["web-2"]);
  });

  it("does not hold a number that an older one bears, now or earlier", () => {
    const twin = held(7, { available: 1, created: ago(900) }, earlier(1, ""));
    const past = held(7, { available: 1, created: ago(900) }, earlier(5, "1"));

    expect(names(web(120), GOOD, twin, BAD)).not.toContain("web-7");
    expect(names(web(120), GOOD, past, BAD)).not.toContain("web-7");
  });

  it("does not hold a number below that of an older one", () => {
    const third = held(3, { available: 2, created: ago(80_000) });
    const late = held(1, { available: 1, created: ago(900) });
    const present = held(2, { replicas: 1, created: ago(120) }, earlier(4, ""));

    expect(names(web(120), third, late, present)).toEqual(["web-2", "web-3"]);
  });

  it.each<[string, ObjectMeta]>([
    ["is not called as its template's hash", { name: "web-x" }],
    ["was written by somebody else", fieldsBy("kubectl-client-side-apply", IMAGE)],
    ["has no number", { annotations: {} }],
    ["has a word for a number", { annotations: { "deployment.kubernetes.io/revision": "first" } }],
  ])("does not hold what %s", (_how, metadata) => {
    const odd = held(1, { available: 2, created: ago(80_000) }, metadata);

    expect(names(web(120), odd, BAD)).toEqual(["web-2"]);
  });

  it("knows its controller by who writes the status, as the name differs from cluster to cluster", () => {
    const k3s = writtenBy(["kubectl", IMAGE, { at: ago(120) }], ["k3s", {}, { subresource: "status" }]);
    const made = held(1, { available: 2, created: ago(80_000) }, fieldsBy("k3s", IMAGE));

    expect(names(web(120, k3s), made, BAD)).toEqual(["web-2", "web-1"]);
  });

  it("holds what has the present template, whoever made it", () => {
    const adopted = held(2, { available: 2, created: ago(99_000) }, { name: "web", ...fieldsBy("kubectl", IMAGE) });

    expect(names(web(120), adopted)).toEqual(["web"]);
  });

  it("has no healthy revision in what looks as if it was left by a rollback to one that is not the present one", () => {
    const renumbered = held(1, { created: ago(80_000) }, earlier(4, "1"));
    const above = held(3, { template: template("elsewhere/not-ours:1"), available: 1, created: ago(130) });
    const present = held(2, { replicas: 1, created: ago(120) }, earlier(5, ""));

    expect(names(web(120), renumbered, above, present)).toContain("web-3");
    expect(target(web(120), renumbered, above, present)).toBeUndefined();
  });
});

describe("the history of a StatefulSet", () => {
  const pods = [dbPod(0, 1), dbPod(1, 1)];
  const history = (...revisions: Parameters<typeof controllerRevision>[]) =>
    CONTROLLER_REVISIONS.revisions(
      db({ template: template("shop/web:2") }),
      revisions.map((each) => controllerRevision(...each)),
      pods,
    ).map(({ name }) => name);

  it("holds what its controller made", () => {
    expect(history([1, { created: ago(9_000) }], [2, { created: ago(120) }])).toEqual(["db-r2", "db-r1"]);
  });

  it("does not hold what was made after the present template was put in place", () => {
    expect(history([2, { number: 4, created: ago(120) }], [3, { created: ago(60) }])).toEqual(["db-r2"]);
  });

  it("does not hold a number that an older one bears", () => {
    const twin = [7, { number: 1, created: ago(900) }] as const;

    expect(history([1, { created: ago(9_000) }], [...twin], [2, { created: ago(120) }])).toEqual(["db-r2", "db-r1"]);
  });
});
