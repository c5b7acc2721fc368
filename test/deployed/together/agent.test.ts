import { describe, type ExpectStatic } from "vitest";
import { Started } from "../../../functions/agent/agent.ts";
import { Detection } from "../../../functions/run/detection.ts";
import { applyWeb, rollOutWeb } from "../../kubernetes/web.ts";
import { invoke, invokeAgent } from "../agent.ts";
import { about, changesBy, it } from "../deployed.ts";
import { ended, executionsAbout } from "../executions.ts";

describe.concurrent("an agent that invokes the function with boto3", () => {
  it("gets the findings of detect_failures at once", async ({ scenario, expect }) => {
    // It has opted out, so that the schedule leaves it as it is.
    const deploymentAnnotations = '"eks-remediation/enabled": "false"';
    await applyWeb(scenario, {
      image: "shop/web:1",
      annotations: '"simulation/failure": image-pull',
      deploymentAnnotations,
    });
    await scenario.untilFailing("ImagePullBackOff", 2);

    const detection = Detection.parse(await invokeAgent(about(scenario, { action: "detect_failures" })));

    expect(detection).toMatchObject({
      status: "failing",
      namespace: scenario.namespace,
      failing_pods: 2,
      incidents: [{ workload: { kind: "Deployment", name: "web" } }],
    });
    expect(detection.incidents[0]?.failures).toContainEqual(
      expect.objectContaining({ reason: "ImagePullBackOff", count: 2 }),
    );
    expect(detection.pods).toHaveLength(2);
  });

  it("gets the execution of restart_pod, which goes on by itself", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const [first] = await scenario.pods();

    const started = await begin(expect, about(scenario, { action: "restart_pod", pod_name: first?.metadata?.name }));

    expect((await ended(started.execution_arn)).workloads).toMatchObject([{ outcome: "Recovered", action: "restart" }]);
    expect((await scenario.pods()).map(({ metadata }) => metadata?.uid)).not.toContain(first?.metadata?.uid);
  });

  it("gets the execution of rollback_deployment, which goes to the revision", async ({ scenario, expect }) => {
    for (const image of ["shop/web:1", "shop/web:2"]) await rollOutWeb(scenario, { image });

    const request = { action: "rollback_deployment", deployment_name: "web", revision: 1 };
    const started = await begin(expect, about(scenario, request));

    expect((await ended(started.execution_arn)).workloads).toMatchObject([
      { outcome: "Recovered", action: "rollback" },
    ]);
    expect(await scenario.image()).toBe("shop/web:1");
  });

  it("gets the outcome of scale_deployment when it waits for it", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });

    const request = { action: "scale_deployment", deployment_name: "web", replicas: 3, wait: true };
    const waitedFor = Started.parse(await invokeAgent(about(scenario, request)));

    expect(waitedFor).toMatchObject({ status: "succeeded", output: { outcomes: ["Recovered"] } });
    expect((await scenario.deployment()).status?.readyReplicas).toBe(3);
  });

  it("gets InvalidRequest for what is malformed, and nothing is started", async ({ scenario, expect }) => {
    const malformed = [
      about(scenario, { action: "delete_namespace" }),
      about(scenario, { action: "restart_pod", pod_name: "../kube-system" }),
      about(scenario, { action: "scale_deployment", deployment_name: "web", replicas: 0 }),
      about(scenario, { action: "restart_pod", pod_name: "web", wait: "yes" }),
      ["detect_failures"],
    ];

    const answers = await invoke(...malformed);

    expect(answers).toHaveLength(malformed.length);
    for (const { function_error, answer: refused } of answers) {
      expect(function_error).toBe("Unhandled");
      expect(refused).toMatchObject({ errorType: "InvalidRequest" });
    }
    expect(answers.map(({ answer: refused }) => (refused as { errorMessage: string }).errorMessage)).toEqual([
      expect.stringContaining("action: must be one of"),
      expect.stringContaining("pod_name: "),
      expect.stringContaining("replicas: must be 1 or more"),
      expect.stringContaining("wait: must be true or false"),
      expect.stringContaining("must be a JSON object"),
    ]);
    expect(changesBy(undefined, scenario.namespace)).toEqual([]);
    expect(await executionsAbout(scenario.namespace)).toEqual([]);
  });
});

async function begin(expect: ExpectStatic, request: object): Promise<Started> {
  const started = Started.parse(await invokeAgent(request));
  expect(started).toEqual({ execution_arn: started.execution_arn, status: "running" });
  expect(started.execution_arn).toMatch(/^arn:aws:states:.*:execution:.*:agent-/);
  return started;
}
