import { describe, expect, it } from "vitest";
import { openCase } from "../../../../functions/facts/case.ts";
import { rollBack } from "../../../../functions/remedies/rollback/plan.ts";
import type { ObjectMeta, Pod } from "../../../../functions/shared/kubernetes/types.ts";
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

/** What is said where no revision may be gone back to; the older ones were each there for a moment. */
function told(revisions: number[], metadata: ObjectMeta = {}, earlier: Pod[] = []): string {
  const [newest = 1] = revisions;
  const remedy = rollBack(
    openCase(
      evidence({
        workload: deployment({ template: template(`shop/web:${newest}`), metadata }),
        holders: revisions.map((revision) => replicaSet(revision, { replicas: 1, created: ago(90 - revision) })),
        pods: [ofRevision(newest, crashingPod({ startedAgo: 60 })), ...earlier],
      }),
      policy(),
    ),
  );
  return remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action;
}

const HELM: ObjectMeta = { annotations: { "meta.helm.sh/release-name": "shop" } };

describe("where no revision may be gone back to", () => {
  it("the earlier ones are named, one of which somebody may know", () => {
    expect(told([3, 2])).toBe(
      "NoHealthyRevision: No earlier revision is known to have been healthy (revisions in the history: 3, 2). Roll forward with a fixed template, or ask for a rollback to a revision that you know.",
    );
  });

  it("it is told how many pods of the earlier ones fail at present, as they may be all that is left of it", () => {
    const crashing = (name: string) => ofRevision(2, crashingPod({ name, startedAgo: 60 }));
    const going = { ...crashing("c"), metadata: { ...crashing("c").metadata, deletionTimestamp: ago(9_000) } };

    expect(told([3, 2], {}, [crashing("a"), crashing("b"), going])).toContain(
      "(revisions in the history: 3, 2). 2 pods of revision 2 fail at present. Roll forward",
    );
    expect(told([3, 2], {}, [crashing("a")])).toContain("1 pod of revision 2 fails at present. Roll forward");
  });

  it("none is spoken of where there is none", () => {
    expect(told([1])).toBe(
      "NoHealthyRevision: Its history holds no earlier revision to go back to. Roll forward with a fixed template.",
    );
  });

  it("the way forward is that of the tool that owns it", () => {
    expect(told([1], HELM)).toBe(
      "NoHealthyRevision: Its history holds no earlier revision to go back to. Roll forward with a fixed template; it belongs to Helm. Change it in the release's values: `helm upgrade shop -n shop`.",
    );
    expect(told([3, 2], HELM)).not.toContain("ask for a rollback");
  });
});
