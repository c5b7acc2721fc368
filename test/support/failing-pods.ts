import { ended, FAILING_CONTAINERS } from "./failing-containers.ts";
import { ago, container } from "./objects.ts";
import { among, DEADLINES, podOf, ready, scheduled, type FailingPodRow, type Variation } from "./pod-rows.ts";

/** States in which a pod fails as a whole, or has taken too long over something. */

const ENDED_BY_NODE = [
  ...["Evicted", "Preempting", "NodeShutdown", "Terminated", "UnexpectedAdmissionError", "OutOfcpu", "OutOfmemory"],
  ...["NodeAffinity", "DeadlineExceeded"],
];

const forGood: FailingPodRow[] = [
  ...ENDED_BY_NODE.map((reason) => ({
    what: `has failed for good with ${reason}`,
    status: reason,
    reason,
    build: (variation: Variation) => podOf(variation, { phase: "Failed", reason, message: variation.message }),
  })),
  ...["ContainerStatusUnknown", "Error"].map((reason) => ({
    what: `has failed for good with a container's ${reason}`,
    status: reason,
    reason,
    build: (variation: Variation) =>
      podOf(variation, { phase: "Failed", app: among(variation, { state: ended(137, reason) }) }),
  })),
  {
    what: "has failed for good without a word",
    status: "Failed",
    reason: "Failed",
    build: (variation) => podOf(variation, { phase: "Failed" }),
  },
  {
    what: "is in phase Unknown",
    status: "Unknown",
    reason: "Unknown",
    build: (variation) => podOf(variation, { phase: "Unknown", app: among(variation, { ready: true }) }),
  },
  {
    what: "was lost with its node",
    status: "NodeLost",
    reason: "NodeLost",
    build: (variation) =>
      podOf(variation, { phase: "Running", reason: "NodeLost", app: among(variation, { ready: true }) }),
  },
];

const late: FailingPodRow[] = [
  {
    what: "has no node for too long",
    status: "Pending",
    reason: "Unschedulable",
    build: (variation) => {
      const since = DEADLINES.starting_seconds + variation.margin;
      return podOf(variation, { phase: "Pending", conditions: [scheduled(since, "Unschedulable")] });
    },
  },
  {
    what: "creates its containers for too long",
    status: "ContainerCreating",
    reason: "ContainerCreating",
    build: (variation) => {
      const since = DEADLINES.starting_seconds + variation.margin;
      return podOf(variation, {
        phase: "Pending",
        app: [container({ ready: false, state: { waiting: { reason: "ContainerCreating" } } })],
        conditions: [scheduled(since), ready("False", since)],
      });
    },
  },
  {
    what: "initialises for too long",
    status: "Init:0/1",
    reason: "PodInitializing",
    build: (variation) => {
      const since = DEADLINES.starting_seconds + variation.margin;
      return podOf(variation, {
        phase: "Pending",
        init: [container({ name: variation.container, ready: false })],
        app: [container({ name: "main", ready: false, state: { waiting: { reason: "PodInitializing" } } })],
        conditions: [scheduled(since), ready("False", since)],
      });
    },
  },
  {
    what: "waits for a reason that nobody has heard of, for too long",
    status: "WaitingForGodot",
    reason: "WaitingForGodot",
    build: (variation) =>
      podOf(variation, {
        phase: "Running",
        app: among(variation, { state: { waiting: { reason: "WaitingForGodot" } } }),
        conditions: [ready("False", DEADLINES.unready_seconds + variation.margin)],
      }),
  },
  {
    what: "runs without being ready for too long",
    status: "Running",
    reason: "ContainersNotReady",
    build: (variation) =>
      podOf(variation, {
        phase: "Running",
        app: among(variation, {}),
        conditions: [ready("False", DEADLINES.unready_seconds + variation.margin)],
      }),
  },
  {
    what: "is held unready by a readiness gate for too long",
    status: "Running",
    reason: "ReadinessGatesNotReady",
    build: (variation) =>
      podOf(variation, {
        phase: "Running",
        app: among(variation, { ready: true }),
        gates: ["target-health"],
        conditions: [ready("False", DEADLINES.unready_seconds + variation.margin, "ReadinessGatesNotReady")],
      }),
  },
  ...[{ status: "Terminating" }, { status: "Unknown", reason: "NodeLost" }].map(({ status, ...lost }) => ({
    what: `does not go for too long (${status})`,
    status,
    reason: "Terminating",
    build: (variation: Variation) =>
      podOf(variation, {
        phase: "Running",
        ...lost,
        app: among(variation, { ready: true }),
        conditions: [ready("True")],
        metadata: { deletionTimestamp: ago(DEADLINES.terminating_seconds + variation.margin) },
      }),
  })),
];

/** Every state in which a pod fails, as its status shows it. */
export const FAILING_PODS: readonly FailingPodRow[] = [...FAILING_CONTAINERS, ...forGood, ...late];
