import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
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
} from "../../support/objects.ts";
import { claimedRun } from "../../support/runs.ts";

const DB = { kind: "StatefulSet", namespace: "shop", name: "ledger-db" };
const waits_for = { workload: DB, why: "its environment names ledger-db" };
const waiting = (fields: Partial<Incident> = {}) => incident({ waits_for, ...fields });

/** A crash of what ran well for an hour, which would be restarted. */
const stable = () =>
  evidence({ pods: [crashingPod({ startedAgo: 3_600, ranFor: 3_000 })], holders: [replicaSet(1, { available: 1 })] });

describe("a workload that waits for another one", () => {
  it("is not restarted, and says for which and why", () => {
    expect(classify(stable(), policy()).remedy.action).toBe("restart");

    const { remedy, rejected } = classify({ ...stable(), incident: waiting() }, policy());
    expect(remedy).toEqual({
      action: "none",
      refusal: "WaitsForAnother",
      message:
        "It waits for StatefulSet shop/ledger-db, which fails, too: its environment names ledger-db. Nothing is done to this one until that is settled.",
    });
    expect(rejected.map(({ action }) => action)).toContain("restart");
  });

  it("waits as well where its owners keep the workflow away, so that nobody is called for it", () => {
    const workload = deployment({ metadata: { annotations: { "eks-remediation/enabled": "false" } } });

    expect(classify({ ...stable(), workload, incident: waiting() }, policy()).remedy).toMatchObject({
      refusal: "WaitsForAnother",
    });
    expect(classify({ ...stable(), workload }, policy()).remedy).toMatchObject({ refusal: "OptedOut" });
  });

  it("is rolled back all the same where its own rollout is the cause", () => {
    const broken = evidence({
      workload: deployment({
        template: template("shop/web:2"),
        progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
      }),
      holders: [
        replicaSet(2, { replicas: 1, created: ago(60) }),
        replicaSet(1, { available: 2, created: ago(90_000) }),
      ],
      pods: [ofRevision(2, crashingPod({ startedAgo: 60 }))],
      incident: waiting(),
    });

    expect(classify(broken, policy()).remedy.action).toBe("rollback");
  });

  it("is none any more when it has recovered", () => {
    const well = evidence({ pods: [], incident: waiting() });

    expect(classify(well, policy()).remedy).toMatchObject({ refusal: "NotFailingAnymore" });
  });

  it("calls nobody: the other one's message tells of it", () => {
    const diagnosis = classify({ ...stable(), incident: waiting() }, policy());

    expect(outcomeOf({ ...claimedRun(), incident: waiting(), diagnosis }, true)).toMatchObject({
      outcome: "Skipped",
      reason: "WaitsForAnother",
      needs_person: false,
    });
  });

  it("calls a person where the other one is not looked after by the run", () => {
    const teller = waiting({ waits_for: { ...waits_for, elsewhere: true } });
    const diagnosis = classify({ ...stable(), incident: teller }, policy());

    expect(diagnosis.remedy).toMatchObject({ message: expect.stringContaining("look at it first") as string });
    expect(outcomeOf({ ...claimedRun(), incident: teller, diagnosis }, false)).toMatchObject({ needs_person: true });
  });
});
