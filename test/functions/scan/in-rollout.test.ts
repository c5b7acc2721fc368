import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer } from "../../support/api-server.ts";
import {
  ago,
  crashingPod,
  deployment,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
  WEB,
} from "../../support/objects.ts";
import { fieldsBy } from "../../support/field-writers.ts";
import { asked, FORBIDDEN, scanned } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";
import { controlledBy, deploymentWith } from "../../support/workload-objects.ts";

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
});
afterEach(() => api.stop());

describe("a rollout that is under way", () => {
  const rollingOut = (reason: string, status = "True") =>
    deploymentWith({ updated: 1, conditions: [{ type: "Progressing", status, reason }] });
  const crashing = crashingPod({ name: "web-2-crash" });
  crashing.metadata = { ...crashing.metadata, ...controlledBy("Deployment", "web") };

  it("is nothing to remedy, whatever its pods do", async () => {
    serve(api, { pods: [crashing], deployments: [rollingOut("ReplicaSetUpdated")] });

    expect(await scanned(api)).toMatchObject({
      status: "healthy",
      failing_pods: 1,
      incidents: [],
      omitted: 0,
      in_rollout: [WEB],
    });
  });

  it("is an incident once its controller has long not come to its newest spec", async () => {
    const unseen = (seconds: number) => {
      const object = rollingOut("ReplicaSetUpdated");
      const written = fieldsBy("kubectl-edit", { "f:spec": { "f:template": {} } }, { at: ago(seconds) });
      return { ...object, metadata: { ...object.metadata, generation: 99, ...written } };
    };

    serve(api, { pods: [crashing], deployments: [unseen(599)] });
    expect(await scanned(api)).toMatchObject({ incidents: [], in_rollout: [WEB] });
    serve(api, { pods: [crashing], deployments: [unseen(601)] });
    expect(await scanned(api)).toMatchObject({ incidents: [{ workload: WEB }] });
  });

  it("is told to whoever asks for the findings", async () => {
    serve(api, { pods: [crashing], deployments: [rollingOut("ReplicaSetUpdated")] });

    expect(await scanned(api, { findingsOnly: true })).toMatchObject({
      status: "failing",
      incidents: [{ workload: WEB, failing_pods: 1 }],
      in_rollout: [WEB],
      pods: [{ name: "web-2-crash", workload: WEB }],
    });
  });

  it("is none without a failure, nor past its progress deadline", async () => {
    serve(api, { deployments: [rollingOut("ReplicaSetUpdated")] });
    expect(await scanned(api)).toMatchObject({ status: "healthy", in_rollout: [] });

    serve(api, { pods: [crashing], deployments: [rollingOut("ProgressDeadlineExceeded", "False")] });
    expect(await scanned(api)).toMatchObject({
      status: "failing",
      incidents: [
        { workload: WEB, failures: [{ reason: "CrashLoopBackOff" }, { reason: "ProgressDeadlineExceeded" }] },
      ],
      in_rollout: [],
    });
  });
});

describe("a rollout that its controller says makes progress", () => {
  const workload = deployment({
    template: template("shop/web:2"),
    progressing: { status: "True", reason: "ReplicaSetUpdated", lastUpdateTime: ago(5) },
    status: { readyReplicas: 2, updatedReplicas: 1, replicas: 3 },
  });
  const servesRollout = (made: number) => {
    const failing = ofRevision(2, crashingPod({ name: "web-2-a", startedAgo: made }));
    serve(api, {
      pods: [pod(), ofRevision(1, pod({ name: "web-1-b" })), failing],
      deployments: [workload],
      replicaSets: [
        replicaSet(2, { replicas: 1, created: ago(made) }),
        replicaSet(1, { available: 2, created: ago(90_000) }),
      ],
    });
  };

  it("is an incident once it has had its deadline, and not before", async () => {
    servesRollout(590);
    expect(await scanned(api)).toMatchObject({ status: "healthy", incidents: [], in_rollout: [WEB] });

    servesRollout(610);
    expect(await scanned(api)).toMatchObject({ status: "failing", incidents: [{ workload: WEB }], in_rollout: [] });
  });

  it("is an incident as soon as the policy has it where it cannot succeed", async () => {
    const failing = ofRevision(2, crashingPod({ name: "web-2-a", exitCode: 127, restarts: 9, startedAgo: 100 }));
    const replicaSets = [
      replicaSet(2, { replicas: 1, created: ago(100) }),
      replicaSet(1, { available: 2, created: ago(90_000) }),
    ];
    serve(api, { pods: [pod(), failing], deployments: [workload], replicaSets });

    const after = async (failed_rollout_seconds: number) =>
      await scanned(api, { policy: policy({ detect: { failed_rollout_seconds } }) });
    expect(await after(101)).toMatchObject({ status: "healthy", in_rollout: [WEB] });
    expect(await after(99)).toMatchObject({ status: "failing", incidents: [{ workload: WEB }], in_rollout: [] });
  });

  it("is left alone where its revisions cannot be seen, which is said", async () => {
    servesRollout(610);
    api.on("GET", "/apis/apps/v1/namespaces/shop/replicasets", FORBIDDEN);

    expect(await scanned(api)).toMatchObject({
      status: "healthy",
      in_rollout: [WEB],
      unseen: [{ what: "Deployment shop/web", error: "Forbidden" }],
    });
  });

  it("has its pods listed only when its time may be over", async () => {
    const lists = () => asked(api).filter((request) => request === "/api/v1/namespaces/shop/pods");
    servesRollout(130);
    await scanned(api);
    expect(lists()).toHaveLength(1);

    api.requests.length = 0;
    servesRollout(110);
    await scanned(api);
    expect(lists()).toEqual([]);

    serve(api, { pods: [pod()], deployments: [workload] });
    await scanned(api);
    serve(api, { pods: [ofRevision(1, crashingPod({}))], deployments: [deployment()], replicaSets: [replicaSet(1)] });
    await scanned(api);
    expect(lists()).toEqual([]);
  });
});
