import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Detection } from "../../functions/run/detection.ts";
import { startEmbeddedCluster } from "../../local/embedded/index.ts";
import { web } from "../local/embedded/served.ts";
import { kubeconfigFor } from "../local/command-line/site.ts";
import { run } from "../local/command-line/command-line.ts";
import { blocksOf, documents, pathOf } from "./documents.ts";
import { commandsIn, type Words } from "./shell.ts";

/** Every command of the documents that our own command line is given, in its words. */
const own = documents().flatMap((document) =>
  blocksOf(document)
    .filter(({ language, text }) => language === "" && /npm|npx/.test(text))
    .flatMap(({ text }) => commandsIn(text))
    .flatMap(([program, ...words]) => ownWords(program, words).map((given) => ({ document, given }))),
);

function ownWords(program: string | undefined, words: Words): Words[] {
  if (program === "npx" && words[0] === "eks-remediation") return [words.slice(1)];
  if (program === "npm" && words[0] === "start" && words.includes("--")) return [words.slice(words.indexOf("--") + 1)];
  return [];
}
/** Those that look at a cluster of one's own by the name of its context. */
const onCluster = [
  ...new Map(
    own
      .filter(({ given }) => given.includes("--context") && !["undo", "scorecard", "mcp"].includes(given[0] ?? ""))
      .map((each) => [each.given.join(" "), each]),
  ).values(),
];

let cluster: Awaited<ReturnType<typeof startEmbeddedCluster>>;
let directory: string;
beforeAll(async () => {
  cluster = await startEmbeddedCluster(1);
  directory = mkdtempSync(join(tmpdir(), "documents-"));
  const config = kubeconfigFor(cluster.url, { token: "t" }).replaceAll('"mine"', '"staging"');
  writeFileSync(join(directory, "kubeconfig"), config);
  await cluster.kubectl.run(["create", "namespace", "shop"]);
  const manifest = { apiVersion: "apps/v1", kind: "Deployment", ...web({ spec: { replicas: 2 } }) };
  await cluster.kubectl.run(["-n", "shop", "apply", "-f", "-"], JSON.stringify(manifest));
  await cluster.kubectl.run(["-n", "shop", "rollout", "status", "deployment/web", "--timeout=300s"]);
});
afterAll(async () => {
  await cluster.stop();
  rmSync(directory, { recursive: true });
});

/** Runs the command line as a document gives it, and changes nothing. */
async function ran(given: Words) {
  const kubeconfig = join(directory, "kubeconfig");
  const safe = given.filter(
    (word, at) => word !== "--yes" && word !== "--kubeconfig" && given[at - 1] !== "--kubeconfig",
  );
  const files = ["--report", join(directory, "report.html"), "--record", join(directory, "record.jsonl")];
  return await run(["--kubeconfig", kubeconfig, ...safe, "--dry-run", ...files]);
}

describe("the commands in the documents, run", () => {
  it("are some that are for a cluster of one's own", () => {
    expect(onCluster.length).toBeGreaterThan(7);
  });

  it.each(onCluster.map(({ document, given }) => [`${document}: ${given.join(" ")}`, given] as const))(
    "do as they say: %s",
    async (_shown, given) => {
      const { code, stdout, stderr } = await ran(given);

      // Where a pod or a revision of the example is asked for, it is not there.
      const isAbsent = /PodNotFound|NoSuchRevision|revision 3/.test(stdout + stderr);
      expect(code === 0 || code === 2 || isAbsent, `${code}\n${stdout}\n${stderr}`).toBe(true);
    },
  );

  it("answer detect_failures with one JSON document alone, as its page says", async () => {
    const [first] = own.filter(({ document }) => document === "docs/detect-failures.md");
    const { stdout } = await ran(first?.given ?? []);

    expect(Detection.parse(JSON.parse(stdout))).toMatchObject({ status: "healthy", namespace: "shop", pods_seen: 2 });
  });

  it("list the scenarios that the README says there are", async () => {
    const { code, stdout } = await run(["--list"]);

    expect(code).toBe(0);
    expect(stdout).toContain("shop");
  });

  it("print what completes the command", () => {
    for (const shell of ["bash", "zsh", "fish"]) {
      const args = [pathOf("local/command-line/main.ts"), "completion", shell];
      expect(execFileSync(process.execPath, args, { encoding: "utf8" })).toContain("eks-remediation");
    }
  });
});
