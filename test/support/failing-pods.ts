import type { ContainerStatus } from "../../functions/shared/kubernetes/types.ts";
import { ago, container } from "./objects.ts";
import {
  among,
  DEADLINES,
  INITIALIZED,
  podOf,
  ready,
  scheduled,
  type FailingPodRow,
  type Variation,
} from "./pod-rows.ts";

/** Every state in which a pod fails, as its status shows it. */

const ended = (exitCode: number, reason?: string, seconds = 20) => ({
  terminated: {
    exitCode,
    ...(reason === undefined ? {} : { reason }),
    startedAt: ago(seconds + 1),
    finishedAt: ago(seconds),
  },
});

/** Reasons for which the kubelet lets a container wait after it ran, and before it ever ran. */
const RAN = ["CrashLoopBackOff", "PostStartHookError", "RunContainerError", "StartError", "ContainerCannotRun"];
const NEVER_RAN = [
  ...["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"],
  ...["SignatureValidationFailed", "ImageInspectError", "CreateContainerConfigError", "CreateContainerError"],
  ...["PreCreateHookError", "PreStartHookError"],
];

const waiting: FailingPodRow[] = [
  ...RAN.map((reason) => ({ reason, phase: "Running" })),
  ...NEVER_RAN.map((reason) => ({ reason, phase: "Pending" })),
].map(({ reason, phase }) => ({
  what: `waits with ${reason}`,
  status: reason,
  reason,
  build: (variation) => {
    const { message, restarts } = variation;
    const state = { waiting: { reason, message } };
    const ran = phase === "Running" ? { restartCount: restarts, lastState: ended(1, "Error") } : {};
    return podOf(variation, { phase, app: among(variation, { state, ...ran }), conditions: [ready("False")] });
  },
}));

const crashed: FailingPodRow[] = [
  { exitCode: 1, reason: "Error" },
  { exitCode: 126, reason: "Error" },
  { exitCode: 127, reason: "ContainerCannotRun" },
  { exitCode: 128, reason: "StartError" },
  { exitCode: 137, reason: "OOMKilled" },
].flatMap(({ exitCode, reason }) => [
  {
    what: `has ended with ${reason} (${exitCode})`,
    status: reason,
    reason,
    build: (variation: Variation) =>
      podOf(variation, {
        phase: "Running",
        app: among(variation, { state: ended(exitCode, reason), restartCount: variation.restarts }),
        conditions: [ready("False")],
      }),
  },
  {
    what: `runs again, not ready, after ${reason} (${exitCode})`,
    status: "Running",
    reason,
    build: (variation: Variation) => {
      const again = { state: { running: { startedAt: ago(10) } }, lastState: ended(exitCode, reason) };
      const app = among(variation, { ...again, restartCount: variation.restarts });
      return podOf(variation, { phase: "Running", app, conditions: [ready("False", 20)] });
    },
  },
]);

const wordless: FailingPodRow[] = [
  { status: "ExitCode:2", state: { terminated: { exitCode: 2 } } },
  { status: "Signal:9", state: { terminated: { exitCode: 137, signal: 9 } } },
].map(({ status, state }) => ({
  what: `has ended without a reason (${status})`,
  status,
  reason: "Error",
  build: (variation) =>
    podOf(variation, {
      phase: "Running",
      app: among(variation, { state, restartCount: variation.restarts }),
      conditions: [ready("False")],
    }),
}));

/** The states of a container that runs before the app's. */
const beforeTheApp: { status: string; reason: string; init: (variation: Variation) => Partial<ContainerStatus> }[] = [
  ...["CrashLoopBackOff", "ErrImagePull", "CreateContainerConfigError"].map((reason) => ({
    status: `Init:${reason}`,
    reason,
    init: ({ message, restarts }: Variation) => ({ state: { waiting: { reason, message } }, restartCount: restarts }),
  })),
  {
    status: "Init:Error",
    reason: "Error",
    init: ({ restarts }) => ({ state: ended(1, "Error"), restartCount: restarts }),
  },
  {
    status: "Init:ExitCode:2",
    reason: "Error",
    init: ({ restarts }) => ({ state: ended(2), restartCount: restarts }),
  },
];

const initialising: FailingPodRow[] = beforeTheApp.flatMap(({ status, reason, init }) => {
  const first = (variation: Variation) => container({ name: variation.container, ready: false, ...init(variation) });
  return [
    {
      what: `initialises with ${status}`,
      status,
      reason,
      build: (variation: Variation) =>
        podOf(variation, {
          phase: "Pending",
          init: [first(variation)],
          app: [container({ name: "main", ready: false, state: { waiting: { reason: "PodInitializing" } } })],
          conditions: [ready("False")],
        }),
    },
    {
      what: `runs beside a sidecar with ${status}`,
      status,
      reason,
      build: (variation: Variation) =>
        podOf(variation, {
          phase: "Running",
          init: [{ ...first(variation), started: false }],
          sidecar: true,
          app: [container({ name: "main" })],
          conditions: [ready("False"), INITIALIZED],
        }),
    },
  ];
});

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
    build: (variation) =>
      podOf(variation, {
        phase: "Pending",
        app: [container({ ready: false, state: { waiting: { reason: "ContainerCreating" } } })],
        conditions: [scheduled(DEADLINES.starting_seconds + variation.margin), ready("False")],
      }),
  },
  {
    what: "initialises for too long",
    status: "Init:0/1",
    reason: "PodInitializing",
    build: (variation) =>
      podOf(variation, {
        phase: "Pending",
        init: [container({ name: variation.container, ready: false })],
        app: [container({ name: "main", ready: false, state: { waiting: { reason: "PodInitializing" } } })],
        conditions: [scheduled(DEADLINES.starting_seconds + variation.margin), ready("False")],
      }),
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

export const FAILING_PODS: readonly FailingPodRow[] = [
  ...waiting,
  ...crashed,
  ...wordless,
  ...initialising,
  ...forGood,
  ...late,
];
