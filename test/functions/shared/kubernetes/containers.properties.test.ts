import fc from "../../../support/properties.ts";
import { describe, expect, it } from "vitest";
import { failuresOf } from "../../../../functions/kinds/failing/overdue.ts";
import type { ContainerStatus, Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { ago, container, NOW, policy } from "../../../support/objects.ts";

/** How a container's run ended, some seconds ago. */
const end = fc.record({
  exitCode: fc.constantFrom(0, 1, 137, 143),
  memory: fc.boolean(),
  secondsAgo: fc.integer({ min: 1, max: 200_000 }),
  ran: fc.integer({ min: 1, max: 100_000 }),
});
type End = typeof end extends fc.Arbitrary<infer T> ? T : never;

const history = fc.record({
  now: fc.constantFrom("running", "crash loop", "ended", "waiting"),
  ready: fc.boolean(),
  restarts: fc.integer({ min: 0, max: 40 }),
  last: fc.option(end, { nil: undefined }),
  ended: end,
  role: fc.constantFrom("app", "init", "sidecar"),
  limit: fc.constantFrom(undefined, "64Mi"),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

const arbitraryPod = fc.record({
  histories: fc.array(history, { minLength: 1, maxLength: 5 }),
  unreadyFor: fc.option(fc.integer({ min: 1, max: 200_000 }), { nil: undefined }),
  podLimit: fc.constantFrom(undefined, "1Gi"),
});

function terminated({ exitCode, memory, secondsAgo, ran }: End) {
  const reason = exitCode === 0 ? "Completed" : exitCode === 137 && memory ? "OOMKilled" : "Error";
  return { terminated: { exitCode, reason, startedAt: ago(secondsAgo + ran), finishedAt: ago(secondsAgo) } };
}

function statusOf({ now, ready, restarts, last, ended }: History, index: number): ContainerStatus {
  const states = {
    running: { running: { startedAt: ago(last?.secondsAgo ?? 50_000) } },
    "crash loop": { waiting: { reason: "CrashLoopBackOff" } },
    ended: terminated(ended),
    waiting: { waiting: { reason: "PodInitializing" } },
  };
  return container({
    name: `c${index}`,
    ready: ready && now === "running",
    restartCount: restarts,
    state: states[now],
    ...(last === undefined ? {} : { lastState: terminated(last) }),
  });
}

function build({
  histories,
  unreadyFor,
  podLimit,
}: typeof arbitraryPod extends fc.Arbitrary<infer T> ? T : never): Pod {
  const all = histories.map((each, index) => ({ ...each, status: statusOf(each, index) }));
  const specOf = ({ status, role, limit }: (typeof all)[number]) => ({
    name: status.name,
    ...(role === "sidecar" ? { restartPolicy: "Always" } : {}),
    ...(limit === undefined ? {} : { resources: { limits: { memory: limit } } }),
  });
  const init = all.filter(({ role }) => role !== "app");
  const app = all.filter(({ role }) => role === "app");
  const ready =
    unreadyFor === undefined
      ? { type: "Ready", status: "True", lastTransitionTime: ago(60_000) }
      : { type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: ago(unreadyFor) };
  return {
    metadata: { name: "web-1", creationTimestamp: ago(300_000) },
    spec: {
      initContainers: init.map(specOf),
      containers: app.map(specOf),
      ...(podLimit === undefined ? {} : { resources: { limits: { memory: podLimit } } }),
    },
    status: {
      phase: "Running",
      startTime: ago(300_000),
      conditions: [ready],
      initContainerStatuses: init.map(({ status }) => status),
      containerStatuses: app.map(({ status }) => status),
    },
  };
}

const moment = { now: NOW, deadlines: policy().detect };
const statusesOf = ({ status }: Pod) => [
  ...(status?.initContainerStatuses ?? []),
  ...(status?.containerStatuses ?? []),
];

describe("of whatever containers and histories a pod has,", () => {
  it("a failure has the exit code and the memory of the container that it names, and of no other", () => {
    fc.assert(
      fc.property(arbitraryPod.map(build), (pod) => {
        for (const { container: name, exitCode, outOfMemory } of failuresOf(pod, moment)) {
          const status = statusesOf(pod).find((candidate) => candidate.name === name);
          const ends = [status?.state?.terminated, status?.lastState?.terminated];
          if (exitCode !== undefined) expect(ends.map((each) => each?.exitCode)).toContain(exitCode);
          if (outOfMemory !== undefined) expect(ends.map((each) => each?.reason)).toContain("OOMKilled");
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("memory that ran out is told with the limit of that container, of its pod, or with none", () => {
    fc.assert(
      fc.property(arbitraryPod, (drawn) => {
        for (const { container: name = "", outOfMemory } of failuresOf(build(drawn), moment)) {
          if (outOfMemory === undefined) continue;
          const own = drawn.histories[Number(name.slice(1))]?.limit;
          const limit =
            own ?? (drawn.podLimit === undefined ? "without a memory limit" : "the pod's memory limit of 1Gi");
          expect(outOfMemory).toContain(limit);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("a container that ended well, an init container among them, is no failure", () => {
    fc.assert(
      fc.property(arbitraryPod.map(build), (pod) => {
        const done = statusesOf(pod).filter(({ state }) => state?.terminated?.exitCode === 0);
        const named = failuresOf(pod, moment).map((failure) => failure.container);
        for (const { name } of done) expect(named).not.toContain(name);
      }),
      { numRuns: 2_000 },
    );
  });
});
