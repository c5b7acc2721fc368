import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Folder } from "./installed.ts";

const run = promisify(execFile);

/** What `cdk init app --language typescript` asks of the compiler, and the declarations of what is imported checked, too. */
const TSCONFIG = {
  compilerOptions: {
    target: "ES2022",
    module: "NodeNext",
    moduleResolution: "NodeNext",
    lib: ["es2022"],
    types: ["node"],
    declaration: true,
    strict: true,
    noImplicitReturns: true,
    inlineSourceMap: true,
    inlineSources: true,
    experimentalDecorators: true,
    strictPropertyInitialization: false,
    skipLibCheck: false,
  },
  exclude: ["node_modules", "cdk.out"],
};

/** The five lines, as docs/without-a-clone.md has them. */
const APP = `import { App, Stack } from "aws-cdk-lib";
import { EksRemediation } from "eks-remediation/cdk";

const stack = new Stack(new App(), "Remediation");
new EksRemediation(stack, "Staging", { clusterName: "staging" });
`;

const WRONG = `import { Stack } from "aws-cdk-lib";
import { EksRemediation } from "eks-remediation/cdk";

new EksRemediation(new Stack(), "Staging", { clusterName: "staging", policy: { actions: { scale: "sometimes" } } });
`;

interface Template {
  Resources: Record<string, { Type: string; Properties: { Code?: { S3Key: string }; Handler?: string } }>;
}

describe("a fresh CDK app that the package is installed for", () => {
  const app = new Folder();
  beforeAll(async () => {
    await app.install(inject("packed"), "aws-cdk-lib", "constructs", "aws-cdk", "typescript", "@types/node");
    app.write("tsconfig.json", JSON.stringify(TSCONFIG));
    app.write("cdk.json", JSON.stringify({ app: "node app.js" }));
  });
  afterAll(() => {
    app.remove();
  });

  it("compiles with five lines, is told of a wrong policy, and is synthesised with functions that run", async () => {
    app.write("app.ts", APP);
    app.write("wrong.ts", WRONG);
    const compiled = await app.run("tsc", []);

    expect(compiled.stdout.split("\n").filter((line) => !line.startsWith(" "))).toEqual([
      expect.stringMatching(/^wrong\.ts\(4,\d+\): error TS2322: Type '"sometimes"' is not assignable to type /),
      "",
    ]);

    expect(existsSync(join(app.path, "node_modules/esbuild"))).toBe(false);
    const synthesised = await app.run("cdk", ["synth", "--quiet"]);

    expect(synthesised.code, synthesised.stderr).toBe(0);
    const { Resources } = JSON.parse(app.read("cdk.out/Remediation.template.json")) as Template;
    const functions = Object.values(Resources).filter(({ Type }) => Type === "AWS::Lambda::Function");
    const bundles = new Set(functions.map(({ Properties }) => Properties.Code?.S3Key.replace(".zip", "") ?? "none"));
    expect(functions.length).toBeGreaterThan(bundles.size);
    expect(new Set(functions.map(({ Properties }) => Properties.Handler))).toEqual(new Set(["index.handler"]));
    for (const bundle of bundles) {
      const folder = join(app.path, "cdk.out", `asset.${bundle}`);
      expect(readdirSync(folder)).toEqual(["index.mjs"]);
      expect(await kindOfHandler(join(folder, "index.mjs"))).toBe("function");
    }
  });
});

/** What a bundle exports as its handler, imported by a Node that has nothing else. */
async function kindOfHandler(bundle: string): Promise<string> {
  const script = "console.log(typeof (await import(process.argv[1])).handler)";
  const args = ["--input-type=module", "--eval", script, bundle];
  const env = { REMEDY: "restart", STATE_MACHINE_ARN: "arn", TOPIC_ARN: "arn", CHAT: "false" };
  const { stdout } = await run(process.execPath, args, { env });
  return stdout.trim();
}
