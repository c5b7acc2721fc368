import { ago, container } from "./objects.ts";
import { among, DEADLINES, INITIALIZED, podOf, ready, scheduled, type PodRow, type Variation } from "./pod-rows.ts";

/** States in which a pod is well: it runs, it is on its way, it is done, or it goes. */

const done = { terminated: { exitCode: 0, reason: "Completed", startedAt: ago(80_000), finishedAt: ago(70_000) } };
const crash = { terminated: { exitCode: 1, reason: "Error", startedAt: ago(80_000), finishedAt: ago(70_000) } };

const atWork: PodRow[] = [
  {
    what: "runs and is ready",
    status: "Running",
    build: (variation) =>
      podOf(variation, {
        phase: "Running",
        app: among(variation, { ready: true }),
        conditions: [ready("True", 60_000)],
      }),
  },
  {
    what: "runs and is ready, whatever happened to it before",
    status: "Running",
    build: (variation) =>
      podOf(variation, {
        phase: "Running",
        app: among(variation, { ready: true, restartCount: variation.restarts, lastState: crash }),
        conditions: [ready("True", 60_000)],
      }),
  },
  {
    what: "runs beside a sidecar, its init containers done",
    status: "Running",
    build: (variation) =>
      podOf(variation, {
        phase: "Running",
        init: [container({ name: "proxy", started: true, restartCount: variation.restarts, lastState: crash })],
        sidecar: true,
        app: among(variation, { ready: true }),
        conditions: [ready("True", 60_000), INITIALIZED],
      }),
  },
];

const onItsWay: PodRow[] = [
  {
    what: "waits for a node, inside its deadline",
    status: "Pending",
    build: (variation) => {
      const since = DEADLINES.starting_seconds - variation.margin;
      return podOf(variation, { phase: "Pending", conditions: [scheduled(since, "Unschedulable")] });
    },
  },
  {
    what: "is gated",
    status: "SchedulingGated",
    build: (variation) => podOf(variation, { phase: "Pending", conditions: [scheduled(80_000, "SchedulingGated")] }),
  },
  ...["ContainerCreating", "PodInitializing", "WaitingForGodot"].map((reason) => ({
    what: `waits with ${reason}, inside its deadline`,
    status: reason,
    build: (variation: Variation) =>
      podOf(variation, {
        phase: "Pending",
        app: [container({ name: variation.container, ready: false, state: { waiting: { reason } } })],
        conditions: [scheduled(DEADLINES.starting_seconds - variation.margin), ready("False", 80_000)],
      }),
  })),
  {
    what: "initialises, inside its deadline",
    status: "Init:0/1",
    build: (variation) =>
      podOf(variation, {
        phase: "Pending",
        init: [container({ name: variation.container, ready: false })],
        app: [container({ name: "main", ready: false, state: { waiting: { reason: "PodInitializing" } } })],
        conditions: [scheduled(DEADLINES.starting_seconds - variation.margin), ready("False", 80_000)],
      }),
  },
  {
    what: "runs and is not ready yet, inside its deadline",
    status: "Running",
    build: (variation) =>
      podOf(variation, {
        phase: "Running",
        app: among(variation, {}),
        conditions: [ready("False", DEADLINES.unready_seconds - variation.margin)],
      }),
  },
];

const doneOrGoing: PodRow[] = [
  {
    what: "is done",
    status: "Completed",
    build: (variation) =>
      podOf(variation, {
        phase: "Succeeded",
        app: [container({ name: variation.container, ready: false, state: done })],
        conditions: [ready("False", 70_000, "PodCompleted")],
      }),
  },
  {
    what: "is done, its containers forgotten",
    status: "Succeeded",
    build: (variation) => podOf(variation, { phase: "Succeeded" }),
  },
  {
    what: "is done with a part of its work, the others still running",
    status: "NotReady",
    build: (variation) =>
      podOf(variation, {
        phase: "Running",
        app: [...among(variation, { state: done }), container({ name: "worker" })],
        conditions: [ready("False", 70_000)],
      }),
  },
  {
    what: "goes, inside its grace period",
    status: "Terminating",
    build: (variation) =>
      podOf(variation, {
        phase: "Running",
        app: among(variation, { state: { waiting: { reason: "CrashLoopBackOff" } }, restartCount: variation.restarts }),
        conditions: [ready("False", 70_000)],
        metadata: { deletionTimestamp: ago(DEADLINES.terminating_seconds - variation.margin) },
      }),
  },
];

export const HEALTHY_PODS: readonly PodRow[] = [...atWork, ...onItsWay, ...doneOrGoing];
