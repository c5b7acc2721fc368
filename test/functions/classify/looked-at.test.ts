import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { gatherEvidence } from "../../../functions/facts/evidence.ts";
import { isWorthTelling, outcomeOf } from "../../../functions/run/outcome.ts";
import { LOOKED_AT, lookedAt } from "../../../functions/run/looked-at.ts";
import { nextSteps } from "../../../functions/notify/next-steps.ts";
import { workloadCommands } from "../../../functions/notify/commands.ts";
import type { Incident } from "../../../functions/run/contracts.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, incident, NOW, policy } from "../../support/objects.ts";
import { claimedRun } from "../../support/runs.ts";

const found = (kind: string, reason: string, fields: Partial<Incident> = {}): Incident => {
  const namespace = kind === "Node" || kind === "APIService" ? "" : "shop";
  const failures = [{ reason, count: 1, message: "It leads nowhere.", since: ago(600) }];
  const group = kind === "Application" ? { group: "argoproj.io" } : {};
  return incident({ workload: { kind, ...group, namespace, name: "web" }, failures, ...fields });
};

const ALL = Object.entries(LOOKED_AT).flatMap(([kind, reasons]) => reasons.map((reason) => ({ kind, reason })));

describe("what is looked at and reported only", () => {
  it.each(ALL)(
    "is told as it was found, with what to do, and asks nothing of the cluster: $kind $reason",
    async (one) => {
      const api = await ApiServer.start();
      const about = found(one.kind, one.reason);
      const facts = await gatherEvidence(api.cluster(), about, { tried: [], history: [] }, { now: NOW }).finally(() =>
        api.stop(),
      );
      // Neither a namespace that did not opt in, nor a namespace that is not allowed keeps it back: the scan has asked.
      const diagnosis = classify(facts, policy({ opt_in: true }));
      const run = { ...claimedRun({ incident: about }), diagnosis };
      const report = outcomeOf(run, false);

      expect(api.requests).toEqual([]);
      expect(diagnosis).toMatchObject({ confidence: "high", summary: "It leads nowhere.", rejected: [] });
      expect(diagnosis.evidence[0]).toContain(`so since ${ago(600)}`);
      expect(diagnosis.remedy).toMatchObject({ action: "none", refusal: "NoSafeRemedy" });
      expect(report).toMatchObject({ outcome: "Skipped", reason: "NoSafeRemedy", needs_person: true });
      expect(isWorthTelling(run, report)).toBe(true);
      expect(nextSteps(run, report).nextSteps.join()).toMatch(/kubectl|flux resume/);
    },
  );

  it.each([
    [
      "of a kind of the same name from elsewhere",
      found("Service", "SelectsNoPod", {
        workload: { kind: "Service", group: "serving.knative.dev", namespace: "shop", name: "web" },
      }),
    ],
    [
      "of an Application of another group",
      found("Application", "AutomatedSyncPaused", {
        workload: { kind: "Application", group: "app.k8s.io", namespace: "shop", name: "web" },
      }),
    ],
    ["with failing pods", found("Service", "SelectsNoPod", { failing_pods: 1 })],
    ["that an HPA cannot scale", found("Service", "FailedGetScale")],
    ["of a workload", found("Deployment", "TargetAtZero")],
    ["of an object's inherited name", found("constructor", "SelectsNoPod")],
    ["without a failure", found("Service", "SelectsNoPod", { failures: [] })],
  ])("is no incident %s", (_how, about) => {
    expect(lookedAt(about)).toBeUndefined();
  });

  it("has commands that show a node without a namespace", () => {
    const commands = workloadCommands("prod", { kind: "Node", namespace: "", name: "worker-1" }, undefined);

    expect(commands.slice(1)).toEqual(["kubectl describe node worker-1", "kubectl get nodes"]);
  });
});
