import { describe } from "vitest";
import type { Detection } from "../../functions/run/detection.ts";
import { it, type Scenario } from "./scenario.ts";
import { applyWeb, rollOutWeb } from "./web.ts";

/** Deadlines of seconds, so that what is late is late soon. */
const IMPATIENT = {
  detect: {
    starting_seconds: 2,
    unready_seconds: 2,
    terminating_seconds: 2,
    short_seconds: 2,
    hpa_metrics_seconds: 2,
    hpa_limited_seconds: 2,
  },
};

async function detect(scenario: Scenario, policy: object = IMPATIENT): Promise<Detection> {
  return (await scenario.run({ action: "detect_failures" }, policy)).detection;
}

/** Deadlines that no machine is so slow to pass. */
const PATIENT = { detect: { starting_seconds: 3_600, unready_seconds: 3_600, terminating_seconds: 3_600 } };

/** Waits until a scan finds this failure of this workload or pod, in so many pods, and returns the scan. */
async function untilFound(scenario: Scenario, workload: string, reason: string, pods = 0): Promise<Detection> {
  let found: Detection | undefined;
  await scenario.until(`${workload} fails with ${reason}`, async () => {
    found = await detect(scenario);
    return failuresOf(found, workload).some((failure) => failure.reason === reason && failure.count >= pods);
  });
  return found as unknown as Detection;
}

function failuresOf({ incidents }: Detection, name: string): Detection["incidents"][number]["failures"] {
  return incidents.filter(({ workload }) => workload.name === name).flatMap(({ failures }) => failures);
}

