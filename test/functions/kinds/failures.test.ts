import { describe, expect, it } from "vitest";
import { isRollingOut } from "../../../functions/kinds/deployment/rollout.ts";
import type { ObjectMeta } from "../../../functions/shared/kubernetes/types.ts";
import { ago, NOW, template } from "../../support/objects.ts";
import { DEADLINES } from "../../support/pod-rows.ts";
import { workloadFailures } from "../../support/kinds.ts";
import { daemonSet, deploymentWith, failedJob, statefulSet, statusWritten } from "../../support/workload-objects.ts";

const moment = { now: NOW, deadlines: DEADLINES };
const { short_seconds: short, failed_job_seconds: news } = DEADLINES;

type DeploymentOptions = Parameters<typeof deploymentWith>[0];
const deployment = (options: DeploymentOptions) => workloadFailures("Deployment", deploymentWith(options), moment);

const progressing = (status: string, reason: string, since?: number) => ({
  type: "Progressing",
  status,
  reason,
  message: `because of ${reason}`,
  ...(since === undefined ? {} : { since }),
});
const complete = progressing("True", "NewReplicaSetAvailable");
const unavailable = (since: number) => ({
  type: "Available",
  status: "False",
  reason: "MinimumReplicasUnavailable",
  since,
});
const quotaExceeded = {
  type: "ReplicaFailure",
  status: "True",
  reason: "FailedCreate",
  message: "exceeded quota",
  since: 5,
};

describe("a Deployment fails", () => {
  it("past its progress deadline, with the controller's words", () => {
    expect(deployment({ conditions: [progressing("False", "ProgressDeadlineExceeded", 20)] })).toEqual([
      { reason: "ProgressDeadlineExceeded", message: "because of ProgressDeadlineExceeded", since: ago(20) },
    ]);
  });

  it("at once when its pods cannot be created, a rollout under way or not", () => {
    const failure = { reason: "FailedCreate", message: "exceeded quota", since: ago(5) };

    expect(deployment({ conditions: [complete, quotaExceeded] })).toEqual([failure]);
    expect(deployment({ conditions: [progressing("True", "ReplicaSetUpdated"), quotaExceeded] })).toEqual([failure]);
  });

  it("for both reasons when both hold", () => {
    const conditions = [quotaExceeded, progressing("False", "ProgressDeadlineExceeded")];

    expect(deployment({ conditions }).map(({ reason }) => reason)).toEqual([
      "ProgressDeadlineExceeded",
      "FailedCreate",
    ]);
  });

  it("that lacks replicas only after they could have been ready for as long as it asks for", () => {
    const patient = (since: number) => {
      const made = deploymentWith({ available: 0, conditions: [complete, unavailable(since)] });
      return workloadFailures("Deployment", { ...made, spec: { ...made.spec, minReadySeconds: 600 } }, moment);
    };

    expect(patient(short + 600)).toEqual([]);
    expect(patient(short + 601)).toMatchObject([{ reason: "MinimumReplicasUnavailable" }]);
  });

  it("that lacks replicas once its deadline is past, and not before", () => {
    const lacking = (since: number) => deployment({ ready: 1, conditions: [complete, unavailable(since)] });

    expect(lacking(short)).toEqual([]);
    expect(lacking(short + 1)).toEqual([
      { reason: "MinimumReplicasUnavailable", message: "1 of 2 replicas available", since: ago(short + 1) },
    ]);
  });

  it("that has no replica at all is told with none", () => {
    const { status, ...rest } = deploymentWith({ conditions: [complete, unavailable(400)] });
    delete status?.availableReplicas;

    expect(workloadFailures("Deployment", { ...rest, status }, moment)).toMatchObject([
      { message: "0 of 2 replicas available" },
    ]);
  });
});

