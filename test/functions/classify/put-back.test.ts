import { describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { storedTemplate } from "../../../functions/kinds/argo-rollout/stored-template.ts";
import { asStored } from "../../../functions/kinds/workloads.ts";
import type { HistoryEntry } from "../../../functions/run/contracts.ts";
import { templateHash } from "../../../functions/shared/kubernetes/template.ts";
import type { Workload } from "../../../functions/shared/kubernetes/types.ts";
import { fieldsBy } from "../../support/field-writers.ts";
import { CANARY, progressing, rollout, ROLLOUT_WEB, rolloutSet, withRollouts } from "../../support/rollouts.ts";
import {
  ago,
  crashingPod,
  deployment,
  evidence,
  hpa,
  incident,
  ofRevision,
  policy,
  replicaSet,
  pod,
  template,
} from "../../support/objects.ts";

const GOOD = templateHash(template("shop/web:1"));
const BAD = templateHash(template("shop/web:2"));

type Metadata = Workload["metadata"];

/** Who has written that field, and when. */
function writtenBy(manager: string, secondsAgo: number, field: object): Metadata {
  return {
    managedFields: [{ manager, operation: "Update", time: ago(secondsAgo), fieldsV1: { "f:spec": field } }],
  };
}

const messageOf = (facts: ReturnType<typeof evidence>) => {
  const { remedy } = classify(facts, policy());
  return remedy.action === "none" ? `${remedy.refusal}: ${remedy.message}` : remedy.action;
};

describe("a size that others have set after a scaling", () => {
  const scaled = (overrides: Partial<HistoryEntry> = {}): HistoryEntry => ({
    ...{ at: ago(3_600), execution: "run", cause: "HpaAtMaximum", action: "scale", outcome: "Recovered" },
    ...{ applied: true, template: GOOD },
    scale: { target: "hpa", name: "web", from: { min: 2, max: 4 }, to: { min: 2, max: 6 } },
    ...overrides,
  });
  const atMaximum = (max: number, history: HistoryEntry[], metadata: Metadata = {}) =>
    evidence({ hpa: hpa({ max, limited: "TooManyReplicas", metadata: { ...metadata } }), history });
  const bounds = { "f:maxReplicas": {} };

  it("stays, as it was before or another, whatever was rolled out since and however long ago that was", () => {
    expect(messageOf(atMaximum(4, []))).toBe("scale");
    expect(messageOf(atMaximum(4, [scaled({ at: ago(20 * 86_400), template: BAD })]))).toContain(
      `PutBack: An execution has scaled HPA web from 2–4 to 2–6 replicas (HpaAtMaximum), as of ${ago(20 * 86_400)}; it was set to 2–4 replicas since. So that stays.`,
    );
    expect(messageOf(atMaximum(5, [scaled()]))).toContain("it was set to 2–5 replicas since.");
  });

  it("names who set it, and the commands that keep the workflow off it and that hand it back", () => {
    const said = messageOf(atMaximum(4, [scaled()], writtenBy("argocd", 60, bounds)));

    expect(said).toContain("replicas since (by its managed fields, last written by argocd at");
    expect(said).toContain("kubectl -n shop annotate --overwrite deployment web eks-remediation/enabled=false");
    expect(said).toContain("kubectl -n eks-remediation delete lease deployment.shop.web");
  });

  it("is scaled further where it is as the workflow left it, the last time", () => {
    const further = scaled({
      scale: { target: "hpa", name: "web", from: { min: 2, max: 6 }, to: { min: 2, max: 9 } },
    });

    expect(messageOf(atMaximum(6, [scaled()]))).toBe("scale");
    expect(messageOf(atMaximum(6, [{ ...further, outcome: "RolledBack" }, scaled()]))).toBe("scale");
    expect(messageOf(atMaximum(6, [further, scaled()]))).toContain("PutBack");
    expect(messageOf(atMaximum(4, [{ ...further, outcome: "RolledBack" }, scaled()]))).toContain("PutBack");
  });

  it.each<[string, Partial<HistoryEntry>]>([
    ["was never carried out", { applied: undefined, outcome: "Skipped" }],
    ["was of another HPA", { scale: { target: "hpa", name: "old", from: { min: 1, max: 2 }, to: { min: 1, max: 3 } } }],
    ["was of its replicas", { scale: { target: "replicas", from: 1, to: 3 } }],
    ["is of an earlier version of the workflow, which kept no size", { scale: undefined }],
  ])("is scaled where what is remembered %s", (_what, { applied, scale, ...rest }) => {
    const { applied: wasApplied, scale: size, ...entry } = scaled(rest);
    const done = applied === undefined && rest.outcome !== undefined ? {} : { applied: wasApplied };
    const other = scale === undefined && rest.outcome === undefined ? {} : { scale: scale ?? size };

    expect(messageOf(atMaximum(4, [{ ...entry, ...done, ...other }]))).toBe("scale");
  });

  it("is theirs after a scaling of which nobody knows whether it took place, if another has written it since", () => {
    const unknown = scaled({ outcome: "Unfinished" });

    expect(messageOf(atMaximum(4, [unknown]))).toBe("scale");
    expect(messageOf(atMaximum(4, [unknown], writtenBy("eks-remediation", 60, bounds)))).toBe("scale");
    expect(messageOf(atMaximum(4, [unknown], writtenBy("kubectl-edit", 3_700, bounds)))).toBe("scale");
    expect(messageOf(atMaximum(4, [unknown], writtenBy("kubectl-edit", 60, bounds)))).toContain(
      "PutBack: An execution may have scaled HPA web",
    );
  });
});

describe("a template that others have put back after a rollback", () => {
  const rolledBack = (overrides: Partial<HistoryEntry> = {}): HistoryEntry => ({
    ...{ at: ago(3_600), execution: "run", cause: "CrashLoopAfterRollout", action: "rollback", outcome: "Recovered" },
    ...{ applied: true, template: BAD, ...overrides },
  });
  const crashing = (history: HistoryEntry[], metadata: Metadata = {}, overrides: object = {}) =>
    evidence({
      workload: deployment({
        template: template("shop/web:2"),
        metadata,
        progressing: { status: "False", reason: "ProgressDeadlineExceeded" },
      }),
      holders: [
        replicaSet(2, { replicas: 1, created: ago(60) }),
        replicaSet(1, { available: 2, created: ago(90_000) }),
      ],
      pods: [ofRevision(2, crashingPod({ startedAgo: 60 }))],
      history,
      ...overrides,
    });
  const templateField = { "f:template": { "f:spec": {} } };

  it("stays where it had been scaled to zero while the rollback settled", () => {
    const entry = rolledBack({ outcome: "Unresolved", reason: "ScaledToZero" });

    expect(messageOf(crashing([entry]))).toContain("PutBack: An execution that ended at");
  });

  it.each(["Unresolved", "Unfinished"])(
    "stays after a rollback that ended as %s, so that nobody knows, only if another has written it since",
    (outcome) => {
      const unknown = rolledBack({ outcome, reason: "ClusterUnavailable" });

      expect(messageOf(crashing([unknown]))).toBe("rollback");
      expect(messageOf(crashing([unknown], writtenBy("eks-remediation", 60, templateField)))).toBe("rollback");
      expect(messageOf(crashing([unknown], writtenBy("kubectl-rollout", 3_700, templateField)))).toBe("rollback");
      const said = messageOf(crashing([unknown], writtenBy("kubectl-rollout", 60, templateField)));
      expect(said).toContain("PutBack: An execution began to roll it back from this very pod template");
      expect(said).toContain("the template was written since (by its managed fields, last written by kubectl-rollout");
    },
  );

  it("is told with the commands that keep the workflow off it and that hand it back", () => {
    const said = messageOf(crashing([rolledBack()]));

    expect(said).toContain("kubectl -n shop annotate --overwrite deployment web eks-remediation/enabled=false");
    expect(said).toContain("kubectl -n eks-remediation delete lease deployment.shop.web");
  });

  it("is rolled back for whoever asks, and not where the schedule or an event names it", () => {
    const asked = (origin: object) =>
      messageOf(crashing([rolledBack()], {}, { incident: incident({ requested: { action: "rollback" }, ...origin }) }));

    expect(asked({ origin: "person" })).toBe("rollback");
    expect(asked({ origin: "found" })).toContain("PutBack");
  });
});

describe("a rollout that others try again after it was aborted", () => {
  const TEMPLATE = templateHash(storedTemplate(template("shop/web:2")));
  const aborted = (overrides: Partial<HistoryEntry> = {}): HistoryEntry => ({
    ...{ at: ago(3_600), execution: "run", cause: "CrashLoopAfterRollout", action: "rollout-abort" },
    ...{ outcome: "Recovered", applied: true, template: TEMPLATE },
    ...overrides,
  });
  const fails = (history: HistoryEntry[], { by, isElsewhere = false }: { by?: string; isElsewhere?: boolean } = {}) => {
    const spec = isElsewhere ? { workloadRef: { kind: "Deployment", name: "source" } } : {};
    const object = rollout({ ...CANARY, phase: "Degraded", ...progressing("ProgressDeadlineExceeded") }, spec);
    if (isElsewhere) delete object.spec?.template;
    const at = ago(900);
    const written =
      by === undefined ? {} : fieldsBy(by, { "f:status": { "f:abort": {} } }, { at, subresource: "status" });
    object.metadata = { ...object.metadata, ...written };
    return withRollouts(() =>
      messageOf(
        evidence({
          incident: incident({ workload: ROLLOUT_WEB }),
          workload: asStored(ROLLOUT_WEB, object),
          pods: [
            ...["a", "b"].map((name) => ofRevision(1, pod({ name: `web-1-${name}` }))),
            ofRevision(2, crashingPod({ name: "web-2-a", startedAgo: 700, restarts: 6 })),
          ],
          holders: [rolloutSet(1, 2), rolloutSet(2, 0)],
          history,
        }),
      ),
    );
  };

  it("goes on, whoever has it do so", () => {
    expect(fails([])).toBe("rollout-abort");
    expect(fails([aborted()], { by: "kubectl-argo-rollouts" })).toContain(
      `PutBack: An execution that ended at ${ago(3_600)} aborted the rollout of this very pod template (CrashLoopAfterRollout), which goes on again since (by its managed fields, last written by kubectl-argo-rollouts at`,
    );
    expect(fails([aborted()])).toContain("which goes on again since. So it stays. Abort it by hand");
  });

  it("is aborted again where the workflow has taken the abort back itself, or it is of another template", () => {
    expect(fails([aborted({ outcome: "RolledBack" })])).toBe("rollout-abort");
    expect(fails([aborted({ template: GOOD })])).toBe("rollout-abort");
  });

  it("goes on after an abort of which nobody knows how far it got, where another has written that since", () => {
    const unknown = [aborted({ outcome: "Unfinished" })];

    expect(fails(unknown)).toBe("rollout-abort");
    expect(fails(unknown, { by: "eks-remediation" })).toBe("rollout-abort");
    expect(fails(unknown, { by: "argocd-server" })).toContain("it was written since that it is to go on (by");
  });

  it("is told from another rollout by who has written that, where its template is in another object", () => {
    const { template: _none, ...entry } = aborted();

    expect(fails([entry], { isElsewhere: true })).toBe("rollout-abort");
    expect(fails([entry], { isElsewhere: true, by: "kubectl-argo-rollouts" })).toContain("PutBack:");
  });
});