describe.concurrent("detect_failures finds", () => {
  it("every reason for which the kubelet lets a container wait", async ({ scenario, expect }) => {
    const reasons = [
      ...["CreateContainerConfigError", "CreateContainerError", "RunContainerError", "ImageInspectError"],
      ...["InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable", "SignatureValidationFailed"],
      ...["PostStartHookError", "StartError", "ContainerCannotRun"],
    ];
    for (const reason of reasons) {
      await scenario.apply("pod", {
        NAME: reason.toLowerCase(),
        ANNOTATIONS: `"simulation/failure": waiting, "simulation/reason": ${reason}, "simulation/message": "because of it"`,
      });
    }
    for (const reason of reasons) await scenario.untilFailing(reason);

    const { pods } = await detect(scenario);

    expect(pods?.map(({ name, failures }) => [name, failures[0]?.reason, failures[0]?.message]).sort()).toEqual(
      reasons.map((reason) => [reason.toLowerCase(), reason, "because of it"]).sort(),
    );
  });

  it("an init container that crashes, with its exit code, restarts, node and since when", async ({
    scenario,
    expect,
  }) => {
    await scenario.apply("init-pod", {
      NAME: "init",
      ANNOTATIONS: `"simulation/failure": crash-loop, "simulation/failing-container": migrate, "simulation/exit-code": "126"`,
    });

    const { pods } = await untilFound(scenario, "init", "CrashLoopBackOff");

    expect(pods).toMatchObject([
      {
        name: "init",
        node: expect.stringMatching(/^node-/) as string,
        failures: [{ container: "migrate", exit_code: 126, restarts: 4, since: expect.stringMatching(/Z$/) as string }],
      },
    ]);
  });

  it("a pod whose container is not created in time, and one that is not ready in time", async ({ scenario }) => {
    await scenario.apply("pod", { NAME: "creating", ANNOTATIONS: '"simulation/failure": stuck-pending' });
    await scenario.apply("init-pod", { NAME: "initialising", ANNOTATIONS: '"simulation/failure": stuck-pending' });
    await scenario.apply("pod", { NAME: "unready", ANNOTATIONS: '"simulation/failure": never-ready' });

    await untilFound(scenario, "creating", "ContainerCreating");
    await untilFound(scenario, "initialising", "PodInitializing");
    await untilFound(scenario, "unready", "ContainersNotReady");
  });

  it("pods that failed for good, with the reason of their node", async ({ scenario }) => {
    for (const reason of ["NodeShutdown", "OutOfcpu", "Preempting"]) {
      await scenario.apply("pod", {
        NAME: reason.toLowerCase(),
        ANNOTATIONS: `"simulation/failure": failed, "simulation/reason": ${reason}`,
      });
    }

    await untilFound(scenario, "nodeshutdown", "NodeShutdown");
    await untilFound(scenario, "outofcpu", "OutOfcpu");
    await untilFound(scenario, "preempting", "Preempting");
  });

  it("a pod that no node takes, with the scheduler's message", async ({ scenario, expect }) => {
    await applyWeb(scenario, { image: "shop/web:1", nodeSelector: "nowhere" });

    const { incidents } = await untilFound(scenario, "web", "Unschedulable");

    expect(incidents[0]?.failures.find(({ reason }) => reason === "Unschedulable")?.message).toContain(
      "nodes are available",
    );
  });

  it("a pod that does not go, with its finalizers", async ({ scenario, expect }) => {
    await scenario.apply("pod", { NAME: "stuck", ANNOTATIONS: "" });
    await scenario.kubectl("-n", scenario.namespace, "wait", "pod/stuck", "--for=condition=Ready");
    const finalizers = (value: string) =>
      scenario.kubectl("-n", scenario.namespace, "patch", "pod", "stuck", "-p", `{"metadata":{"finalizers":${value}}}`);
    await finalizers('["shop/hold"]');
    await scenario.kubectl("-n", scenario.namespace, "delete", "pod", "stuck", "--wait=false", "--grace-period=1");

    const { incidents } = await untilFound(scenario, "stuck", "Terminating");

    expect(incidents[0]?.failures[0]?.message).toContain("finalizers: shop/hold");
    await finalizers("null");
  });

  it("pods on a node that has stopped reporting", async ({ scenario, expect }) => {
    const node = `lost-${scenario.namespace.slice(-6)}`;
    await scenario.apply("node", { NAME: node });
    await scenario.kubectl("wait", `node/${node}`, "--for=condition=Ready");
    await applyWeb(scenario, { image: "shop/web:1", nodeSelector: node });
    await scenario.rolledOut();
    await scenario.kubectl("annotate", "node", node, "simulation/failure=node-lost");

    const { incidents } = await untilFound(scenario, "web", "NodeLost", 2);

    expect(incidents[0]).toMatchObject({
      failing_pods: 2,
      failures: expect.arrayContaining([
        expect.objectContaining({ reason: "NodeLost", count: 2, nodes: [node] }),
      ]) as object,
    });
    await scenario.kubectl("delete", "node", node);
  });

  it("a Deployment whose pods a quota forbids, from its own status", async ({ scenario, expect }) => {
    await scenario.kubectl("-n", scenario.namespace, "create", "quota", "none", "--hard=pods=0");
    await applyWeb(scenario, { image: "shop/web:1" });

    const { incidents } = await untilFound(scenario, "web", "FailedCreate");

    expect(incidents).toMatchObject([{ workload: { kind: "Deployment" }, failing_pods: 0 }]);
    expect(incidents[0]?.failures.map(({ message }) => message).join()).toContain("exceeded quota: none");
  });

  it("a Deployment past its progress deadline, and a StatefulSet and a DaemonSet that stay short", async ({
    scenario,
  }) => {
    await scenario.kubectl("-n", scenario.namespace, "create", "quota", "none", "--hard=pods=0");
    await applyWeb(scenario, { image: "shop/web:1", progressDeadlineSeconds: 1 });
    await scenario.apply("sets");

    await untilFound(scenario, "web", "ProgressDeadlineExceeded");
    await untilFound(scenario, "db", "MinimumReplicasUnavailable");
    await untilFound(scenario, "agent", "MinimumReplicasUnavailable");
  });

  it("a Job that has given up, under its CronJob, until a later run succeeds", async ({ scenario, expect }) => {
    await scenario.apply("cronjob", { EXIT_CODE: "1" });
    await scenario.kubectl("-n", scenario.namespace, "create", "job", "first", "--from=cronjob/report");

    const { incidents } = await untilFound(scenario, "report", "BackoffLimitExceeded");
    expect(incidents).toMatchObject([{ workload: { kind: "CronJob" }, failing_pods: 0 }]);
    const { workloads } = await scenario.run();
    expect(workloads).toMatchObject([
      { workload: { kind: "CronJob", name: "report" }, outcome: "Skipped", cause: "JobFailed" },
    ]);

    await scenario.apply("cronjob", { EXIT_CODE: "0" });
    await scenario.kubectl("-n", scenario.namespace, "create", "job", "second", "--from=cronjob/report");
    await scenario.until("the failure is old news", async () => (await detect(scenario)).incidents.length === 0);
  });

  it("the scaling problems of HPAs, and none in healthy limits", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    await scenario.kubectl("-n", scenario.namespace, "create", "deployment", "bare", "--image=shop/bare:1");
    await scenario.kubectl(
      "-n",
      scenario.namespace,
      "create",
      "deployment",
      "off",
      "--image=shop/off:1",
      "--replicas=0",
    );
    const autoscale = (name: string) =>
      scenario.kubectl("-n", scenario.namespace, "autoscale", "deployment", name, "--max=3", "--cpu=50%");
    await autoscale("bare"); // its container requests no CPU, so there is no utilisation
    await autoscale("off"); // scaled to zero on purpose
    await autoscale("web"); // idle: it wants fewer than its minimum
    await scenario.apply("hpa", { TARGET: "gone", NAME: "gone" });

    await scenario.until("the HPA of web knows the CPU", async () =>
      ((await scenario.hpa()).status?.conditions ?? []).some(
        ({ type, status }) => type === "ScalingActive" && status === "True",
      ),
    );
    await untilFound(scenario, "gone", "FailedGetScale");
    const { hpas, incidents } = await untilFound(scenario, "bare", "FailedGetResourceMetric");

    expect(incidents.map(({ workload }) => workload.name).sort()).toEqual(["bare", "gone"]);
    expect(hpas?.find(({ name }) => name === "web")).toMatchObject({
      target: { kind: "Deployment", name: "web" },
      current_replicas: expect.any(Number) as number,
      desired_replicas: expect.any(Number) as number,
      min_replicas: 1,
      max_replicas: 3,
      metrics: [{ name: "Resource/cpu", target: "50%" }],
    });
  });

  it("nothing in what is gated, young, finished, or going", async ({ scenario, expect }) => {
    const { namespace } = scenario;
    await scenario.apply("gated");
    await scenario.apply("pod", { NAME: "young", ANNOTATIONS: '"simulation/failure": stuck-pending' });
    await scenario.apply("pod", { NAME: "going", ANNOTATIONS: "" });
    await scenario.apply("cronjob", { EXIT_CODE: "0" });
    await scenario.kubectl("-n", namespace, "create", "job", "done", "--from=cronjob/report");
    await scenario.kubectl("-n", namespace, "wait", "job/done", "--for=condition=Complete", "--timeout=300s");
    await scenario.kubectl("-n", namespace, "delete", "pod", "going", "--wait=false", "--grace-period=60");

    const detection = await detect(scenario, PATIENT);

    expect(detection).toMatchObject({ status: "healthy", incidents: [], pods: [], unseen: [] });
    expect(detection.pods_seen).toBeGreaterThanOrEqual(2);
  });
});

