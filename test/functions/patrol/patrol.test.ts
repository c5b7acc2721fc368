import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeptLook } from "../../../functions/shared/looks.ts";
import { patrol, type PatrolEnvironment } from "../../../functions/patrol/patrol.ts";
import { newLease, released } from "../../../functions/run/lease.ts";
import type { Measurement } from "../../../functions/run/measurement.ts";
import { stormLeaseName } from "../../../functions/run/storm-lease.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import type { Lease } from "../../../functions/shared/kubernetes/types.ts";
import { timeLeft } from "../../../functions/shared/time-left.ts";
import { ApiServer, found, refusal, type Answer } from "../../support/api-server.ts";
import { ago, crashingPod, deployment, NOW, ofRevision, policy, replicaSet, WEB } from "../../support/objects.ts";
import { serve } from "../../support/served-cluster.ts";

const LEASES = "/apis/coordination.k8s.io/v1/namespaces/eks-remediation/leases";
const REQUEST = { cluster_name: "prod", origin: "schedule" };
const EVENT = { id: "01234567-89ab-cdef-0123-456789abcdef", ...REQUEST };
const NAME = `schedule-${EVENT.id}`;
const ARN = `arn:aws:states:eu-west-1:123456789012:execution:remediation:${NAME}`;

let api: ApiServer;
beforeEach(async () => {
  api = await ApiServer.start();
  serve(api, { deployments: [deployment()] });
  api.on("GET", LEASES, leases());
});
afterEach(() => api.stop());

const leases = (...items: Lease[]): Answer => found({ kind: "LeaseList", apiVersion: "coordination.k8s.io/v1", items });

/** A workload of the cluster crashes; the claims are these. */
function crashes(...claims: Lease[]): void {
  const crashing = ofRevision(1, crashingPod({ ranFor: 1_000 }));
  serve(api, { deployments: [deployment()], replicaSets: [replicaSet(1)], pods: [crashing] });
  api.on("GET", LEASES, leases(...claims));
}

/** The Lease of a storm that people were told of an hour ago, and that no run has seen since. */
function storm(): Lease {
  const then = new Date(ago(3_600));
  const told = { at: then.toISOString(), execution: "run", cause: "Storm", action: "none", outcome: "Storm" } as const;
  const { metadata, ...lease } = released(newLease(WEB, "run", 60, then), told, then);
  return { ...lease, metadata: { ...metadata, name: stormLeaseName(undefined) } };
}

/** Runs a patrol, and tells what it answered, measured and started. */
async function patrolled(overrides: Partial<PatrolEnvironment> = {}, event: unknown = EVENT) {
  const started: { name: string; request: unknown }[] = [];
  const measured: Measurement["name"][] = [];
  const kept: KeptLook[] = [];
  const environment: PatrolEnvironment = {
    connect: () => Promise.resolve(api.cluster()),
    policy: () => policy(),
    now: () => NOW,
    measure: (_cluster, measurements) => {
      measured.push(...measurements.map(({ name }) => name));
    },
    lookMs: () => 30_000,
    runOf: (name, request) => ({ id: ARN, name, request }),
    isFirstToWork: () => Promise.resolve(false),
    start: (name, request) => {
      started.push({ name, request });
      return Promise.resolve({ executionArn: ARN, isAlready: false });
    },
    keep: (look) => {
      kept.push(look);
      return Promise.resolve();
    },
    ...overrides,
  };
  return { answer: await patrol(environment)(event), started, measured, kept };
}

const STARTED = [{ name: NAME, request: REQUEST }];

