import { describe, expect, it } from "vitest";
import type { HistoryEntry, WorkloadResult } from "../../functions/run/contracts.ts";
import { HISTORY_ANNOTATION } from "../../functions/run/lease.ts";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Lease } from "../../functions/shared/kubernetes/types.ts";
import { CLAIM_NAMESPACE } from "../../functions/shared/policy.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../local/embedded/index.ts";
import { quickPolicy } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow, type Run } from "../../local/scenarios/run-workflow.ts";

/** How many times faster than real the time of the clusters passes. */
const SPEED = 10;
/** The time between two executions of the schedule, in seconds: shorter than any of them takes, as a minute is. */
const INTERVAL_SECONDS = 5;
/** So many executions are more than any of these tests needs. */
const MOST_WAVES = 150;
/** The limits as they are by default. */
const DEFAULTS = {
  ...{ concurrent: 5, per_namespace: 3, per_hour: 30, canary: true },
  breaker: { failures: 3, of: 5 },
};

/** What one look at the claims shows. */
interface Look {
  /** The workloads whose remedies are under way. */
  underWay: string[];
  /** Whether any remedy has helped. */
  hasHelped: boolean;
}

async function look(cluster: HttpCluster): Promise<Look> {
  const leases = await cluster.list<Lease>(paths.leases(CLAIM_NAMESPACE));
  const claims = leases.map(({ metadata, spec }) => ({
    name: metadata?.name ?? "",
    holder: spec?.holderIdentity,
    history: JSON.parse(metadata?.annotations?.[HISTORY_ANNOTATION] ?? "[]") as HistoryEntry[],
  }));
  const isBusy = ({ holder, history }: (typeof claims)[number]) =>
    history.some(({ outcome, execution }) => outcome === "Unfinished" && execution === holder);
  return {
    underWay: claims.filter(isBusy).map(({ name }) => name),
    hasHelped: claims.some(({ history }) => history.some(({ outcome }) => outcome === "Recovered")),
  };
}

interface Waves {
  runs: Run[];
  /** One after each step of a remedy. */
  looks: Look[];
}

/**
 * Executions that begin one after the other, whether the earlier ones have ended or not.
 * @param isEnough whether no further one is begun, after what the earlier ones have ended with
 */
async function playWaves(
  cluster: EmbeddedCluster,
  limits: object,
  isEnough: (results: readonly WorkloadResult[]) => boolean,
): Promise<Waves> {
  const { clock, url } = cluster;
  const connection = { name: "embedded", server: url, authenticate: () => Promise.resolve({}) };
  const client = new HttpCluster(connection);
  const looks: Look[] = [];
  const runs: Run[] = [];
  const policy = quickPolicy({ limits: { ...DEFAULTS, ...limits }, storm: { min_workloads: 500 } });
  const wave = async (index: number) => {
    const run = await runWorkflow({
      connectionOf: () => connection,
      request: { cluster_name: "embedded" },
      name: `wave-${index}`,
      policy,
      now: () => clock.now(),
      sleep: (seconds) => clock.sleep(seconds),
      call: async ({ functionName, environment }, handle) => {
        const answer = await handle(environment);
        if (["restart", "rollback", "scale"].includes(functionName)) looks.push(await look(client));
        return answer;
      },
    });
    runs.push(run);
  };
  const begun: Promise<void>[] = [];
  for (; begun.length < MOST_WAVES && !isEnough(runs.flatMap(({ workloads }) => workloads));) {
    begun.push(wave(begun.length));
    await clock.sleep(INTERVAL_SECONDS);
  }
  await Promise.all(begun);
  return { runs, looks };
}

/** A Deployment whose pods are as the annotations say. */
function deployment(namespace: string, name: string, replicas: number, image: string, annotations: object): object {
  const container = { name: "app", image, readinessProbe: { tcpSocket: { port: 8080 } } };
  const template = { metadata: { labels: { app: name }, annotations }, spec: { containers: [container] } };
  const spec = { replicas, progressDeadlineSeconds: 8, selector: { matchLabels: { app: name } }, template };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { namespace, name }, spec };
}

