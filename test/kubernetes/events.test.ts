import { describe } from "vitest";
import type { Run } from "../../local/scenarios/run-workflow.ts";
import { it, type Scenario } from "./scenario.ts";
import { applyWeb, breakPods, rollOutWeb, untilDeadlineExceeded } from "./web.ts";

const CRASH = '"simulation/failure": crash-loop';

/** Rolls `web` out, then a revision that crashes and gets stuck. */
async function breakRollout(scenario: Scenario): Promise<void> {
  await rollOutWeb(scenario, { image: "shop/web:1", probe: true });
  await applyWeb(scenario, { image: "shop/web:2", probe: true, annotations: CRASH });
  await scenario.untilFailing("CrashLoopBackOff");
  await untilDeadlineExceeded(scenario);
}

/** The workflow's lines under "Events:" of `kubectl describe deployment web`. */
async function described(scenario: Scenario): Promise<string[]> {
  const text = await scenario.kubectl("-n", scenario.namespace, "describe", "deployment", "web");
  return text
    .slice(text.indexOf("\nEvents:"))
    .split("\n")
    .filter((line) => line.includes(" eks-remediation "));
}

function executionOf({ events }: Run): string {
  const input = events.map((event) => event.input as { execution?: { name: string } } | undefined);
  return input.find((state) => state?.execution !== undefined)?.execution?.name ?? "no execution";
}

/** Answers of the API server to attempts to write an Event. */
function attempts(scenario: Scenario): number[] {
  return scenario
    .writes()
    .filter(({ resource }) => resource === "events")
    .map(({ status }) => status);
}

const TO_READ = "namespaces,pods,deployments.apps,replicasets.apps,horizontalpodautoscalers.autoscaling";

/**
 * Grants what a rollback in the scenario's namespace needs, without permission to write Events.
 * @returns takes back what was granted outside of the namespace
 */
async function allowRollback(scenario: Scenario): Promise<() => Promise<void>> {
  const { namespace } = scenario;
  const grant = async (
    kind: "role" | "clusterrole",
    where: string[],
    name: string,
    verbs: string,
    resources: string,
  ) => {
    await scenario.kubectl(...where, "create", kind, name, `--verb=${verbs}`, `--resource=${resources}`);
    await scenario.kubectl(...where, "create", `${kind}binding`, name, `--${kind}=${name}`, "--user=restricted");
  };
  const ofClaims = ["-n", "eks-remediation"];
  // It is there already when another test was first.
  await scenario.kubectl("create", "namespace", "eks-remediation").catch(() => undefined);
  await grant("role", ["-n", namespace], "look", "get,list", TO_READ);
  await grant("role", ["-n", namespace], "roll-back", "patch", "deployments.apps");
  await grant("role", ofClaims, namespace, "get,list,create,update,delete", "leases");
  await grant("clusterrole", [], namespace, "get", "nodes");
  return async () => {
    await scenario.kubectl(...ofClaims, "delete", `role/${namespace}`, `rolebinding/${namespace}`);
    await scenario.kubectl("delete", `clusterrole/${namespace}`, `clusterrolebinding/${namespace}`);
  };
}

describe.concurrent("kubectl describe deployment", () => {
  it("shows the rollback and that it helped, each with the execution's name", async ({ scenario, expect }) => {
    await breakRollout(scenario);

    const run = await scenario.run();

    expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollback" }]);
    const execution = executionOf(run);
    const lines = await described(scenario);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/Normal +RemediationRolledBack .*Rolled back from revision 2/);
    expect(lines[1]).toMatch(/Normal +RemediationRecovered /);
    for (const line of lines) expect(line).toContain(`Execution: ${execution}`);
  });

  it("shows the rollback, its undo and that it did not help", async ({ scenario, expect }) => {
    await breakRollout(scenario);

    const run = await scenario.run(
      {},
      { verify: { deadline_seconds: 8 } },
      {
        // What revision 1 depends on breaks while its pods come back.
        onEntered: (state) => (state === "Wait for it to settle" ? breakPods(scenario, "shop/web:1") : undefined),
      },
    );

    expect(run.workloads).toMatchObject([{ outcome: "RolledBack", action: "rollback" }]);
    const lines = await described(scenario);
    expect(lines.map((line) => line.trim().split(/ +/).slice(0, 2))).toEqual([
      ["Normal", "RemediationRolledBack"],
      ["Normal", "RemediationUndone"],
      ["Warning", "RemediationIneffective"],
    ]);
  });

  it("shows why nothing was done", async ({ scenario, expect }) => {
    const helm = '"meta.helm.sh/release-name": shop';
    await rollOutWeb(scenario, { image: "shop/web:1", probe: true, deploymentAnnotations: helm });
    await applyWeb(scenario, { image: "shop/web:2", probe: true, annotations: CRASH, deploymentAnnotations: helm });
    await scenario.untilFailing("CrashLoopBackOff");
    await untilDeadlineExceeded(scenario);

    await scenario.run();

    const lines = await described(scenario);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/Warning +RemediationSkipped .*ManagedByAnotherTool: /);
  });
});

describe.concurrent("a user who may not write Events", () => {
  it("gets the remedy done all the same", async ({ scenario, expect }) => {
    await breakRollout(scenario);
    const revoke = await allowRollback(scenario);
    try {
      const run = await scenario.runRestricted({ namespaces: { allow: [scenario.namespace] } });

      expect(run.workloads).toMatchObject([{ outcome: "Recovered", action: "rollback", needs_person: false }]);
      expect(await scenario.image()).toBe("shop/web:1");
      expect(attempts(scenario)).toEqual([403, 403]);
      expect(await described(scenario)).toEqual([]);
    } finally {
      await revoke();
    }
  });
});
