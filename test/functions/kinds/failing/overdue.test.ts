import { describe, expect, it } from "vitest";
import { failuresOf, overdueFailures, type Moment } from "../../../../functions/kinds/failing/overdue.ts";
import type { Pod } from "../../../../functions/shared/kubernetes/types.ts";
import { FAILING_PODS } from "../../../support/failing-pods.ts";
import { HEALTHY_PODS } from "../../../support/healthy-pods.ts";
import { ago, container, crashingPod, NOW, pod } from "../../../support/objects.ts";
import { DEADLINES, PLAIN, podOf, ready, scheduled } from "../../../support/pod-rows.ts";

const { starting_seconds: starting, unready_seconds: unready, terminating_seconds: terminating } = DEADLINES;
const moment: Moment = { now: NOW, deadlines: DEADLINES };

const waiting = (reason?: string, message?: string) =>
  container({
    ready: false,
    state: { waiting: { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) } },
  });
const done = { terminated: { exitCode: 0, reason: "Completed" } };

/** A pod whose containers are not created yet, so many seconds after a node took it. */
const creating = (seconds: number) =>
  podOf(PLAIN, {
    phase: "Pending",
    app: [waiting("ContainerCreating", "MountVolume failed")],
    conditions: [scheduled(seconds)],
  });
const unscheduled = (seconds: number) =>
  podOf(PLAIN, {
    phase: "Pending",
    conditions: [{ ...scheduled(seconds, "Unschedulable"), message: "0/3 nodes are available" }],
  });
/** A running pod that has not been ready for so many seconds. */
const notReady = (seconds: number, app = [container({ ready: false, restartCount: 2 })]) =>
  podOf(PLAIN, {
    phase: "Running",
    app,
    conditions: [{ ...ready("False", seconds), message: "containers with unready status: [app]" }],
  });
/** A pod whose grace period ended so many seconds ago. */
const going = (seconds: number, metadata: Pod["metadata"] = {}) =>
  pod({ metadata: { deletionTimestamp: ago(seconds), ...metadata } });

describe("a pod that takes its time", () => {
  it.each<[string, number, (seconds: number) => Pod, string]>([
    ["to be created", starting, creating, "ContainerCreating"],
    ["to be scheduled", starting, unscheduled, "Unschedulable"],
    ["to be ready", unready, notReady, "ContainersNotReady"],
    ["to go", terminating, going, "Terminating"],
  ])("%s is well for %i seconds, and fails from then on", (_what, deadline, build, reason) => {
    expect(overdueFailures(build(deadline - 1), moment)).toEqual([]);
    expect(overdueFailures(build(deadline), moment)).toEqual([]);
    expect(overdueFailures(build(deadline + 1), moment)).toMatchObject([{ reason, since: ago(deadline + 1) }]);
  });

  it.each<[string, Pod]>([
    ["to be created", creating(-60)],
    ["to be ready", notReady(-60)],
    ["to go", going(-60)],
  ])("%s is well when the clock of its node is ahead", (_what, ahead) => {
    expect(overdueFailures(ahead, moment)).toEqual([]);
  });

  it("has the deadlines of the policy", () => {
    const patient = { now: NOW, deadlines: { ...DEADLINES, starting_seconds: 1_000 } };

    expect(overdueFailures(creating(999), patient)).toEqual([]);
    expect(overdueFailures(creating(1_001), patient)).toHaveLength(1);
  });
});

