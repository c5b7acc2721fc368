import { setTimeout as sleep } from "node:timers/promises";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, inject } from "vitest";
import { rollOutWeb } from "../../kubernetes/web.ts";
import { run as runCommand } from "../commands.ts";
import { about, changesBy, it } from "../deployed.ts";
import { ended, execute, startExecution } from "../executions.ts";

interface Said {
  of: string;
  holds_from: string;
}

/** A command on what the stack reads at run time. @returns when it holds, as it said so */
async function say(...args: string[]): Promise<Said> {
  const command = ["node", "local/command-line/main.ts", ...args, "--path", inject("site").SettingsPath, "--json"];
  const said = JSON.parse(await runCommand(command)) as Said;
  await sleep(Math.max(0, Date.parse(said.holds_from) - Date.now()));
  return said;
}

function fileWith(entries: object[]): string {
  const file = join(inject("site").directory, "settings.json");
  writeFileSync(file, JSON.stringify({ entries }));
  return file;
}

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
    await say("settings", "--set", fileWith([{ namespaces: [scenario.namespace], modes: { agent: "observe" } }]));
    try {
      expect((await execute(scale)).workloads).toMatchObject([{ outcome: "Skipped", reason: "DiagnoseOnly" }]);
      expect(changesBy("scale", scenario.namespace)).toEqual([]);
    } finally {
      await say("settings", "--set", fileWith([]));
    }

    expect((await execute(scale)).workloads).toMatchObject([{ outcome: "Recovered" }]);
  });
});