async function apply({ kubectl }: EmbeddedCluster, objects: object[]): Promise<void> {
  await kubectl.run(["apply", "-f", "-"], objects.map((object) => JSON.stringify(object)).join("\n---\n"));
}

const recovered = (results: readonly WorkloadResult[]) => results.filter(({ outcome }) => outcome === "Recovered");
const made = (namespaces: string[]) =>
  namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));

describe("executions that overlap", () => {
  it("roll 24 workloads back as many at a time as the policy allows, the first of them alone", async () => {
    const cluster = await startEmbeddedCluster(SPEED);
    try {
      const namespaces = ["a", "b", "c", "d", "e", "f"];
      const services = (image: string, annotations: object) =>
        namespaces.flatMap((namespace) =>
          ["w", "x", "y", "z"].map((name) => deployment(namespace, name, 1, image, annotations)),
        );
      await apply(cluster, [...made(namespaces), ...services("shop/web:1", {})]);
      for (const namespace of namespaces)
        await cluster.kubectl.run(["-n", namespace, "wait", "deployment", "--all", "--for=condition=Available"]);
      await cluster.clock.sleep(7);
      await apply(cluster, services("shop/web:2", { "simulation/failure": "crash-loop" }));
      await cluster.clock.sleep(25);
      const { runs, looks } = await playWaves(cluster, { per_hour: 100 }, (ended) => recovered(ended).length === 24);

      const results = runs.flatMap(({ workloads }) => workloads);
      expect(recovered(results)).toHaveLength(24);
      const most = Math.max(...looks.map(({ underWay }) => underWay.length));
      expect(most).toBeLessThanOrEqual(5);
      expect(most).toBeGreaterThan(2);
      for (const { underWay } of looks) {
        const each = Map.groupBy(underWay, (name) => name.split(".")[1]);
        expect(Math.max(0, ...[...each.values()].map(({ length }) => length))).toBeLessThanOrEqual(3);
      }
      expect(looks.filter(({ underWay, hasHelped }) => !hasHelped && underWay.length > 1)).toEqual([]);
      expect(results.filter(({ reason }) => reason === "CanaryFirst").length).toBeGreaterThan(0);
      expect(runs.flatMap(({ notifications }) => notifications).map(({ report }) => report.outcome)).toEqual(
        Array.from({ length: 24 }, () => "Recovered"),
      );
    } finally {
      await cluster.stop();
    }
  });

  it("evict one pod of three workloads where 27 pods crash because of a database, and tell once that they stop", async () => {
    const cluster = await startEmbeddedCluster(SPEED);
    try {
      const since = new Date(cluster.clock.now().getTime() + 20_000).toISOString();
      const crash = { "simulation/failure": "crash-loop", "simulation/after": since };
      const clients = Array.from({ length: 9 }, (_, index) => deployment("shop", `c${index}`, 3, "shop/web:1", crash));
      await apply(cluster, [...made(["shop"]), ...clients]);
      await cluster.kubectl.run(["-n", "shop", "wait", "deployment", "--all", "--for=condition=Available"]);
      await cluster.clock.sleep(30);
      const { runs, looks } = await playWaves(
        cluster,
        {},
        (ended) => ended.filter(({ reason }) => reason === "BreakerOpen").length > 20,
      );

      expect(looks.filter(({ underWay }) => underWay.length > 1)).toEqual([]);
      const evictions = cluster.answered.filter(({ resource, status }) => resource === "pods/eviction" && status < 300);
      expect(evictions.length).toBeLessThanOrEqual(3);
      const told = runs
        .flatMap(({ notifications }) => notifications)
        .map(({ report }) => report.reason ?? report.outcome);
      expect(told.filter((reason) => reason === "BreakerOpen")).toHaveLength(1);
      expect(told.filter((reason) => reason === "Unresolved")).toHaveLength(3);
    } finally {
      await cluster.stop();
    }
  });
});