describe("a pod that does not start", () => {
  it("has the time for that anew when its sandbox is made again, as after a restart of its node", () => {
    const again = (seconds: number) =>
      podOf(PLAIN, {
        phase: "Pending",
        init: [container({ name: "migrate", ready: false })],
        app: [waiting("PodInitializing")],
        conditions: [scheduled(90_000), ready("False", seconds)],
      });

    expect(overdueFailures(again(starting), moment)).toEqual([]);
    expect(overdueFailures(again(starting + 1), moment)).toMatchObject([
      { reason: "PodInitializing", container: "migrate", since: ago(starting + 1) },
    ]);
  });

  it("tells which container waits, for what, and the kubelet's words", () => {
    expect(overdueFailures(creating(400), moment)).toEqual([
      { reason: "ContainerCreating", container: "app", message: "MountVolume failed", since: ago(400) },
    ]);
  });

  it("tells the scheduler's words when no node takes it", () => {
    expect(overdueFailures(unscheduled(400), moment)).toEqual([
      { reason: "Unschedulable", message: "0/3 nodes are available", since: ago(400) },
    ]);
  });

  it("is told by its init container while that runs, and by what waits behind those that are done", () => {
    const migrate = container({ name: "migrate", ready: false });
    const after = { phase: "Pending", conditions: [scheduled(400)] };
    const app = [waiting("PodInitializing")];

    expect(overdueFailures(podOf(PLAIN, { ...after, init: [migrate], app }), moment)).toMatchObject([
      { reason: "PodInitializing", container: "migrate" },
    ]);
    expect(overdueFailures(podOf(PLAIN, { ...after, init: [{ ...migrate, state: done }], app }), moment)).toMatchObject(
      [{ reason: "PodInitializing", container: "app" }],
    );
  });

  it("is told without a container, and since its creation, where the kubelet has said nothing", () => {
    const created = podOf(PLAIN, { phase: "Pending", metadata: { creationTimestamp: ago(400) } });

    expect(overdueFailures(created, moment)).toEqual([{ reason: "Pending", since: ago(400) }]);
    expect(overdueFailures(podOf(PLAIN, { phase: "Pending", conditions: [scheduled(400)] }), moment)).toMatchObject([
      { reason: "ContainerCreating" },
    ]);
  });

  it("is no failure while it is gated, however long", () => {
    const gated = podOf(PLAIN, { phase: "Pending", conditions: [scheduled(1_000_000, "SchedulingGated")] });

    expect(overdueFailures(gated, moment)).toEqual([]);
  });

  it("is no failure when no time is known", () => {
    const timeless = podOf(PLAIN, { phase: "Pending", conditions: [{ type: "PodScheduled", status: "True" }] });
    delete timeless.metadata?.creationTimestamp;

    expect(overdueFailures(timeless, moment)).toEqual([]);
  });
});

describe("a running pod that is not ready", () => {
  it("tells the first container that is not, and its restarts", () => {
    const app = [container(), container({ name: "proxy", ready: false, restartCount: 5 }), waiting()];

    expect(overdueFailures(notReady(400, app), moment)).toEqual([
      {
        reason: "ContainersNotReady",
        container: "proxy",
        message: "containers with unready status: [app]",
        restarts: 5,
        since: ago(400),
      },
    ]);
  });

  it("tells a waiting reason that nobody has heard of", () => {
    expect(overdueFailures(notReady(400, [waiting("WaitingForGodot")]), moment)).toMatchObject([
      { reason: "WaitingForGodot", container: "app" },
    ]);
  });

  it("is told by its condition when all of its containers are ready", () => {
    const gate = { ...ready("False", 400, "ReadinessGatesNotReady") };

    expect(overdueFailures(podOf(PLAIN, { phase: "Running", app: [container()], conditions: [gate] }), moment)).toEqual(
      [{ reason: "ReadinessGatesNotReady", since: ago(400) }],
    );
  });

  it("is well when the containers that are not ready are done by design", () => {
    const finished = container({ name: "export", ready: false, state: done });

    expect(overdueFailures(notReady(400, [finished, container()]), moment)).toEqual([]);
    expect(overdueFailures(notReady(400, [finished, container({ ready: false })]), moment)).toHaveLength(1);
  });

  it("is well when its condition is true, unknown or missing", () => {
    const running = (...conditions: { type: string; status: string }[]) =>
      podOf(PLAIN, { phase: "Running", app: [container({ ready: false })], conditions });

    expect(overdueFailures(running({ ...ready("True", 400) }), moment)).toEqual([]);
    expect(overdueFailures(running({ type: "Ready", status: "False" }), moment)).toEqual([]);
    expect(overdueFailures(running(), moment)).toEqual([]);
  });
});

describe("a pod that does not go", () => {
  it("tells its finalizers and its node", () => {
    const held = {
      ...going(400, { finalizers: ["shop/hold", "shop/export"] }),
      spec: { containers: [], nodeName: "node-0" },
    };

    expect(overdueFailures(held, moment)).toEqual([
      {
        reason: "Terminating",
        message: "still there past its grace period (finalizers: shop/hold, shop/export; node node-0)",
        since: ago(400),
      },
    ]);
  });

  it("tells that its node is lost, and not twice", () => {
    const held = { ...going(400), spec: { containers: [], nodeName: "node-0" } };
    const lostNodes = new Map([["node-0", ago(900)]]);

    expect(overdueFailures(held, { ...moment, lostNodes })).toMatchObject([
      { reason: "Terminating", message: expect.stringContaining("node node-0, which is lost") as string },
    ]);
  });

  it.each(["Succeeded", "Failed", "Pending", "Unknown"])("fails in phase %s, too", (phase) => {
    const held = { ...going(400), status: { phase } };

    expect(failuresOf(held, moment)).toMatchObject([{ reason: "Terminating" }]);
  });

  it("is well inside its grace period, whatever its containers do", () => {
    const crashing = { ...crashingPod({}), metadata: { deletionTimestamp: ago(terminating) } };

    expect(failuresOf(crashing, moment)).toEqual([]);
  });
});

