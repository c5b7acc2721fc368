import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import { gatherEvidence } from "../../../functions/facts/evidence.ts";
import { workloadMessage } from "../../../functions/notify/message.ts";
import type { Diagnosis, Incident } from "../../../functions/run/contracts.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import type { CaughtError } from "../../../functions/run/contracts.ts";
import type { DaemonSet, Hpa } from "../../../functions/shared/kubernetes/types.ts";
import type { WorkloadRef } from "../../../functions/shared/refs.ts";
import { ApiServer } from "../../support/api-server.ts";
import { ago, container, deployment, evidence, hpa, incident, NOW, pod, policy } from "../../support/objects.ts";
import { claimedRun } from "../../support/runs.ts";
import { serve, type Objects } from "../../support/served-cluster.ts";
import { cronJob, daemonSet, failedJob, node } from "../../support/workload-objects.ts";

const TOLD = { told_at: "2026-06-01T10:00:00.000Z", cause: "HpaAtMaximum" };
const PEOPLE = "People were told at 2026-06-01T10:00:00Z that it fails (HpaAtMaximum).";

/** What people are told, in the subject and in words. */
function toldOf(of: Incident, known: { diagnosis: Diagnosis } | { error: CaughtError }) {
  const run = claimedRun({ incident: of, ...known });
  const report = outcomeOf(run, false);
  const { document } = workloadMessage(run, report);
  return { headline: document.headline, report, commands: document.commands, steps: document.next_steps };
}

describe("a workload that people were told of, and that works again", () => {
  const again = (scaled: Hpa) =>
    classify(
      evidence({
        incident: incident({ works_again: TOLD }),
        hpa: scaled,
        workload: deployment({ replicas: 1 }),
        pods: [pod()],
      }),
      policy(),
    ).summary;

  it("is told where its HPA has what it wants, and not while that wants more, however short", () => {
    expect(again(hpa())).toContain("Nothing of it fails any more");
    expect(again(hpa({ limited: "TooManyReplicas", limitedSince: ago(20) }))).toContain("is not beyond doubt now");
  });

  it("is told as scaled to 0 where that is why nothing of it fails, and not as well", () => {
    const of = incident({ works_again: TOLD });
    const atZero = evidence({ incident: of, workload: deployment({ replicas: 0 }), pods: [] });
    const { headline, report } = toldOf(of, { diagnosis: classify(atZero, policy()) });
    expect(headline).toBe("Scaled to 0");
    expect(report).toMatchObject({
      outcome: "Skipped",
      reason: "NotFailingAnymore",
      needs_person: false,
      summary: `It is scaled to 0. None of its pods runs, so whether it works is not known, and nothing of it is being looked at until it is scaled up. ${PEOPLE} Nothing was done now.`,
    });
    expect(classify({ ...atZero, pods: [pod()] }, policy()).summary).toContain("not beyond doubt");
    const fieldsV1 = { "f:spec": { "f:replicas": {}, "f:template": {} } };
    const managedFields = [{ manager: "helm", operation: "Update", time: ago(60), fieldsV1 }];
    const workload = deployment({ replicas: 0, metadata: { managedFields } });
    expect(classify({ ...atZero, workload }, policy()).summary).toContain(
      "It is scaled to 0, since 2026-06-01T11:59:00Z at the latest.",
    );
  });

  it("is told as one that runs nowhere where no node is to run it", () => {
    const workload: WorkloadRef = { kind: "DaemonSet", namespace: "shop", name: "agent" };
    const of = incident({ workload, works_again: TOLD });
    const made = daemonSet(0);
    const none: DaemonSet = {
      ...made,
      status: { ...made.status, desiredNumberScheduled: 0 } as NonNullable<DaemonSet["status"]>,
    };
    const diagnosis = classify(evidence({ incident: of, workload: none, pods: [], holders: [] }), policy());
    expect(diagnosis.summary).toContain("It is to run on no node.");
    expect(toldOf(of, { diagnosis }).headline).toBe("Runs nowhere");
  });

  it.each([
    { kind: "Deployment", namespace: "shop", name: "web" },
    { kind: "Node", namespace: "", name: "worker-1" },
  ])("is told as gone where the $kind is, without a command that would find nothing", (workload) => {
    const error = { Error: "WorkloadNotFound", Cause: '{"errorMessage":"Check the name and the namespace."}' };
    const { headline, report, commands } = toldOf(incident({ workload, works_again: TOLD }), { error });
    expect(headline).toBe("Gone");
    expect(report).toMatchObject({ outcome: "Skipped", cause: TOLD.cause, needs_person: false });
    expect(report.summary).toMatch(/^It is gone: .* does not exist any more\. People were told/);
    expect(commands.filter((command) => command.includes("describe"))).toEqual([]);
  });
});