describe.concurrent("a scan", () => {
  it("goes on where it may not look, and names what it could not see", async ({ scenario, expect }) => {
    const { namespace } = scenario;
    await scenario.apply("pod", { NAME: "broken", ANNOTATIONS: '"simulation/failure": image-pull' });
    await scenario.untilFailing("ImagePullBackOff");
    await scenario.kubectl("-n", namespace, "create", "rolebinding", "look", "--clusterrole=view", "--user=restricted");

    const run = await scenario.runRestricted({ namespaces: { allow: [namespace, "default"] } });

    expect(run.workloads).toMatchObject([{ workload: { kind: "Pod", name: "broken" } }]);
    expect(run.result).toMatchObject({
      output: {
        unseen: expect.arrayContaining([expect.objectContaining({ what: "pods in namespace default" })]) as object,
      },
    });
  });

  it("of the whole cluster counts what the remedies may touch before it calls a storm, namespace by namespace", async ({
    scenario,
    expect,
  }) => {
    const { namespace } = scenario;
    await scenario.kubectl("annotate", "namespace", namespace, "eks-remediation/enabled=true");
    for (const name of ["one", "two"]) {
      await scenario.kubectl("-n", namespace, "create", "deployment", name, "--image=shop/web:1");
      await scenario.rolledOut(name);
    }
    await scenario.annotatePods("simulation/failure=crash-loop");

    // What other tests have failing meanwhile has not been opted in. A pod that crashes runs now and then.
    const policy = { ...IMPATIENT, opt_in: true, storm: { min_workloads: 2, min_share: 0.01 }, max_incidents: 1 };
    await scenario.until("both are seen to fail at once", async () => {
      const { detection } = await scenario.run({ namespace: undefined, dry_run: true }, policy);
      return detection.storm_seen.length > 0;
    });

    expect(scenario.requests()).toContainEqual(expect.objectContaining({ verb: "list", resource: "namespaces" }));
    expect(scenario.writes()).toEqual([]);
  });

  it("that may look nowhere is an error, never Healthy", async ({ scenario, expect }) => {
    const run = await scenario.runRestricted({ namespaces: { allow: ["default"] } });

    expect(run.result).toMatchObject({ status: "failed", error: { name: "Forbidden" } });
  });
});
