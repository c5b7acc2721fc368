import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { CLAIM_NAMESPACE, parsePolicy } from "../../functions/shared/policy.ts";
import { resultText } from "../../local/command-line/show.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../local/embedded/index.ts";
import { tellerFor } from "../../local/live/teller.ts";
import { Recorder } from "../../local/report/recording.ts";
import { makePlace } from "../../local/scenarios/embedded-place.ts";
import { loadScenario } from "../../local/scenarios/load.ts";
import { playScenario } from "../../local/scenarios/play.ts";
import { runWorkflow } from "../../local/scenarios/run-workflow.ts";
import { stableText } from "../support/stable-text.ts";
import { blocksOf } from "./documents.ts";

/** How many times faster than real the clusters' time passes. */
const SPEED = 10;

/** The lines of a text, each once, without what differs from play to play: moments, names that are generated, pauses. */
function stableLines(text: string): string[] {
  const lines = text.split("\n").map((line) =>
    stableText(line, { namespace: "\0", node: undefined })
      .replace(/^\d\d:\d\d:\d\d /, "AT ")
      .replace(/(settling): .*/, "$1")
      .replace(/\bweb-[a-z0-9]{8,10}(-[a-z0-9]{5})?/g, "OF_WEB")
      .replace(/back-off \d+s/g, "back-off")
      .replace(/execution:remediation:\S+/, "EXECUTION"),
  );
  return [...new Set(lines.map((line) => line.trimEnd()))].filter((line) => line !== "");
}

/** What stands for a line of a sample, in which an ellipsis stands for anything. */
function asLine(line: string): unknown {
  if (!line.includes("…")) return line;
  const parts = line.split("…").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return expect.stringMatching(new RegExp(`^${parts.join(".*")}$`));
}

function sampleIn(document: string, beginning: RegExp): string[] {
  const [block] = blocksOf(document).filter(({ text }) => beginning.test(text));
  return stableLines(block?.text ?? "");
}

async function onCluster<Result>(task: (cluster: EmbeddedCluster) => Promise<Result>): Promise<Result> {
  const cluster = await startEmbeddedCluster(SPEED);
  try {
    await cluster.kubectl.run(["create", "namespace", CLAIM_NAMESPACE]);
    return await task(cluster);
  } finally {
    await cluster.stop();
  }
}

/** A Deployment in namespace `shop` whose rollout fails once it has made no progress for twenty seconds. */
function deployed(name: string, replicas: number): string {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: "app", image: "shop/web:1", readinessProbe: { httpGet: { path: "/", port: 80 } } }] },
  };
  return JSON.stringify({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "shop" },
    spec: { replicas, progressDeadlineSeconds: 20, selector: { matchLabels: { app: name } }, template },
  });
}

/** All that the command line prints of a run on that cluster with the default policy, where nobody sits at a terminal. */
async function printedOf({ kubectl, clock, url }: EmbeddedCluster): Promise<string> {
  const shop = async (...words: string[]) => await kubectl.run(["-n", "shop", ...words]);
  await kubectl.run(["create", "namespace", "shop"]);
  for (const [name, replicas] of [
    ["web", 2],
    ["api", 1],
  ] as const) {
    await kubectl.run(["apply", "-f", "-"], deployed(name, replicas));
    await shop("rollout", "status", `deployment/${name}`, "--timeout=300s");
  }
  const bad = { metadata: { annotations: { "simulation/failure": "crash-loop" } } };
  await shop("patch", "deployment/web", "-p", JSON.stringify({ spec: { template: bad } }));
  await shop("wait", "deployment/web", "--for=condition=Progressing=False", "--timeout=300s");

  const now = () => clock.now();
  const output = new PassThrough();
  const recorder = new Recorder(now);
  const teller = tellerFor(output as unknown as NodeJS.WriteStream, false, now);
  const { result, notifications } = await runWorkflow({
    connectionOf: () => ({ name: "staging", server: url, authenticate: () => Promise.resolve({}) }),
    request: { cluster_name: "staging", namespace: "shop" },
    policy: parsePolicy(undefined),
    now,
    sleep: (seconds) => clock.sleep(seconds),
    onEvent: (event) => {
      teller.see(event);
      recorder.see(event);
    },
  });
  teller.end();
  const told = (output.read() as Buffer).toString();
  return told + resultText(recorder.finish("staging", result, notifications), { width: Infinity });
}

describe("what the documents show as output", () => {
  it("is what the command line prints of a bad rollout, in the README", async () => {
    const sample = sampleIn("README.md", /^\d\d:\d\d:\d\d Detect failures/);
    expect(stableLines(await onCluster(printedOf))).toEqual(sample.map(asLine));
  });

  it("is what people are told of a rollback, in the page on notifications", async () => {
    const sample = sampleIn("docs/notifications.md", /^Fixed: Deployment play-last-words/);
    const texts = await onCluster(async (cluster) => {
      const place = await makePlace(cluster, { namespace: "play-last-words" });
      const told: string[] = [];
      for await (const { run } of playScenario(loadScenario("last-words"), place)) {
        told.push(...run.notifications.map(({ text }) => text));
      }
      return told;
    });
    expect(texts).toHaveLength(1);
    expect(stableLines(texts.join("\n"))).toEqual(sample.map(asLine));
  });
});
