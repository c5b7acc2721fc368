import type { ContainerStatus } from "../../functions/shared/kubernetes/types.ts";
import { ago, container } from "./objects.ts";
import { among, INITIALIZED, podOf, ready, type FailingPodRow, type Variation } from "./pod-rows.ts";

/** States in which a pod fails for one of its containers, whatever time has passed. */

/** How a container has ended, so many seconds ago. */
export const ended = (exitCode: number, reason?: string, seconds = 20) => ({
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

export const FAILING_CONTAINERS: readonly FailingPodRow[] = [...waiting, ...crashed, ...wordless, ...initialising];
