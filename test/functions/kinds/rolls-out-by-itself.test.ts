import { describe, expect, it } from "vitest";
import { kindOf } from "../../../functions/kinds/kinds.ts";
import { deployment, replicaSet } from "../../support/objects.ts";
import { agent, db } from "../../support/set-objects.ts";

const partitioned = (partition: number) =>
  db({ spec: { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } } } });

describe("a new template", () => {
  it.each([
    ["a Deployment", "Deployment", deployment()],
    ["a StatefulSet", "StatefulSet", db()],
    ["a StatefulSet without replicas", "StatefulSet", db({ spec: { replicas: 0 } })],
    ["a StatefulSet whose partition leaves some pods to it", "StatefulSet", partitioned(2)],
    ["a DaemonSet", "DaemonSet", agent()],
  ])("of %s is rolled out by its controller", (_what, kind, workload) => {
    expect(kindOf({ kind })?.rollsOutByItself(workload)).toBe(true);
  });

  it.each([
    ["a StatefulSet with OnDelete", "StatefulSet", db({ spec: { updateStrategy: { type: "OnDelete" } } })],
    ["a StatefulSet whose partition holds every pod back", "StatefulSet", partitioned(3)],
    ["a DaemonSet with OnDelete", "DaemonSet", agent({ spec: { updateStrategy: { type: "OnDelete" } } })],
    ["a ReplicaSet", "ReplicaSet", replicaSet(1)],
  ])("of %s reaches no pod until somebody acts", (_what, kind, workload) => {
    expect(kindOf({ kind })?.rollsOutByItself(workload)).toBe(false);
  });
});
