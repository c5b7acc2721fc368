import { describe, expect, it } from "vitest";
import { NODE_SUSPECTS, POD_SUSPECTS } from "../../../functions/scan/suspects.ts";
import { DAEMON_SET } from "../../../functions/kinds/daemon-set/kind.ts";
import { DEPLOYMENT } from "../../../functions/kinds/deployment/kind.ts";
import { JOB } from "../../../functions/kinds/job/kind.ts";
import { REPLICA_SET } from "../../../functions/kinds/replica-set/kind.ts";
import { STATEFUL_SET } from "../../../functions/kinds/stateful-set/kind.ts";
import type { SuspectRule } from "../../../functions/kinds/suspects.ts";
import { cellsOf } from "../../../functions/scan/table.ts";
import { FAILING_PODS } from "../../support/failing-pods.ts";
import { deployment, NOW } from "../../support/objects.ts";
import { PLAIN } from "../../support/pod-rows.ts";
import {
  DAEMON_SET_PRINTER,
  DEPLOYMENT_PRINTER,
  JOB_PRINTER,
  NODE_PRINTER,
  POD_PRINTER,
  printed,
  printedPod,
  type Printer,
  REPLICA_SET_PRINTER,
  STATEFUL_SET_PRINTER,
} from "../../../local/embedded/printers/index.ts";
import { daemonSet, deploymentWith, failedJob, node, statefulSet } from "../../support/workload-objects.ts";

/** Whether the rule suspects the object by its printed row. */
function suspects<T>(rule: SuspectRule, printer: Printer<T>, object: T): boolean | undefined {
  return cellsOf(printed(printer, [object], NOW), rule.columns)?.map((cells) => rule.isSuspect(...cells))[0];
}

describe("the row of a pod is suspect", () => {
  it.each([
    ...["CrashLoopBackOff", "OOMKilled", "Error", "StartError", "ContainerCannotRun", "ErrImagePull"],
    ...["ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable"],
    ...["SignatureValidationFailed", "CreateContainerConfigError", "CreateContainerError", "RunContainerError"],
    ...["ImageInspectError", "PreCreateHookError", "PreStartHookError", "PostStartHookError"],
    ...["ContainerCreating", "PodInitializing", "Init:CrashLoopBackOff", "Init:0/1", "Init:Error", "Init:OOMKilled"],
    ...["Init:ExitCode:2", "Init:Signal:9", "ExitCode:2", "Signal:9"],
    ...["Evicted", "Preempting", "NodeShutdown", "Terminated", "ContainerStatusUnknown", "UnexpectedAdmissionError"],
    ...["OutOfcpu", "OutOfmemory", "NodeAffinity", "DeadlineExceeded", "Failed"],
    ...["Pending", "SchedulingGated", "Terminating", "NotReady", "Unknown", "NodeLost"],
    ...["running", "Running2", "Completing", "WaitingForGodot", "", " "],
  ])("when its status is %o, however many containers are ready", (status) => {
    for (const ready of ["0/1", "1/1", "2/2"]) expect(POD_SUSPECTS.isSuspect("web-1", ready, status)).toBe(true);
  });

  it.each(["0/1", "1/2", "299/300", "0/0/0", "", "1", "/"])(
    "when it runs and %o of its containers are ready",
    (ready) => {
      expect(POD_SUSPECTS.isSuspect("web-1", ready, "Running")).toBe(true);
    },
  );

  it.each(["0/1", "1/2", "", "?"])("when %o of its readiness gates are open", (gates) => {
    expect(POD_SUSPECTS.isSuspect("web-1", "1/1", "Running", gates)).toBe(true);
  });

  it("when a cell is missing", () => {
    expect(POD_SUSPECTS.isSuspect("web-1")).toBe(true);
    expect(POD_SUSPECTS.isSuspect("web-1", "1/1")).toBe(true);
  });

  it.each(FAILING_PODS.map((row) => [row.what, row] as const))("when it %s", (_what, row) => {
    const pod = row.build(PLAIN);

    expect(printedPod(pod).status).toBe(row.status);
    expect(suspects(POD_SUSPECTS, POD_PRINTER, pod)).toBe(true);
  });
});

describe("the row of a pod is cleared", () => {
  it.each([
    ["1/1", "Running"],
    ["2/2", "Running"],
    ["300/300", "Running"],
  ])("when it is %s %s", (ready, status) => {
    expect(POD_SUSPECTS.isSuspect("web-1", ready, status, "<none>")).toBe(false);
    expect(POD_SUSPECTS.isSuspect("web-1", ready, status, "2/2")).toBe(false);
  });
});

