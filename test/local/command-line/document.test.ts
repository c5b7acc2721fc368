import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { Detection } from "../../../functions/run/detection.ts";
import { run } from "./command-line.ts";
import { startSite, type Site } from "./site.ts";

describe("a run that is printed as one document", () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
  });
  afterAll(async () => {
    await site.stop();
  });

  it.each<[string, (text: string) => unknown]>([
    ["json", (text): unknown => JSON.parse(text)],
    ["yaml", (text): unknown => parse(text)],
  ])("is nothing but %s on the standard output, and shows a plan without asking", async (format, read) => {
    const { code, stdout, stderr } = await run([...site.args, "-o", format], { terminal: true });
    const plan = read(stdout) as { workloads: object[]; notifications: object[] };

    expect(plan).toMatchObject({ outcomes: ["DryRun"], workloads: [{ action: "scale", outcome: "DryRun" }] });
    expect(plan.notifications).toHaveLength(1);
    expect(code).toBe(2);
    expect(stderr).toContain("That was the plan; nothing was changed. Add --yes to carry it out.");
    expect(await site.replicas()).toBe(2);
  });

  it("is what the schema says where it was asked what fails", async () => {
    const input = JSON.stringify({ action: "detect_failures", namespace: "shop" });
    const { code, stdout } = await run([...site.args.slice(0, 4), "--input", input, "--output", "json"]);

    expect(Detection.parse(JSON.parse(stdout))).toMatchObject({ status: "healthy" });
    expect(code).toBe(0);
  });

  it("is what the schema says where nothing has the name, with the exit code of an error", async () => {
    const input = '{"action": "restart_pod", "namespace": "shop", "pod_name": "none"}';
    const { code, stdout } = await run([...site.args.slice(0, 4), "--input", input, "-o", "json"]);

    expect(JSON.parse(stdout)).toMatchObject({ workloads: [{ outcome: "Skipped", reason: "PodNotFound" }] });
    expect(code).toBe(1);
  });

  it.each([
    ["that was not begun", ["--input", "{"], "InvalidRequest"],
    ["that failed", ["--input", '{"action": "detect_failures", "namespace": "none"}'], "NamespaceNotFound"],
  ])("is its error where it is one %s", async (_what, input, error) => {
    const { code, stdout, stderr } = await run([...site.args.slice(0, 4), ...input, "-o", "json"]);

    expect(JSON.parse(stdout)).toMatchObject({ error });
    expect(stderr).toContain(`${error}: `);
    expect(code).toBe(1);
  });

  it("is refused together with lines of JSON, and on a cluster in the process", async () => {
    expect((await run([...site.args, "-o", "json", "--json"])).stderr).toContain("cannot be used with option");
    expect((await run(["-o", "json"])).stderr).toContain("--output is for a cluster of yours");
  });
});
