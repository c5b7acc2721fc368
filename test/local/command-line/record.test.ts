import { statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { OutcomeRecord } from "../../../functions/notify/record/record.ts";
import { quickPolicy } from "../../../local/scenarios/quick-policy.ts";
import { run } from "./command-line.ts";
import { startSite } from "./site.ts";

describe("the record of runs on one machine", { timeout: 60_000 }, () => {
  it("is listed by history and shown by show, and nobody else may read it", async () => {
    const site = await startSite();
    try {
      const policy = join(dirname(site.record), "policy.json");
      writeFileSync(policy, JSON.stringify(quickPolicy({ verify: { soak_seconds: 1, interval_seconds: 1 } })));
      const ran = await run([...site.args, "--policy", policy, "--yes"]);
      expect(ran.code, ran.stderr).toBe(0);

      const listed = await run(["history", "--record", site.record, "--namespace", "shop", "--since", "1h", "--json"]);
      const [outcome, ...more] = listed.stdout.trim().split("\n");
      const { execution, ...rest } = JSON.parse(outcome ?? "") as { execution: string };
      expect(more).toEqual([]);
      expect(rest).toMatchObject({
        subject: "Deployment/shop/web",
        outcome: "Recovered",
        action: "scale",
        asked_by: "person",
      });

      const shown = await run(["show", execution, "--record", site.record, "--json"]);
      expect(OutcomeRecord.parse(JSON.parse(shown.stdout))).toMatchObject({
        plan: { action: "scale" },
        changes: [{ change: { scale: { target: "replicas", from: 2, to: 3 } }, state: "in place" }],
      });
      const text = await run([
        "show",
        `arn:aws:states:local:0:execution:remediation:${execution}`,
        "--record",
        site.record,
      ]);
      expect(text.stdout).toContain("Recovered: Deployment shop/web");
      expect(text.stdout).toContain("Scaled Deployment shop/web from 2 replicas to 3 replicas. It was in place");
      const cluster = [...site.args.slice(0, 2), "--record", site.record, "--report", site.report, "--policy", policy];
      const undo = await run(["undo", execution, ...cluster, "--yes"]);
      expect(undo.code, undo.stdout + undo.stderr).toBe(0);
      expect(undo.stdout).toContain("Undone");
      expect(await site.replicas()).toBe(2);
      const again = await run(["undo", execution, ...cluster, "--yes"]);
      expect(again.stdout).toContain("AlreadyAsRequested");
      expect(statSync(site.record).mode & 0o777).toBe(0o600);
    } finally {
      await site.stop();
    }
  });

  it("is empty where nothing was done, and says how to find what it does hold", async () => {
    const environment = { XDG_STATE_HOME: "/nowhere" };

    expect(await run(["history"], { environment })).toMatchObject({ code: 0, stdout: "No outcome is kept.\n" });
    expect(await run(["show", "run-1"], { environment })).toMatchObject({
      code: 1,
      stderr: "RecordUnreadable: The record holds no outcome of run-1. The command history lists what it holds.\n",
    });
  });

  it.each([
    ["nobody", []],
    ["two", ["--machine", "arn:aws:states:eu-west-1:123456789012:stateMachine:remediation", "--context", "prod"]],
  ])("takes nothing back where %s is named who is to do it", async (_who, options) => {
    expect(await run(["undo", "run-1", ...options], { environment: { XDG_STATE_HOME: "/nowhere" } })).toMatchObject({
      code: 1,
      stderr: "InvalidRequest: Name one who is to do it: --machine, or --kubeconfig or --context.\n",
    });
  });
});
