import { describe, expect, it } from "vitest";
import { classify } from "../../../../functions/classify/classify.ts";
import { overdueFailures } from "../../../../functions/kinds/failing/overdue.ts";
import type { Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, container, evidence, incident, NOW, pod, policy } from "../../../support/objects.ts";
import { DEADLINES } from "../../../support/pod-rows.ts";

const moment = { now: NOW, deadlines: DEADLINES };
const LONG = DEADLINES.unready_seconds + 1;
const ofJob = (kind = "Job") => ({
  apiVersion: kind === "Job" ? "batch/v1" : "apps/v1",
  kind,
  name: "report",
  uid: "job-uid",
  controller: true,
});
const done = (name: string, exitCode = 0) =>
  container({ name, ready: false, state: { terminated: { exitCode, reason: "Completed", finishedAt: ago(LONG) } } });
const running = (name: string) => container({ name, state: { running: { startedAt: ago(2 * LONG) } } });

function jobPod(containers: ReturnType<typeof container>[], seconds = LONG, owner = ofJob()): Pod {
  const { metadata } = pod({ name: "report-x" });
  return {
    metadata: { ...metadata, ownerReferences: [owner] },
    spec: { restartPolicy: "Never", containers: containers.map(({ name }) => ({ name })) },
    status: {
      phase: "Running",
      containerStatuses: containers,
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: ago(seconds) }],
    },
  };
}

describe("a Job's pod whose container is done, and beside which another runs on", () => {
  it.each([
    "istio-proxy",
    "linkerd-proxy",
    "cloud-sql-proxy",
    "vault-agent",
    "envoy",
    "daprd",
    "fluent-bit",
    "otel-collector",
  ])("fails where that serves others (%s)", (beside) => {
    expect(overdueFailures(jobPod([done("report"), running(beside)]), moment)).toMatchObject([
      { reason: "HeldOpen", container: beside, message: `done: report; still running beside it: ${beside}` },
    ]);
  });

  it.each<[string, Pod]>([
    ["for as long as a start may take", jobPod([done("report"), running("istio-proxy")], LONG - 2)],
    ["where the other one may be at work itself", jobPod([done("load"), running("transform")])],
    ["where what collects may be", jobPod([done("prepare"), running("data-collector")])],
    ["where what exports may be", jobPod([done("dump"), running("exporter")])],
    ["where one of the others may be", jobPod([done("load"), running("transform"), running("istio-proxy")])],
    ["where only a proxy is done", jobPod([done("auth-proxy"), running("istio-proxy")])],
    ["where one has not begun", jobPod([done("a"), container({ name: "b", ready: false }), running("istio-proxy")])],
    ["of another controller", jobPod([done("report"), running("istio-proxy")], LONG, ofJob("ReplicaSet"))],
  ])("is well %s", (_what, own) => {
    expect(overdueFailures(own, moment).filter(({ reason }) => reason === "HeldOpen")).toEqual([]);
  });

  it("is told, with what holds it up, and left as it is", () => {
    const diagnosis = classify(
      evidence({
        incident: incident({ workload: { kind: "Job", namespace: "shop", name: "report" } }),
        workload: undefined,
        holders: [],
        pods: [jobPod([done("report"), running("istio-proxy")])],
        unwritten: { makers: [], everyPod: true },
      }),
      policy(),
    );

    expect(diagnosis).toMatchObject({
      cause: "JobHeldOpen",
      remedy: { action: "none", refusal: "NothingRecreatesIt" },
    });
    expect(diagnosis.summary).toContain("container istio-proxy runs on beside it, so that the Job does not complete");
    expect(JSON.stringify(diagnosis.remedy)).toContain("Have container istio-proxy end with what it serves");
  });
});
