import { describe, expect, it } from "vitest";
import type { WorkloadState } from "../../../../functions/facts/state.ts";
import { ROLLOUT } from "../../../../functions/kinds/argo-rollout/kind.ts";
import type { Rollout } from "../../../../functions/kinds/argo-rollout/rollout.ts";
import { asStored } from "../../../../functions/kinds/workloads.ts";
import type { RolloutAbortChange } from "../../../../functions/remedies/rollout-abort/contract.ts";
import { overtaken, remains, seen } from "../../../../functions/remedies/rollout-abort/seen.ts";
import { templateHash } from "../../../../functions/shared/kubernetes/template.ts";
import { storedTemplate } from "../../../../functions/kinds/argo-rollout/stored-template.ts";
import { fieldsBy } from "../../../support/field-writers.ts";
import { ago, template } from "../../../support/objects.ts";
import { ABORTED, CANARY, progressing, rollout, ROLLOUT_WEB, withRollouts } from "../../../support/rollouts.ts";

const revision = (number: number) => ({
  ...({ revision: number, kind: "ReplicaSet", name: `web-${number}` } as const),
  template: templateHash(storedTemplate(template(`shop/web:${number}`))),
});
const change: RolloutAbortChange = {
  ...{ kind: "rollout-abort", before: revision(2), after: revision(1), aborted_at: ABORTED.abortedAt },
};
const plan = { action: "rollout-abort", before: change.before, after: change.after } as const;
const GOES_ON = { ...CANARY, abort: false, ...progressing("RolloutRetry", "Unknown") };

const stateOf = (object: Rollout): WorkloadState => ({
  kind: ROLLOUT,
  workload: withRollouts(() => asStored(ROLLOUT_WEB, object)),
  ...{ pods: [], controllers: [], hpa: undefined, others: [] },
});

describe("a look at an aborted Rollout", () => {
  it("shows the abort, with its moment, and none of another rollout", () => {
    expect(seen(plan, stateOf(rollout(ABORTED)))).toEqual(change);
    expect(seen(plan, stateOf(rollout(CANARY)))).toBeUndefined();
    expect(seen(plan, stateOf(rollout(ABORTED, { template: template("shop/web:3") })))).toBeUndefined();
  });

  it("shows that the abort was taken back, where that was wanted", () => {
    const wanted = { ...plan, back: { aborted_at: change.aborted_at } };

    expect(seen(wanted, stateOf(rollout(GOES_ON)))).toEqual({ ...change, back: true });
    expect(seen(wanted, stateOf(rollout(ABORTED)))).toBeUndefined();
  });

  it("finds it as the remedy left it, whatever its replicas are by now", () => {
    expect(overtaken(change, stateOf(rollout(ABORTED)))).toBeUndefined();
    expect(overtaken(change, stateOf(rollout(ABORTED, { replicas: 5 })))).toBeUndefined();
  });

  it.each<[string, Rollout]>([
    ["its rollout goes on again", rollout(GOES_ON)],
    ["it was tried again, and aborted anew", rollout({ ...ABORTED, abortedAt: "2026-06-01T11:59:30Z" })],
    ["its pod template is not that of revision 2 any more", rollout(ABORTED, { template: template("shop/web:3") })],
    ["revision 1 is not what was promoted last any more", rollout({ ...ABORTED, stableRS: "2" })],
  ])("tells that %s", (said, object) => {
    expect(overtaken(change, stateOf(object))).toBe(said);
  });

  it("tells who has it go on", () => {
    const object = rollout(GOES_ON);
    const at = ago(60);
    object.metadata = {
      ...object.metadata,
      ...fieldsBy("kubectl-argo-rollouts", { "f:status": { "f:abort": {} } }, { at, subresource: "status" }),
    };

    expect(overtaken(change, stateOf(object))).toContain("last written by kubectl-argo-rollouts at");
  });

  it("tells by its controller where the template is in another object", () => {
    const referring = (currentPodHash: string) => {
      const object = rollout({ ...ABORTED, currentPodHash });
      delete object.spec?.template;
      return stateOf(object);
    };

    expect(overtaken(change, referring("2"))).toBeUndefined();
    expect(overtaken(change, referring("3"))).toContain("not that of revision 2");
  });

  it("tells of an abort that was taken back only that it is aborted again", () => {
    const back = { ...change, back: true } as const;

    expect(overtaken(back, stateOf(rollout(GOES_ON)))).toBeUndefined();
    expect(overtaken(back, stateOf(rollout({ ...ABORTED, abortedAt: "2026-06-01T11:59:30Z" })))).toBeDefined();
  });
});

describe("an abort is undone", () => {
  it("once its controller goes on", () => {
    expect(remains(change, stateOf(rollout(GOES_ON)))).toEqual([]);
    expect(remains(change, stateOf(rollout(ABORTED)))).toEqual(["the rollout of revision 2 is still aborted"]);
    expect(remains(change, stateOf(rollout({ ...ABORTED, abort: false })))).toEqual([
      "its controller has not taken up yet that it is to be tried again",
    ]);
  });
});
