import fc, { type Arbitrary } from "./properties.ts";
import type { ContainerStatus, Pod } from "../../functions/shared/kubernetes/types.ts";
import { FAILING_PODS } from "./failing-pods.ts";
import { HEALTHY_PODS } from "./healthy-pods.ts";
import { NOW } from "./objects.ts";
import type { FailingPodRow, PodRow, Variation } from "./pod-rows.ts";

/** Texts as a cluster may hold them: any, names of reasons, and very long ones. The API leaves empty ones out. */
const text: Arbitrary<string> = fc.oneof(
  fc.string({ minLength: 1, unit: "binary" }),
  fc.constantFrom(
    "Completed",
    "Running",
    "CrashLoopBackOff",
    "Error",
    "NodeLost",
    "SchedulingGated",
    "WaitingForGodot",
  ),
  fc.string({ minLength: 1, maxLength: 3 }).map((part) => part.repeat(2_000)),
);

/** Moments around `NOW`, in the past and in the future, and texts that are no moment. */
const moment: Arbitrary<string> = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: -100_000, max: 100_000 }).map((offset) => iso(offset)) },
  { weight: 1, arbitrary: fc.constantFrom("0001-01-01T00:00:00Z", "2026-13-45T99:99:99Z", "soon") },
);

function iso(secondsFromNow: number): string {
  return new Date(NOW.getTime() + secondsFromNow * 1_000).toISOString().replace(".000Z", "Z");
}

/** An object that has any of these fields, or none. */
function some<T extends object>(fields: { [Key in keyof T]: Arbitrary<T[Key]> }): Arbitrary<Partial<T>> {
  return fc.record(fields, { requiredKeys: [] }) as Arbitrary<Partial<T>>;
}

const count = fc.integer({ min: 0, max: 2_147_483_647 });
const bool = fc.boolean();
const phase = fc.constantFrom("Pending", "Running", "Succeeded", "Failed", "Unknown", "", "Sleeping");

const terminated = fc
  .tuple(
    fc.oneof(fc.constant(0), fc.integer({ min: -255, max: 255 })),
    some({
      reason: text,
      message: text,
      signal: fc.integer({ min: 1, max: 64 }),
      startedAt: moment,
      finishedAt: moment,
    }),
  )
  .map(([exitCode, rest]) => ({ exitCode, ...rest }));

const state = some({
  waiting: some({ reason: text, message: text }),
  running: some({ startedAt: moment }),
  terminated,
});

const status = fc
  .record(
    { name: text, ready: bool, restartCount: count, started: bool, state, lastState: state },
    { requiredKeys: ["name", "ready", "restartCount"] },
  )
  .map((fields) => ({ image: "", imageID: "", ...fields }));

/** Mostly a few, sometimes hundreds. */
const statuses: Arbitrary<ContainerStatus[]> = fc.oneof(
  { weight: 9, arbitrary: fc.array(status, { maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(status, fc.integer({ min: 1, max: 400 }))
      .map(([one, n]) => Array<ContainerStatus>(n).fill(one)),
  },
);

const condition = fc
  .tuple(
    fc.oneof(fc.constantFrom("Ready", "PodScheduled", "Initialized"), text),
    fc.constantFrom("True", "False", "Unknown"),
    some({ reason: text, message: text, lastTransitionTime: moment }),
  )
  .map(([type, value, rest]) => ({ type, status: value, ...rest }));

const owner = fc
  .tuple(fc.constantFrom("ReplicaSet", "Job", "StatefulSet", "Node"), text, bool)
  .map(([kind, name, controller]) => ({ apiVersion: "v1", kind, name, uid: "uid", controller }));

/** A pod with pieces missing everywhere, and values that make no sense together. */
export const anyPod: Arbitrary<Pod> = some({
  metadata: some({
    name: text,
    namespace: text,
    creationTimestamp: moment,
    deletionTimestamp: moment,
    finalizers: fc.array(text, { maxLength: 3 }),
    ownerReferences: fc.array(owner, { maxLength: 2 }),
  }),
  spec: fc
    .tuple(some({ nodeName: fc.constantFrom("node-0", "node-1"), restartPolicy: fc.constantFrom("Always", "Never") }))
    .map(([rest]) => ({ containers: [], ...rest })),
  status: some({
    phase,
    reason: text,
    message: text,
    startTime: moment,
    conditions: fc.array(condition, { maxLength: 4 }),
    initContainerStatuses: statuses,
    containerStatuses: statuses,
    ephemeralContainerStatuses: statuses,
  }),
});

/** What may differ, besides, between two pods of one row. */
const variation: Arbitrary<Variation> = fc.record({
  container: fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/),
  message: text,
  restarts: fc.integer({ min: 1, max: 100_000 }),
  margin: fc.integer({ min: 1, max: 80_000 }),
  before: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 300 })),
  behind: fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 300 })),
  node: fc.constantFrom("node-0", "node-1"),
});

function built<Row extends PodRow>(rows: readonly Row[]): Arbitrary<{ row: Row; pod: Pod }> {
  return fc.tuple(fc.constantFrom(...rows), variation).map(([row, differing]) => ({ row, pod: row.build(differing) }));
}

/** A pod in a state in which it fails, with what its row says of it. */
export const failingPod: Arbitrary<{ row: FailingPodRow; pod: Pod }> = built(FAILING_PODS);

/** A pod in a state in which it is well. */
export const healthyPod: Arbitrary<{ row: PodRow; pod: Pod }> = built(HEALTHY_PODS);