describe("a look of the schedule", () => {
  it("starts nothing where nothing fails, and measures what it saw", async () => {
    expect(await patrolled()).toMatchObject({
      answer: { status: "healthy", execution: null },
      started: [],
      measured: ["ScanTime", "PodsSeen"],
    });
  });

  it("starts the workflow with the schedule's own request where something fails, and leaves measuring to it", async () => {
    crashes();

    expect(await patrolled()).toMatchObject({
      answer: { status: "failing", execution: ARN },
      started: STARTED,
      measured: [],
    });
  });

  it("starts none beside an execution that has claimed all that fails", async () => {
    crashes(newLease(WEB, "another-run", 3_600, new Date(ago(60))));

    expect(await patrolled()).toMatchObject({
      answer: { status: "resting", execution: null },
      started: [],
      measured: ["ScanTime", "PodsSeen", "FailingPods", "Resting"],
    });
  });

  it("starts the workflow once what rested is to be looked at again", async () => {
    crashes(newLease(WEB, "another-run", 30, new Date(ago(60))));

    expect(await patrolled()).toMatchObject({ answer: { status: "failing" }, started: STARTED });
  });

  it("starts the workflow where people wait to hear that a storm is over", async () => {
    api.on("GET", LEASES, leases(storm()));

    expect(await patrolled()).toMatchObject({ answer: { status: "storm over" }, started: STARTED });
  });

  it.each<[string, Partial<PatrolEnvironment>]>([
    [
      "the cluster cannot be had",
      { connect: () => Promise.reject(new RemediationError("ClusterUnreachable", "Nobody answers.")) },
    ],
    [
      "its policy is refused",
      {
        policy: () => {
          throw new RemediationError("InvalidPolicy", "It is refused.");
        },
      },
    ],
    ["the scan meets what it was not made for", { connect: () => Promise.resolve({} as never) }],
  ])("has the workflow look again, and tell, where %s", async (_why, overrides) => {
    expect(await patrolled(overrides)).toMatchObject({
      answer: { status: "look failed", execution: ARN },
      started: STARTED,
      measured: [],
    });
  });

  it("has the workflow look again where the API server refuses all of it", async () => {
    api.before(() => refusal(403, "forbidden"));

    expect(await patrolled()).toMatchObject({ answer: { status: "look failed" }, started: STARTED });
  });

  it("keeps what it saw, and what may be done about it", async () => {
    crashes();

    expect((await patrolled()).kept).toEqual([
      {
        cluster_name: "prod",
        at: NOW.toISOString(),
        status: "failing",
        failing_pods: 1,
        resting: 0,
        unseen: 0,
        allowed: "automatic",
      },
    ]);
  });

  it("keeps that it could not look, and that everything is stopped", async () => {
    const stopped = { by: "somebody", at: NOW.toISOString(), reason: "a drill" };
    const { kept } = await patrolled({
      settings: () => Promise.resolve({ path: "/p", entries: [], stopped }),
      connect: () => Promise.reject(new RemediationError("ClusterUnreachable", "Nobody answers.")),
    });

    const signs = ["error ClusterUnreachable"];
    const look = { cluster_name: "prod", at: NOW.toISOString(), status: "look failed", allowed: "stopped", signs };
    expect(kept).toEqual([look]);
  });

  it("does its work where what it saw cannot be kept, and says so", async () => {
    crashes();
    const keep = () => Promise.reject(Object.assign(new Error("No."), { name: "AccessDeniedException" }));

    expect(await patrolled({ keep })).toMatchObject({
      answer: { status: "failing", execution: ARN, record_error: "AccessDeniedException" },
      started: STARTED,
    });
  });

  it("gives up its look in time to start the workflow", async () => {
    let left = Infinity;
    await patrolled({
      lookMs: () => 12_345,
      connect: () => {
        left = timeLeft();
        return Promise.resolve(api.cluster());
      },
    });

    expect(left).toBeLessThanOrEqual(12_345);
  });

  it("starts the workflow where a run that works is the first after others that failed", async () => {
    const asked: unknown[] = [];
    const isFirstToWork: PatrolEnvironment["isFirstToWork"] = (present) => {
      asked.push(present);
      return Promise.resolve(true);
    };

    expect(await patrolled({ isFirstToWork })).toMatchObject({ answer: { status: "works again" }, started: STARTED });
    expect(asked).toEqual([{ id: ARN, name: NAME, request: REQUEST }]);
  });

  it("starts the workflow where nobody can say how earlier runs ended", async () => {
    const isFirstToWork = () => Promise.reject(new Error("ThrottlingException"));

    expect(await patrolled({ isFirstToWork })).toMatchObject({ answer: { status: "past unread" }, started: STARTED });
  });

  it("ends with the error where the workflow cannot be started, so that it is kept and counted", async () => {
    crashes();
    const start = () => Promise.reject(new RemediationError("WorkflowNotStarted", "AccessDenied"));

    await expect(patrolled({ start })).rejects.toMatchObject({ name: "WorkflowNotStarted" });
  });

  it.each([
    {},
    { ...EVENT, id: undefined },
    { ...EVENT, id: "a b" },
    { ...EVENT, cluster_name: "-" },
    { ...EVENT, action: "undo" },
  ])("refuses what no schedule sends: %j", async (event) => {
    await expect(patrolled({}, event)).rejects.toMatchObject({ name: "InvalidStepInput" });
    expect(api.requests).toEqual([]);
  });
});