describe("the row of a pod that runs and is ready", () => {
  it.each(["2 (5s ago)", "4 (3m12s ago)", "5 (12s ago)", "17 (3m12s ago)", "260 (11m ago)", "17 (<invalid> ago)"])(
    "is suspect with %s restarts",
    (restarts) => {
      expect(POD_SUSPECTS.isSuspect("web-1", "1/1", "Running", "<none>", restarts)).toBe(true);
    },
  );

  it.each(["0", "1 (5s ago)", "4 (11m ago)", "17", "17 (4h5m ago)", "40 (2d ago)", "40 (3d4h ago)"])(
    "is cleared with %s restarts",
    (restarts) => {
      expect(POD_SUSPECTS.isSuspect("web-1", "1/1", "Running", "<none>", restarts)).toBe(false);
    },
  );
});

describe("the row of a Deployment", () => {
  it.each([
    ["is rolled out", {}, false],
    ["is scaled to zero", { replicas: 0 }, false],
    ["lacks a replica", { ready: 1 }, true],
    ["has none", { ready: 0 }, true],
    ["has an old replica", { updated: 1 }, true],
    ["has no new replica", { updated: 0 }, true],
    ["still has more replicas than it wants", { ready: 3 }, true],
  ])("of one that %s is suspect: %3$s", (_what, options, suspect) => {
    expect(suspects(DEPLOYMENT.suspects, DEPLOYMENT_PRINTER, deploymentWith(options))).toBe(suspect);
  });
});

describe("the row of another workload", () => {
  it("of a StatefulSet is suspect while replicas are not ready", () => {
    expect([2, 1, 0].map((ready) => suspects(STATEFUL_SET.suspects, STATEFUL_SET_PRINTER, statefulSet(ready)))).toEqual(
      [false, true, true],
    );
  });

  it("of a DaemonSet is suspect while a node lacks its pod, or has one that is not available", () => {
    const unscheduled = daemonSet(2);
    unscheduled.status = { ...daemonSet(2).status, currentNumberScheduled: 1 } as typeof unscheduled.status & object;

    expect(suspects(DAEMON_SET.suspects, DAEMON_SET_PRINTER, daemonSet(2))).toBe(false);
    expect(suspects(DAEMON_SET.suspects, DAEMON_SET_PRINTER, daemonSet(1))).toBe(true);
    expect(suspects(DAEMON_SET.suspects, DAEMON_SET_PRINTER, unscheduled)).toBe(true);
  });

  it("of a ReplicaSet is suspect while pods are missing, not while they are not ready", () => {
    const sets = [0, 1, 2].map((replicas) => ({ ...deployment(), status: { replicas, readyReplicas: 0 } }));

    expect(sets.map((set) => suspects(REPLICA_SET.suspects, REPLICA_SET_PRINTER, set))).toEqual([true, true, false]);
  });

  it.each([
    ["has its completion", { completions: 1 }, 1, false],
    ["has all of its completions", { completions: 3 }, 3, false],
    ["lacks completions", { completions: 3 }, 2, true],
    ["shares its work without a count", { parallelism: 3 }, 0, true],
  ])("of a Job that %s is suspect: %4$s", (_what, spec, succeeded, suspect) => {
    const job = { spec: { template: {}, ...spec }, status: { succeeded } };

    expect(suspects(JOB.suspects, JOB_PRINTER, job)).toBe(suspect);
  });

  it("of a Job that has given up is suspect", () => {
    expect(suspects(JOB.suspects, JOB_PRINTER, failedJob(60))).toBe(true);
  });
});

describe("the row of a node", () => {
  it.each([
    ["Ready", false],
    ["Ready,SchedulingDisabled", false],
    ["NotReady", true],
    ["NotReady,SchedulingDisabled", true],
    ["Unknown", true],
    ["", true],
  ])("that says %o is suspect: %s", (status, suspect) => {
    expect(NODE_SUSPECTS.isSuspect("node-0", status)).toBe(suspect);
  });

  it("is printed from the node's Ready condition", () => {
    const nodes = [
      node("a"),
      { ...node("b"), spec: { unschedulable: true } },
      node("c", "Unknown"),
      node("d", "False"),
    ];

    expect(nodes.map((one) => suspects(NODE_SUSPECTS, NODE_PRINTER, one))).toEqual([false, false, true, true]);
  });
});