describe("a Deployment is well", () => {
  it.each<[string, DeploymentOptions]>([
    ["has no condition", {}],
    ["is rolled out", { conditions: [complete] }],
    [
      "lacks replicas that its strategy lets it lack",
      { ready: 1, conditions: [complete, { type: "Available", status: "True" }] },
    ],
    [
      "lacks replicas while it is rolling out",
      { ready: 0, conditions: [progressing("True", "ReplicaSetUpdated"), unavailable(4_000)] },
    ],
    [
      "lacks replicas of a revision that no controller has seen",
      { ready: 0, generation: 2, conditions: [complete, unavailable(4_000)] },
    ],
    ["is scaled to zero", { replicas: 0, conditions: [complete, unavailable(4_000)] }],
    ["could not create pods earlier", { conditions: [complete, { ...quotaExceeded, status: "False" }] }],
    ["is not progressing for another reason", { conditions: [progressing("False", "DeploymentPaused")] }],
  ])("when it %s", (_what, options) => {
    expect(deployment(options)).toEqual([]);
  });
});

describe("a rollout", () => {
  it.each<[string, boolean, DeploymentOptions]>([
    ["the controller has not seen", true, { generation: 2, conditions: [complete] }],
    ["that made its ReplicaSet", true, { conditions: [progressing("True", "NewReplicaSetCreated")] }],
    ["that found its ReplicaSet", true, { conditions: [progressing("True", "FoundNewReplicaSet")] }],
    ["that goes on", true, { conditions: [progressing("True", "ReplicaSetUpdated")] }],
    ["that is complete", false, { conditions: [complete] }],
    ["past its deadline", false, { conditions: [progressing("False", "ProgressDeadlineExceeded")] }],
    ["that is paused", false, { conditions: [progressing("Unknown", "DeploymentPaused")] }],
    ["without a deadline", false, {}],
  ])("%s is under way: %s", (_what, underWay, options) => {
    expect(isRollingOut(deploymentWith(options))).toBe(underWay);
  });

  it("of a Deployment without a status is under way once it has a generation", () => {
    expect(isRollingOut({ metadata: { generation: 1 } })).toBe(true);
    expect(isRollingOut({})).toBe(false);
  });
});

describe.each([
  ["StatefulSet", statefulSet],
  ["DaemonSet", daemonSet],
])("a %s that lacks replicas", (kind, build: (have: number, metadata?: ObjectMeta) => object) => {
  const failures = (have: number, metadata?: ObjectMeta) => workloadFailures(kind, build(have, metadata), moment);

  it("fails once its status has not changed for longer than the deadline", () => {
    expect(failures(1, statusWritten(short))).toEqual([]);
    expect(failures(1, statusWritten(short + 1))).toEqual([
      { reason: "MinimumReplicasUnavailable", message: "1 of 2 replicas available", since: ago(short + 1) },
    ]);
  });

  it("is told by the last write to its status, not by writes to its spec", () => {
    const write = (subresource: string | undefined, seconds: number) => ({
      ...(subresource === undefined ? {} : { subresource }),
      time: ago(seconds),
    });
    const managedFields = [
      write("status", 900),
      write("status", 400),
      write(undefined, 10),
      write("scale", 20),
      { subresource: "status" },
    ];

    expect(failures(1, { managedFields })).toMatchObject([{ since: ago(400) }]);
    expect(failures(1, { managedFields: [...managedFields, write("status", 100)] })).toEqual([]);
  });

  it("is told by its creation when nobody wrote to its status", () => {
    expect(failures(1, { creationTimestamp: ago(400), managedFields: [] })).toMatchObject([{ since: ago(400) }]);
    expect(failures(1, { creationTimestamp: ago(100) })).toEqual([]);
  });

  it("is none when all are there, or more", () => {
    expect(failures(2)).toEqual([]);
    expect(failures(3)).toEqual([]);
  });
});

describe("a StatefulSet", () => {
  it("has the API's default of one replica, and is judged by the ready ones where the API tells no available ones", () => {
    const { metadata, spec } = statefulSet();
    const set = (status: object) => ({ metadata, spec: { ...spec, replicas: undefined }, status });

    expect(workloadFailures("StatefulSet", set({}), moment)).toMatchObject([{ message: "0 of 1 replicas available" }]);
    expect(workloadFailures("StatefulSet", set({ readyReplicas: 1 }), moment)).toEqual([]);
  });
});

