import { describe, expect, it } from "vitest";
import { DAEMON_SET } from "../../../functions/kinds/daemon-set/kind.ts";
import { rolloutGaps } from "../../../functions/kinds/gaps.ts";
import { STATEFUL_SET } from "../../../functions/kinds/stateful-set/kind.ts";
import { agent, db } from "../../support/set-objects.ts";

const partition = { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } };
const onDelete = { updateStrategy: { type: "OnDelete" } };

describe("the rollout of a StatefulSet", () => {
  it("is whole when every pod is ready and of the newest revision", () => {
    expect(rolloutGaps(STATEFUL_SET, db())).toEqual([]);
  });

  it("is not whole while a pod is of another revision, though a rollback made both revisions the same at once", () => {
    const status = { currentRevision: "db-r1", updateRevision: "db-r1", updatedReplicas: 2 };

    expect(rolloutGaps(STATEFUL_SET, db({ status }))).toEqual(["2 of 3 replicas updated"]);
  });

  it("is not whole while its controller still rolls it out", () => {
    const status = { currentRevision: "db-r1", updatedReplicas: 3 };

    expect(rolloutGaps(STATEFUL_SET, db({ status }))).toEqual(["its pods are not all at the newest revision"]);
  });

  it("is not whole while pods are missing", () => {
    expect(rolloutGaps(STATEFUL_SET, db({ status: { readyReplicas: 2, availableReplicas: 1 } }))).toEqual([
      "2 of 3 replicas ready",
      "1 of 3 replicas available",
    ]);
  });

  it("with a partition asks only for the pods that the partition lets through", () => {
    const status = { currentRevision: "db-r1" };

    expect(rolloutGaps(STATEFUL_SET, db({ spec: partition, status: { ...status, updatedReplicas: 1 } }))).toEqual([]);
    expect(rolloutGaps(STATEFUL_SET, db({ spec: partition, status: { ...status, updatedReplicas: 0 } }))).toEqual([
      "0 of 1 replicas updated",
    ]);
  });

  it("that waits for pods to be deleted by hand is whole with any revision", () => {
    const status = { currentRevision: "db-r1", updatedReplicas: 0 };

    expect(rolloutGaps(STATEFUL_SET, db({ spec: onDelete, status }))).toEqual([]);
  });
});

describe("the rollout of a DaemonSet", () => {
  it("is whole when every node has a ready pod of the newest revision", () => {
    expect(rolloutGaps(DAEMON_SET, agent())).toEqual([]);
    expect(rolloutGaps(DAEMON_SET, agent({ status: { updatedNumberScheduled: 1 } }))).toEqual([
      "1 of 3 replicas updated",
    ]);
  });

  it("that waits for pods to be deleted by hand is whole with any revision", () => {
    expect(rolloutGaps(DAEMON_SET, agent({ spec: onDelete, status: { updatedNumberScheduled: 0 } }))).toEqual([]);
  });

  it("is not whole before its controller has seen the newest spec", () => {
    expect(rolloutGaps(DAEMON_SET, agent({ status: { observedGeneration: 0 } }))).toEqual([
      "its controller has not seen the newest spec yet",
    ]);
  });
});
