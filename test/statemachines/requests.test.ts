import { describe, expect, it } from "vitest";
import { CLAIM_NAMESPACE } from "../../functions/shared/policy.ts";
import type { FunctionName } from "../../local/engine/engine.ts";
import { startEmbeddedCluster } from "../../local/embedded/index.ts";
import { makePlace } from "../../local/scenarios/embedded-place.ts";
import { loadScenario } from "../../local/scenarios/load.ts";
import { playScenario } from "../../local/scenarios/play.ts";
import { quickPolicy } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow } from "../../local/scenarios/run-workflow.ts";

/** How many times faster than real the time of the cluster passes. */
const SPEED = 10;
const NAMESPACE = "play-requests";
const FUNCTIONS: readonly FunctionName[] = ["detect", "claim", "classify", "rollback", "verify", "notify"];
/** The longest pause between two looks, in seconds: short enough for three of them in one soak. */
const LONGEST_PAUSE = 1.5;

/** What each function asks for while the workflow rolls a Deployment back and that helps, in order: `list pods`. */
async function requestsOfARollback(): Promise<(name: FunctionName) => string[]> {
  const cluster = await startEmbeddedCluster(SPEED);
  const { clock, url } = cluster;
  try {
    await cluster.kubectl.run(["create", "namespace", CLAIM_NAMESPACE]);
    const place = await makePlace(cluster, { namespace: NAMESPACE });
    place.run = (request) =>
      runWorkflow({
        connectionOf: (name) => ({
          name: "embedded",
          server: url,
          authenticate: () => Promise.resolve({ "user-agent": `eks-remediation/${name}` }),
        }),
        request: { cluster_name: "embedded", namespace: NAMESPACE, ...request },
        policy: quickPolicy({}),
        now: () => clock.now(),
        sleep: (seconds) => clock.sleep(Math.min(seconds, LONGEST_PAUSE)),
      });
    for await (const { run } of playScenario(loadScenario("wrong-image-tag"), place)) {
      expect(run.outcomes).toEqual(["Recovered"]);
    }
    return (name) =>
      cluster.answered
        .filter(({ userAgent }) => userAgent === `eks-remediation/${name}`)
        .map(({ verb, resource }) => `${verb} ${resource}`);
  } finally {
    await cluster.stop();
  }
}

/** How many requests a rollback may take that helps at its second look. */
const MOST_REQUESTS = 47;
/** How many requests each further look takes. */
const LOOK = 2;

/** The requests of each look of a verification, which begins with the workload. */
function looksOf(requests: readonly string[]): string[][] {
  const starts = requests.flatMap((request, index) => (request === "get deployments" ? [index] : []));
  return starts.map((start, index) => requests.slice(start, starts[index + 1]).sort());
}

describe("a rollback that helps", () => {
  it("reads nothing twice in a step, and in its looks nothing that the diagnosis has found out", async () => {
    const requestsOf = await requestsOfARollback();
    const looks = looksOf(requestsOf("verify"));

    const all = FUNCTIONS.flatMap((name) => requestsOf(name)).length;
    expect(all - (looks.length - 2) * LOOK).toBeLessThanOrEqual(MOST_REQUESTS);
    expect(requestsOf("detect").sort()).toEqual([
      "get deployments",
      "get namespaces",
      "get pods",
      "get replicasets",
      "list cronjobs",
      "list daemonsets",
      "list deployments",
      "list horizontalpodautoscalers",
      "list ingresses",
      "list jobs",
      "list leases",
      "list nodes",
      "list pods",
      "list replicasets",
      "list services",
      "list statefulsets",
    ]);
    expect(requestsOf("classify").sort()).toEqual([
      "get deployments",
      "get namespaces",
      "get nodes",
      "list events",
      "list horizontalpodautoscalers",
      "list limitranges",
      "list poddisruptionbudgets",
      "list pods",
      "list replicasets",
      "list resourcequotas",
    ]);
    expect(looks.length).toBeGreaterThanOrEqual(3);
    for (const look of looks) expect(look).toEqual(["get deployments", "list pods"]);
  });
});
