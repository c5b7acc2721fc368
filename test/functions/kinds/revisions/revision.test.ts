import { describe, expect, it } from "vitest";
import { DEPLOYMENT } from "../../../../functions/kinds/deployment/kind.ts";
import { newestHealthyRevision, type WellRevision } from "../../../../functions/facts/proof.ts";
import { currentRevision } from "../../../../functions/kinds/revisions/revision.ts";
import type { Deployment, ReplicaSet } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, deployment, replicaSet, template } from "../../../support/objects.ts";

const STABLE_SECONDS = 600;
const PRESENT = { stableSeconds: STABLE_SECONDS };

const revisionsOf = (seen: Deployment, sets: ReplicaSet[]) => DEPLOYMENT.history.revisions(seen, sets, []);

/** The newest healthy revision of a Deployment that is at revision 4. */
function healthy(...older: ReplicaSet[]): WellRevision | undefined {
  const present = replicaSet(4, { replicas: 1, created: ago(100) });
  const revisions = revisionsOf(deployment({ template: template("shop/web:4") }), [...older, present]);
  return newestHealthyRevision(revisions, PRESENT);
}

describe("the revisions of a Deployment", () => {
  it("come newest first, by number and not by text", () => {
    const sets = [replicaSet(9), replicaSet(10), replicaSet(2)];

    expect(revisionsOf(deployment(), sets).map(({ revision }) => revision)).toEqual([10, 9, 2]);
  });

  it("are at the one whose template the Deployment has, although the controller labelled its copy", () => {
    const revisions = revisionsOf(deployment({ template: template("shop/web:2") }), [replicaSet(3), replicaSet(2)]);

    expect(currentRevision(revisions)).toMatchObject({ revision: 2, name: "web-2" });
  });

  it("are at none while the controller has not seen the newest template", () => {
    const revisions = revisionsOf(deployment({ template: template("shop/web:3") }), [replicaSet(2), replicaSet(1)]);

    expect(currentRevision(revisions)).toBeUndefined();
  });
});

describe("the newest healthy revision", () => {
  it("is the one that still serves", () => {
    expect(healthy(replicaSet(3, { available: 2, created: ago(200) }))).toMatchObject({
      revision: { revision: 3 },
      confidence: "high",
    });
  });

  it("is one that served long enough before it was replaced, with less confidence", () => {
    expect(healthy(replicaSet(3, { created: ago(100 + STABLE_SECONDS) }))).toMatchObject({
      revision: { revision: 3 },
      confidence: "medium",
    });
    expect(healthy(replicaSet(3, { created: ago(99 + STABLE_SECONDS) }))).toBeUndefined();
  });

  it("is an older one when the previous is bad, too: it never took over from the one that serves", () => {
    const previous = replicaSet(3, { replicas: 1, created: ago(90_000) });

    expect(healthy(previous, replicaSet(2, { available: 1, created: ago(180_000) }))).toMatchObject({
      revision: { revision: 2 },
      confidence: "high",
    });
  });

  it("is an older one when the previous was replaced at once", () => {
    expect(healthy(replicaSet(3, { created: ago(130) }), replicaSet(2, { created: ago(90_000) }))).toMatchObject({
      revision: { revision: 2 },
      confidence: "medium",
    });
  });

  it("is never the present template under another number, nor an older one if that serves", () => {
    const same = replicaSet(3, { template: template("shop/web:4"), available: 1, created: ago(90_000) });

    expect(healthy(same)).toBeUndefined();
    expect(healthy(same, replicaSet(2, { available: 1, created: ago(180_000) }))).toBeUndefined();
  });

  it("is an older one than the present template under another number that never took over", () => {
    const same = replicaSet(3, { template: template("shop/web:4"), created: ago(90_000) });

    expect(healthy(same, replicaSet(2, { available: 1, created: ago(180_000) }))).toMatchObject({
      revision: { revision: 2 },
    });
  });

  it("is none when all that came before was short-lived", () => {
    expect(healthy(replicaSet(3, { created: ago(200) }), replicaSet(2, { created: ago(300) }))).toBeUndefined();
  });
});

describe("a revision that was rolled back to", () => {
  const reused = replicaSet(3, { created: ago(90_000) });
  reused.metadata = {
    ...reused.metadata,
    annotations: { ...reused.metadata?.annotations, "deployment.kubernetes.io/revision-history": "1" },
  };
  const present = deployment({ template: template("shop/web:4") });
  const bad = replicaSet(4, { replicas: 1, created: ago(100) });

  it("is not credited with the age of its ReplicaSet, nor the one before it with time that may not be its own", () => {
    // web-1 was bad and soon replaced; nobody can tell for how long web-2 served until web-1 came back.
    const sets = [bad, reused, replicaSet(2, { created: ago(89_940) })];

    expect(newestHealthyRevision(revisionsOf(present, sets), PRESENT)).toBeUndefined();
  });

  it("is credited with the time that it served when it was new", () => {
    const sets = [bad, reused, replicaSet(2, { created: ago(80_000) })];

    expect(newestHealthyRevision(revisionsOf(present, sets), PRESENT)?.revision.revision).toBe(3);
  });

  it("is known to have been well when the workload was available until the next one replaced it", () => {
    const unavailable = (since: number) => ({ ...PRESENT, unavailableSince: new Date(ago(since)) });
    const revisions = revisionsOf(present, [bad, reused]);

    expect(newestHealthyRevision(revisions, unavailable(105))?.evidence).toBe(
      "revision 3, which had been rolled back to, was available until revision 4 replaced it",
    );
    expect(newestHealthyRevision(revisions, unavailable(900))).toBeUndefined();
    expect(newestHealthyRevision(revisions, PRESENT)).toBeUndefined();
  });
});
