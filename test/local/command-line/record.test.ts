import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { OutcomeRecord } from "../../../functions/notify/record/record.ts";
import { quickPolicy } from "../../../local/scenarios/quick-policy.ts";
import { run } from "./command-line.ts";
import { startSite } from "./site.ts";

const REF = (revision: number) => ({ revision, kind: "ReplicaSet", name: `web-${revision}`, template: `${revision}` });

/** What a run has only observed. */
const OBSERVED: Omit<OutcomeRecord, "cluster_name" | "execution"> = {
  ...{ version: 1, at: new Date().toISOString(), asked_by: "found", dry_run: false },
  ...{ workload: { kind: "Deployment", namespace: "shop", name: "web" }, outcome: "Skipped", reason: "DiagnoseOnly" },
  ...{ cause: "CrashLoopAfterRollout", action: "none", summary: "", needs_person: true, template: "2" },
  ...{ found: [], evidence: [], rejected: [], changes: [] },
  proposed: { action: "rollback", before: REF(2), after: REF(1), unblocked: [] },
};

describe("the record of runs on one machine", () => {
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
      expect(text.stdout).toContain("Scaled Deployment shop/web from 2 to 3 replicas. It was in place");
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

  it("is compared by scorecard with what happened, of one cluster at a time", async () => {
    const directory = mkdtempSync(join(tmpdir(), "scorecard-"));
    try {
      const file = join(directory, "record.jsonl");
      const records = ["prod", "staging"].map((cluster) => ({
        ...OBSERVED,
        cluster_name: cluster,
        execution: { id: cluster, name: cluster },
      }));
      writeFileSync(file, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
      const scorecard = (...args: string[]) => run(["scorecard", "--record", file, "--since", "1h", ...args]);

      const both = await scorecard("--json");
      expect(JSON.parse(both.stdout)).toMatchObject({
        decisions: [{ workload: { name: "web" }, afterwards: { is: "unknown" } }],
        namespaces: [{ namespace: "shop", unknown: 1 }],
      });
      expect((await scorecard("--cluster", "prod")).stdout).toContain("not looked at: name its cluster with --context");
      expect((await scorecard("--cluster", "none")).stdout).toBe("Nothing was decided or done in that time.\n");
      expect(await scorecard("--context", "mine")).toMatchObject({
        code: 1,
        stderr:
          "RecordUnreadable: The record is of several clusters: prod, staging. Say with --cluster which one the context is of.\n",
      });
    } finally {
      rmSync(directory, { recursive: true });
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

  it("is looked for where it is said to be, and nothing is taken for not done because that is not there", async () => {
    for (const command of [["history"], ["show", "run-1"], ["undo", "run-1", "--context", "prod"]])
      expect(await run([...command, "--record", "/nowhere/record.jsonl"], {}), command.join(" ")).toMatchObject({
        code: 1,
        stderr: "RecordUnreadable: There is no record at /nowhere/record.jsonl. Check the path.\n",
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
