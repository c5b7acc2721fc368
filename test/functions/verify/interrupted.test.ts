import { describe, expect, it } from "vitest";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import { DAEMON_SET } from "../../../functions/kinds/daemon-set/kind.ts";
import { ROLLOUT } from "../../../functions/kinds/argo-rollout/kind.ts";
import { STATEFUL_SET } from "../../../functions/kinds/stateful-set/kind.ts";
import { runsNowhere } from "../../../functions/facts/ended.ts";
import type { WorkloadState } from "../../../functions/facts/state.ts";
import { workloadMessage } from "../../../functions/notify/message.ts";
import type { WorkloadRun } from "../../../functions/run/contracts.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import { verify } from "../../../functions/verify/verify.ts";
import { ago, deployment, NOW, pod, policy, template } from "../../support/objects.ts";
import { writtenBy } from "../../support/field-writers.ts";
import { rollout } from "../../support/rollouts.ts";
import { agent, db } from "../../support/set-objects.ts";
import { appliedRun, diagnosis } from "../../support/runs.ts";

/** The template that `appliedRun` has put in place. */
const BACK = template("shop/web:1");
const OFF = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };

function state(overrides: Partial<WorkloadState> = {}): WorkloadState {
  return {
    kind: DEPLOYMENT,
    workload: deployment({ template: BACK, replicas: 1 }),
    pods: [pod()],
    controllers: [],
    hpa: undefined,
    others: [],
    ...overrides,
  };
}

/** A rollback of a workload that was to have three pods. */
function rolledBack(overrides: Parameters<typeof diagnosis>[0] = {}): WorkloadRun {
  return { ...appliedRun(), diagnosis: diagnosis({ wanted: 3, ...overrides }) };
}

function restarted(): WorkloadRun {
  const pods = [{ name: "web-1-gone", uid: "gone" }];
  return {
    ...appliedRun({ kind: "restart", mode: "evict", pods }),
    diagnosis: diagnosis({
      wanted: 3,
      template: templateHash(BACK),
      remedy: { action: "restart", mode: "evict", pods },
    }),
  };
}

const look = (run: WorkloadRun, seen: WorkloadState) => verify(run, seen, policy(), NOW);
const switchedOff = (metadata = {}) =>
  state({ workload: deployment({ template: BACK, replicas: 0, status: OFF, metadata }), pods: [] });