describe("a ReplicaSet", () => {
  const replicaSet = (status: object, metadata: ObjectMeta = statusWritten(400)) => ({
    metadata,
    spec: { replicas: 2, selector: {}, template: template() },
    status,
  });

  it("fails at once when its pods cannot be created", () => {
    const { since, ...condition } = quotaExceeded;
    const refused = replicaSet({ conditions: [{ ...condition, lastTransitionTime: ago(since) }] }, {});

    expect(workloadFailures("ReplicaSet", refused, moment)).toEqual([
      { reason: "FailedCreate", message: "exceeded quota", since: ago(5) },
    ]);
  });

  it("fails when it lacks replicas for too long", () => {
    expect(workloadFailures("ReplicaSet", replicaSet({ availableReplicas: 1 }), moment)).toHaveLength(1);
    expect(workloadFailures("ReplicaSet", replicaSet({ availableReplicas: 1 }, statusWritten(short)), moment)).toEqual(
      [],
    );
    expect(workloadFailures("ReplicaSet", replicaSet({ availableReplicas: 2 }), moment)).toEqual([]);
  });
});

describe("a Job", () => {
  const failures = (job: object) => workloadFailures("Job", job, moment);

  it.each(["BackoffLimitExceeded", "DeadlineExceeded", "PodFailurePolicy"])(
    "that has given up with %s fails",
    (reason) => {
      expect(failures(failedJob(60, { reason }))).toEqual([
        { reason, message: "Job has reached the specified backoff limit", since: ago(60) },
      ]);
    },
  );

  it("that has given up is news for a while", () => {
    expect(failures(failedJob(news))).toHaveLength(1);
    expect(failures(failedJob(news + 1))).toEqual([]);
  });

  it("that has failed pods, is complete or suspended, or is about to fail, does not fail", () => {
    const condition = (type: string, status = "True") => ({ status: { failed: 3, conditions: [{ type, status }] } });

    for (const type of ["Complete", "Suspended", "FailureTarget"]) expect(failures(condition(type))).toEqual([]);
    expect(failures(condition("Failed", "False"))).toEqual([]);
    expect(failures({ status: { failed: 3 } })).toEqual([]);
    expect(failures({})).toEqual([]);
  });

  const active = (status: object, spec: object = {}, metadata: ObjectMeta = statusWritten(short + 1)) =>
    failures({ metadata, spec, status: { startTime: ago(4_000), ...status } }).map(({ reason }) => reason);

  it("that is active and has no pod for longer than it may fails as that", () => {
    expect(active({})).toEqual(["NoPods"]);
    expect(active({}, {}, statusWritten(short))).toEqual([]);
    expect(active({ active: 1 })).toEqual([]);
    expect(active({ terminating: 1 })).toEqual([]);
  });

  it("that has no pod because its controller waits after a failed one does not fail", () => {
    expect(active({ failed: 1 }, {}, statusWritten(short + 600))).toEqual([]);
    expect(active({ failed: 1 }, {}, statusWritten(short + 601))).toEqual(["NoPods"]);
  });

  it.each([
    ["is suspended", {}, { suspend: true }],
    ["is to have none", {}, { parallelism: 0 }],
    ["is another controller's", {}, { managedBy: "kueue.x-k8s.io/multikueue" }],
    ["is complete", { conditions: [{ type: "Complete", status: "True" }] }, {}],
    ["is about to end", { conditions: [{ type: "FailureTarget", status: "True" }] }, {}],
  ])("that has no pod and %s does not fail", (_what, status, spec) => {
    expect(active(status, spec)).toEqual([]);
  });

  it("that has given up without a word fails as that", () => {
    expect(failures({ status: { conditions: [{ type: "Failed", status: "True" }] } })).toEqual([
      { reason: "JobFailed" },
    ]);
  });
});

describe("a workload of another kind", () => {
  it("does not fail by its status", () => {
    expect(workloadFailures("Rollout", statefulSet(0), moment)).toEqual([]);
  });
});
