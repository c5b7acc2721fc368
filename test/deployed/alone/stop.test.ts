import { describe, inject } from "vitest";
import { rollOutWeb } from "../../kubernetes/web.ts";
import { say, set } from "../command-line.ts";
import { about, changesBy, it } from "../deployed.ts";
import { ended, execute, startExecution } from "../executions.ts";

describe("without a deployment", () => {
  it("everything is stopped: what is under way is verified, a person is refused by name, and resumed it is done", async ({
    scenario,
    expect,
  }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const scaled = (replicas: number) =>
      about(scenario, { action: "scale_deployment", deployment_name: "web", replicas, origin: "person" });
    const arn = await startExecution(scaled(3));
    await scenario.until("it is scaled", async () => (await scenario.deployment()).spec?.replicas === 3, 120);
    const stopped = await say("stop", "--reason", "a bad release");
    try {
      expect(stopped.of).toMatch(/^arn:aws:eks:.*:cluster\/prod$/);
      expect((await ended(arn)).workloads).toMatchObject([{ outcome: "Recovered", action: "scale" }]);
      const before = changesBy("scale", scenario.namespace).length;

      const refused = await execute(scaled(2));

      expect(refused.workloads).toMatchObject([{ outcome: "Skipped", reason: "Stopped", delivered: true }]);
      expect(changesBy("scale", scenario.namespace)).toHaveLength(before);
      const { summary = "" } = refused.workloads[0] ?? {};
      expect(summary).toContain("(a bad release), so nothing is begun.");
      expect(summary).toContain(`eks-remediation resume --path ${inject("site").SettingsPath}`);
    } finally {
      await say("resume");
    }

    expect((await execute(scaled(2))).workloads).toMatchObject([{ outcome: "Recovered" }]);
  });

  it("a namespace is only observed, as long as that is set", async ({ scenario, expect }) => {
    await rollOutWeb(scenario, { image: "shop/web:1" });
    const scale = about(scenario, { action: "scale_deployment", deployment_name: "web", replicas: 3 });
    await set([{ namespaces: [scenario.namespace], modes: { agent: "observe" } }]);
    try {
      expect((await execute(scale)).workloads).toMatchObject([{ outcome: "Skipped", reason: "DiagnoseOnly" }]);
      expect(changesBy("scale", scenario.namespace)).toEqual([]);
    } finally {
      await set([]);
    }

    expect((await execute(scale)).workloads).toMatchObject([{ outcome: "Recovered" }]);
  });
});
