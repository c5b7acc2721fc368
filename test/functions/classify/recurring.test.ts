import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { classify } from "../../../functions/classify/classify.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { ApiServer } from "../../support/api-server.ts";
import {
  ago,
  container,
  deployment,
  evidence,
  ofRevision,
  pod,
  policy,
  replicaSet,
  template,
} from "../../support/objects.ts";
import { incidentsOf, scanned } from "../../support/scans.ts";
import { serve } from "../../support/served-cluster.ts";

/** A ready pod whose container runs for so many seconds and was killed before, again and again. */
function killed(
  options: { every?: number; restarts?: number; runs?: number; startedAgo?: number; exitCode?: number } = {},
): Pod {
  const { every = 660, restarts = 3, runs = 300, startedAgo = 4 * every, exitCode = 137 } = options;
  const terminated = { exitCode, reason: "Error", startedAt: ago(runs + every), finishedAt: ago(runs) };
  return pod({
    name: "web-2-a",
    metadata: { creationTimestamp: ago(startedAgo) },
    status: {
      phase: "Running",
      startTime: ago(startedAgo),
      conditions: [{ type: "Ready", status: "True", lastTransitionTime: ago(runs) }],
      containerStatuses: [
        container({ restartCount: restarts, state: { running: { startedAt: ago(runs) } }, lastState: { terminated } }),
      ],
    },
  });
}

/** Revision 2, completely rolled out, with that pod. */
const rolledOut = (made: number, failing: Pod) =>
  evidence({
    workload: deployment({
      template: template("shop/web:2"),
      progressing: { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(made - 10) },
    }),
    holders: [
      replicaSet(2, { replicas: 1, available: 1, created: ago(made) }),
      replicaSet(1, { replicas: 0, created: ago(900_000) }),
    ],
    pods: [ofRevision(2, failing)],
  });

describe("a container that is killed every eleven minutes, and so never in CrashLoopBackOff", () => {
  it("is rolled back where it has been since its revision was made", () => {
    expect(classify(rolledOut(2_650, killed()), policy())).toMatchObject({
      cause: "EndsAgainAndAgain",
      summary: "1 pod ends again and again after a while, since revision 2 was made.",
      remedy: { action: "rollback", after: { revision: 1 } },
    });
  });

  it.each([
    ["its revision ran for long before", rolledOut(90_000, killed())],
    ["the revision was rolled back to, so that nobody knows since when", back()],
  ])("is reported, and neither restarted nor rolled back, where %s", (_what, seen) => {
    expect(classify(seen, policy())).toMatchObject({
      cause: "EndsAgainAndAgain",
      remedy: { action: "none", refusal: "NoSafeRemedy" },
    });
  });

  it.each([
    ["it has run for longer than before", killed({ runs: 700 })],
    ["it ended only twice", killed({ restarts: 2 })],
    ["it ends well", killed({ exitCode: 0 })],
    ["its ends are hours apart", killed({ every: 7_200 })],
    ["it ran only for moments, which shows as CrashLoopBackOff", killed({ every: 60, runs: 30 })],
  ])("is none where %s", (_what, failing) => {
    expect(classify(rolledOut(90_000, failing), policy())).toMatchObject({ summary: "Nothing fails any more." });
  });
});

function back() {
  const seen = rolledOut(2_650, killed());
  const [current] = seen.holders;
  Object.assign(current?.metadata?.annotations ?? {}, { "deployment.kubernetes.io/revision-history": "1" });
  return seen;
}

describe("a scan", () => {
  let api: ApiServer;
  beforeEach(async () => {
    api = await ApiServer.start();
  });
  afterEach(() => api.stop());

  it("reads a pod that is printed as ready and was restarted several times lately", async () => {
    const replicaSets = [replicaSet(2, { available: 1 })];
    serve(api, { pods: [ofRevision(2, killed())], deployments: [deployment({ replicas: 1 })], replicaSets });
    expect(incidentsOf(await scanned(api))).toEqual(["Deployment shop/web: Error"]);

    api.requests.length = 0;
    const longAgo = ofRevision(2, killed({ runs: 90_000, startedAgo: 100_000 }));
    serve(api, { pods: [longAgo], deployments: [deployment({ replicas: 1 })], replicaSets });
    expect(incidentsOf(await scanned(api))).toEqual([]);
    expect(api.requests.map(({ path }) => path)).not.toContain("/api/v1/namespaces/shop/pods/web-2-a");
  });
});
