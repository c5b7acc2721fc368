import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiServer } from "../../support/api-server.ts";
import { crashingPod, WEB } from "../../support/objects.ts";
import { scanned } from "../../support/scans.ts";
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
