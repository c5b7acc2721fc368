import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { STEP_NAMES } from "../../infra/functions.ts";
import { call } from "../support/links.ts";
import { CDK_CONTEXT } from "./cdk-context.ts";

const run = promisify(execFile);
const APP = fileURLToPath(new URL("../../infra/app.ts", import.meta.url));
/** How the logical IDs of the functions begin that are no steps. */
const FUNCTION_OF = [
  ["RemediationApprovalLinks", "decide"],
  ["RemediationPatrol", "patrol"],
] as const;
const FUNCTION_NAMES = [...STEP_NAMES, "patrol", "agent"];
/** How large a bundle may be, in bytes: what a cold start loads. */
const MOST_BYTES = 1_300_000;

/** Runs the app as the CDK's command line does. */
async function synthesise(outdir: string, context: Record<string, unknown> = {}): Promise<void> {
  await run(process.execPath, [APP], {
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...CDK_CONTEXT, "aws:cdk:enable-asset-metadata": true, ...context }),
    },
  });
}

/** Imports a bundle in a fresh Node and calls its handler; answers with the name of the error that it rejects with, or the status of its page. */
async function answerOf(bundle: string, payload: unknown): Promise<string> {
  const script = `
    const { handler } = await import(process.argv[1]);
    await handler(JSON.parse(process.argv[2]), { getRemainingTimeInMillis: () => 60_000 })
      .then(({ statusCode }) => console.log("answer: " + statusCode), (error) => console.log("answer: " + error.name));`;
  const { stdout } = await run(
    process.execPath,
    ["--input-type=module", "--eval", script, bundle, JSON.stringify(payload)],
    { env: {} },
  );
  return /^answer: (.*)$/m.exec(stdout)?.[1] ?? stdout;
}

describe("the app", () => {
  const outdir = mkdtempSync(join(tmpdir(), "synth-"));
  let bundles: Map<string, string>;

  beforeAll(async () => {
    await synthesise(outdir, { approvalLinks: "on" });
    const template = JSON.parse(readFileSync(join(outdir, "EksRemediation.template.json"), "utf8")) as {
      Resources: Record<string, { Type: string; Metadata: Record<string, string> }>;
    };
    const functions = Object.entries(template.Resources).filter(([, { Type }]) => Type === "AWS::Lambda::Function");
    bundles = new Map(
      functions.map(([id, { Metadata }]) => [
        FUNCTION_NAMES.find((name) => id.startsWith(`RemediationFunctions${name.replaceAll("-", "")}`)) ??
          FUNCTION_OF.find(([begin]) => id.startsWith(begin))?.[1] ??
          "agent",
        join(outdir, Metadata["aws:asset:path"] ?? "", "index.mjs"),
      ]),
    );
  });

  afterAll(() => {
    rmSync(outdir, { recursive: true });
  });

  it.each(FUNCTION_NAMES)(
    "bundles %s small, and so that it runs by itself and refuses a payload that breaks its contract",
    async (name) => {
      const bundle = bundles.get(name) ?? "";

      expect(statSync(bundle).size).toBeLessThan(MOST_BYTES);
      expect(await answerOf(bundle, {})).toBe(
        ["detect", "agent"].includes(name) ? "InvalidRequest" : "InvalidStepInput",
      );
    },
  );

  it("bundles decide small, and so that it runs by itself and answers with a page whatever happens", async () => {
    const bundle = bundles.get("decide") ?? "";

    expect(statSync(bundle).size).toBeLessThan(MOST_BYTES);
    expect(await answerOf(bundle, {})).toBe("503");
    expect(await answerOf(bundle, call("HEAD", "/"))).toBe("405");
  });

  it("ends with one sentence when a setting cannot be used", async () => {
    const failure = { code: 1, stderr: expect.stringMatching(/^The context is refused: clusterName: .*\n$/) as string };

    await expect(synthesise(outdir, { clusterName: "-" })).rejects.toMatchObject(failure);
  });

  it("ends with one sentence when settings do not go together", async () => {
    const context = { namespaces: "shop", policy: { namespaces: { allow: ["blog"] } } };
    const failure = {
      code: 1,
      stderr: expect.stringMatching(/^EksRemediation is refused: namespaces: .*\n$/) as string,
    };

    await expect(synthesise(outdir, context)).rejects.toMatchObject(failure);
  });
});