describe("what is never remedied, and people were told of", () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await ApiServer.start();
  });
  afterEach(() => api.stop());

  async function diagnosed(workload: WorkloadRef, objects: Objects): Promise<Diagnosis> {
    serve(api, objects);
    const about = incident({ workload, works_again: TOLD });
    return classify(await gatherEvidence(api.cluster(), about, { tried: [], history: [] }, { now: NOW }), policy());
  }

  const complete = [{ type: "Complete", status: "True", lastTransitionTime: ago(600) }];
  const bare = { ownerReferences: [] };

  it.each<[string, WorkloadRef, Objects, string, string]>([
    [
      "a Job that has succeeded",
      { kind: "Job", namespace: "shop", name: "report" },
      { jobs: [{ ...failedJob(600), status: { conditions: complete } }] },
      "Succeeded",
      "It succeeded at 2026-06-01T11:50:00Z.",
    ],
    [
      "a CronJob of which a Job has succeeded",
      { kind: "CronJob", namespace: "shop", name: "report" },
      { cronJobs: [cronJob(600)] },
      "Works again",
      "A Job of it succeeded at 2026-06-01T11:50:00Z.",
    ],
    [
      "a pod that is ready",
      { kind: "Pod", namespace: "shop", name: "once" },
      {
        pods: [
          pod({
            name: "once",
            metadata: bare,
            status: { containerStatuses: [container({ state: { running: { startedAt: ago(3_600) } } })] },
          }),
        ],
      },
      "Works again",
      "It has been ready since 2026-06-01T11:01:50Z.",
    ],
    [
      "a node that is ready, and cordoned",
      { kind: "Node", namespace: "", name: "worker-1" },
      { nodes: [{ ...node("worker-1", "True", 600), spec: { unschedulable: true } }] },
      "Works again",
      "It has been ready since 2026-06-01T11:50:00Z. It is cordoned: no pod is scheduled to it.",
    ],
  ])("is told as what it shows: %s", async (_what, workload, objects, headline, words) => {
    const diagnosis = await diagnosed(workload, objects);
    expect(diagnosis).toMatchObject({ cause: TOLD.cause, summary: `${words} ${PEOPLE}` });
    const told = toldOf(incident({ workload, works_again: TOLD }), { diagnosis });
    expect(told).toMatchObject({ headline, steps: [], report: { reason: "NotFailingAnymore", needs_person: false } });
  });

  it("is left to the next scan where it fails again by then", async () => {
    const worker: WorkloadRef = { kind: "Node", namespace: "", name: "worker-1" };
    const { remedy } = await diagnosed(worker, { nodes: [node("worker-1", "False", 5)] });
    expect(remedy).toMatchObject({ action: "none", refusal: "MayPass" });
  });

  it("is gone by then where it does not exist", async () => {
    const worker: WorkloadRef = { kind: "Node", namespace: "", name: "worker-1" };
    await expect(diagnosed(worker, {})).rejects.toMatchObject({ name: "WorkloadNotFound" });
  });
});