describe("a pod on a lost node", () => {
  const lost: Moment = { ...moment, lostNodes: new Map([["node-0", ago(900)]]) };
  const on = (nodeName: string | undefined, status: Pod["status"] = {}) =>
    pod({ status, spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) } });

  it("fails however well it seems, since its node was last heard of", () => {
    expect(failuresOf(on("node-0"), lost)).toEqual([
      { reason: "NodeLost", message: `node node-0 has not reported since ${ago(900)}`, since: ago(900) },
    ]);
    expect(failuresOf(on("node-0", { phase: "Pending" }), lost)).toMatchObject([{ reason: "NodeLost" }]);
  });

  it("does not fail for it once it is done, nor on another node or on none", () => {
    expect(failuresOf(on("node-0", { phase: "Succeeded" }), lost)).toEqual([]);
    expect(failuresOf(on("node-1"), lost)).toEqual([]);
    expect(failuresOf(on(undefined), lost)).toEqual([]);
  });

  it("keeps what fails beyond doubt", () => {
    const crashing = { ...crashingPod({}), spec: { containers: [], nodeName: "node-0" } };

    expect(failuresOf(crashing, lost)).toMatchObject([{ reason: "CrashLoopBackOff" }]);
  });
});

describe("a pod on a node that is not ready", () => {
  const on = (nodeName: string, late: Pod): Pod => ({ ...late, spec: { containers: [{ name: "app" }], nodeName } });
  const since = (seconds: number): Moment => ({ ...moment, unreadyNodes: new Map([["node-0", ago(seconds)]]) });

  it("is late by its node, as long as that is not ready", () => {
    const told = { reason: "NodeNotReady", message: `node node-0 has not been ready since ${ago(unready + 30)}` };

    expect(failuresOf(on("node-0", notReady(unready + 20)), since(unready + 30))).toEqual([
      { ...told, since: ago(unready + 20) },
    ]);
    expect(failuresOf(on("node-0", creating(starting + 20)), since(unready + 30))).toMatchObject([told]);
  });

  it("is late by itself on another node, and where it was so long before", () => {
    expect(failuresOf(on("node-1", notReady(unready + 20)), since(900))).toMatchObject([
      { reason: "ContainersNotReady" },
    ]);
    expect(failuresOf(on("node-0", notReady(2_000)), since(900))).toMatchObject([{ reason: "ContainersNotReady" }]);
    expect(failuresOf(on("node-0", notReady(1_100)), since(900))).toMatchObject([{ reason: "NodeNotReady" }]);
  });

  it("has the time that a policy gives any other, and fails for what is its own", () => {
    expect(failuresOf(on("node-0", notReady(unready - 20)), since(900))).toEqual([]);
    expect(failuresOf(on("node-0", crashingPod({})), since(900))).toMatchObject([{ reason: "CrashLoopBackOff" }]);
  });
});

describe("a pod", () => {
  it.each(FAILING_PODS.map((row) => [row.what, row] as const))("fails when it %s", (_what, row) => {
    expect(failuresOf(row.build(PLAIN), moment)).toMatchObject([{ reason: row.reason }]);
  });

  it.each(HEALTHY_PODS.map((row) => [row.what, row] as const))("is well when it %s", (_what, row) => {
    expect(failuresOf(row.build(PLAIN), moment)).toEqual([]);
  });

  it("that has ended for good takes no time over anything", () => {
    expect(overdueFailures({ ...notReady(400), status: { ...notReady(400).status, phase: "Failed" } }, moment)).toEqual(
      [],
    );
    expect(
      overdueFailures({ ...notReady(400), status: { ...notReady(400).status, phase: "Succeeded" } }, moment),
    ).toEqual([]);
  });
});

describe("a container that has ended, and is not to be started again", () => {
  const done = (restartPolicy: string, own?: string): Pod => ({
    ...notReady(unready + 1, [container({ ready: false, state: { terminated: { exitCode: 0 } } })]),
    spec: { restartPolicy, containers: [{ name: "app", ...(own === undefined ? {} : { restartPolicy: own }) }] },
  });

  it("keeps a pod unready that is to run on", () => {
    expect(overdueFailures(done("Always", "Never"), moment)).toMatchObject([
      {
        reason: "ContainersNotReady",
        container: "app",
        message: "it has ended without an error, and its own restart policy does not have it started again",
      },
    ]);
    expect(overdueFailures(done("Always"), moment)).toEqual([]);
    expect(overdueFailures(done("OnFailure"), moment)).toEqual([]);
  });
});