describe("a workload that somebody takes in hand while a remedy settles", () => {
  it.each([
    ["a rollback", rolledBack()],
    ["a restart", restarted()],
  ])("is not well with 0 of 0 pods: after %s, it was switched off meanwhile", (_what, run) => {
    expect(look(run, switchedOff())).toMatchObject({
      verdict: "interrupted",
      reasons: ["it was switched off meanwhile: it is to have 0 replicas"],
    });
  });

  it("was not switched off meanwhile where it was to have no pods from the start", () => {
    expect(look(rolledBack({ wanted: 0 }), switchedOff()).verdict).toBe("settling");
  });

  it("is not told as recovered where it was to have no pods from the start, since nothing shows whether it is well", () => {
    const run = rolledBack({ wanted: 0 });
    const first = look(run, switchedOff());
    const soaked = new Date(NOW.getTime() + 60_000);
    const verification = verify({ ...run, verification: first }, switchedOff(), policy(), soaked);
    const ended = { ...run, verification };
    const report = outcomeOf(ended, false);

    expect(verification.verdict).toBe("nothing_runs");
    expect(report).toMatchObject({ outcome: "Unresolved", reason: "ScaledToZero", needs_person: true });
    expect(report.summary).toContain("Whether that helps cannot be told: it is to have 0 replicas.");
    const { text } = workloadMessage(ended, report);
    expect(text).toContain("Look at it once pods of it run");
    expect(text).not.toContain("it still fails");
  });

  it("tells who switched it off, where that is known", () => {
    const scaled = [
      { manager: "keda", subresource: "scale", time: ago(5), fieldsV1: { "f:spec": { "f:replicas": {} } } },
    ];

    expect(look(rolledBack(), switchedOff({ managedFields: scaled })).reasons.join()).toContain(
      "0 replicas (by its managed fields, last written by keda at ",
    );
  });

  it("is switched off as a Rollout as well, which has replicas and no nodes of its own", () => {
    const none = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
    const off = state({ kind: ROLLOUT, workload: rollout(none, { replicas: 0, template: BACK }), pods: [] });
    const soaked = new Date(NOW.getTime() + 60_000);
    const run = rolledBack({ wanted: 0 });

    expect(look(rolledBack(), off)).toMatchObject({
      verdict: "interrupted",
      reasons: ["it was switched off meanwhile: it is to have 0 replicas"],
    });
    expect(verify({ ...run, verification: look(run, off) }, off, policy(), soaked)).toMatchObject({
      verdict: "nothing_runs",
      reasons: ["it is to have 0 replicas"],
    });
    expect(runsNowhere(ROLLOUT, off.workload, [])?.words).toContain("It is scaled to 0");
  });

  it("is not called switched off where no node is left for a DaemonSet", () => {
    const none = { desiredNumberScheduled: 0, currentNumberScheduled: 0, updatedNumberScheduled: 0, numberReady: 0 };
    const seen = state({ kind: DAEMON_SET, workload: agent({ template: BACK, status: none }), pods: [] });

    expect(look(rolledBack(), seen)).toMatchObject({
      verdict: "interrupted",
      reasons: ["no node is to run a pod of it any more"],
    });
  });

  it("is not known to be well where no node was to run a pod of a DaemonSet from the start", () => {
    const none = {
      desiredNumberScheduled: 0,
      currentNumberScheduled: 0,
      updatedNumberScheduled: 0,
      numberReady: 0,
      numberAvailable: 0,
    };
    const seen = state({ kind: DAEMON_SET, workload: agent({ template: BACK, status: none }), pods: [] });
    const run = rolledBack({ wanted: 0 });
    const soaked = new Date(NOW.getTime() + 60_000);

    expect(verify({ ...run, verification: look(run, seen) }, seen, policy(), soaked)).toMatchObject({
      verdict: "nothing_runs",
      reasons: ["no node is to run a pod of it"],
    });
  });

  it("is theirs once they have paused a rollout that the remedy began, and not where it began none", () => {
    const paused = state({ workload: deployment({ template: BACK, replicas: 1, paused: true }) });

    expect(look(rolledBack(), paused)).toMatchObject({
      verdict: "interrupted",
      reasons: ["its rollout was paused meanwhile"],
    });
    expect(look(restarted(), paused).verdict).toBe("settling");
  });

  it("is theirs once they have chosen a strategy that replaces no pods", () => {
    const byHand = db({ template: BACK, spec: { updateStrategy: { type: "OnDelete" } } });

    expect(look(rolledBack(), state({ kind: STATEFUL_SET, workload: byHand }))).toMatchObject({
      verdict: "interrupted",
      reasons: ["its update strategy leaves its pods to be replaced by hand by now"],
    });
  });

  it("tells who paused it, or chose that strategy, where that is known", () => {
    const chosen = { "f:spec": { "f:paused": {}, "f:updateStrategy": { "f:type": {} } } };
    const labelled = { "f:metadata": { "f:labels": {} } };
    const metadata = writtenBy(["kubectl-edit", chosen], ["labeller", labelled, { at: ago(60) }]);
    const paused = state({ workload: deployment({ template: BACK, replicas: 1, paused: true, metadata }) });
    const byHand = db({ template: BACK, spec: { updateStrategy: { type: "OnDelete" } }, metadata });

    for (const seen of [paused, state({ kind: STATEFUL_SET, workload: byHand })]) {
      expect(look(rolledBack(), seen).reasons.join()).toContain(
        " (by its managed fields, last written by kubectl-edit at ",
      );
    }
  });

  it("is theirs once they are deleting it, or have made it anew with the very template that was put in place", () => {
    const deleted = deployment({ template: BACK, metadata: { deletionTimestamp: ago(1) } });
    const anew = deployment({ template: BACK, replicas: 1, metadata: { uid: "another" } });
    const run = rolledBack({ workload_uid: "deploy-uid" });

    expect(look(run, state({ workload: deleted }))).toMatchObject({
      verdict: "interrupted",
      reasons: ["it is being deleted"],
    });
    expect(look(run, state({ workload: anew }))).toMatchObject({
      verdict: "overtaken",
      reasons: ["it was deleted and made anew meanwhile"],
    });
    expect(look(run, state()).verdict).toBe("settling");
  });

  it("is left to a person, who is told what is in place, and not how to put the failing version back", () => {
    const run = { ...rolledBack(), verification: look(rolledBack(), switchedOff()) };
    const report = outcomeOf(run, false);
    const { changed, commands, next_steps, verified } = workloadMessage(run, report).document;

    expect(report).toMatchObject({ outcome: "Unresolved", reason: "ObjectChanged", needs_person: true });
    expect(report.summary).toContain("Whether it helped cannot be told: it was switched off meanwhile");
    expect(changed).toEqual(["Deployment shop/web: pod template of revision 2 replaced by that of revision 1"]);
    expect(commands.join()).not.toContain("rollout undo");
    expect(next_steps).toEqual([
      "Ask whoever did that what comes next: the remedy was carried out, and nobody knows whether it helped.",
    ]);
    expect(verified).toBe("no: it was switched off meanwhile: it is to have 0 replicas");
  });
});
