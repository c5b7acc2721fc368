import { describe, expect, it } from "vitest";
import type { PastOutcome, PastRuns } from "../../functions/executions/runs.ts";
import { RemediationError } from "../../functions/shared/errors.ts";
import { Upstream } from "../faults/proxy/forward.ts";
import type { FaultPlan } from "../faults/proxy/plan.ts";
import { FaultProxy } from "../faults/proxy/proxy.ts";
import { makePlace } from "../../local/scenarios/embedded-place.ts";
import { startEmbeddedCluster, type EmbeddedCluster } from "../../local/embedded/index.ts";
import { loadScenario } from "../../local/scenarios/load.ts";
import { playScenario } from "../../local/scenarios/play.ts";
import { quickPolicy } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow, type Run, type RunOptions } from "../../local/scenarios/run-workflow.ts";

/** How many times faster than real the time of the clusters passes. */
const SPEED = 10;
const NAMESPACE = "play-storm";

interface Conditions {
  plan?: FaultPlan;
  request?: object;
  call?: RunOptions["call"];
  /** What happens between the two. */
  between?: (kubectl: EmbeddedCluster["kubectl"], first: Run, now: Date) => Promise<unknown>;
}

const REFUSED: FaultPlan = ({ method, path }) => (method !== "GET" && path.includes("/leases") ? "403" : undefined);

/** Two executions after each other that meet the same storm. */
async function meetTwice({
  plan = () => undefined,
  request = {},
  call,
  between = () => Promise.resolve(),
}: Conditions): Promise<Run[]> {
  const cluster = await startEmbeddedCluster(SPEED);
  const { clock, url } = cluster;
  const upstream = new Upstream({ name: "embedded", server: url, authenticate: () => Promise.resolve({}) });
  const proxy = await FaultProxy.start({ upstream, plan });
  const run = (policy: object = {}) =>
    runWorkflow({
      connectionOf: () => proxy.connection("embedded"),
      request: { cluster_name: "embedded", namespace: NAMESPACE, ...request },
      policy: quickPolicy({ ...policy, cool_down: { base_seconds: 3_600 } }),
      now: () => clock.now(),
      sleep: (seconds) => clock.sleep(seconds),
      call,
      retryMilliseconds: 1,
    });
  try {
    const place = await makePlace(cluster, { namespace: NAMESPACE });
    place.run = (_request, policy) => run(policy);
    for await (const { run: first } of playScenario(loadScenario("storm"), place)) {
      await between(cluster.kubectl, first, clock.now());
      return [first, await run()];
    }
    throw new Error("The scenario storm has no round.");
  } finally {
    await proxy.stop();
    upstream.close();
    await cluster.stop();
  }
}

describe("an execution that meets a storm", () => {
  it("tells of it once, and ends with the same output whether it told or not", async () => {
    const [first, second] = await meetTwice({});

    expect(first?.notifications.map(({ report }) => report.outcome)).toEqual(["Storm"]);
    expect(second?.notifications).toEqual([]);
    expect(second?.states).toEqual(expect.arrayContaining(["Remember storm", "Told before?", "Storm"]));
    for (const run of [first, second]) {
      expect(run?.result).toMatchObject({
        status: "succeeded",
        output: { outcomes: ["Storm"], summary: expect.stringContaining("40 of 40 workloads fail at once") as unknown },
      });
    }
  });

  it("tells of it all the same where it cannot be remembered, and that it cannot", async () => {
    for (const { result, notifications } of await meetTwice({ plan: REFUSED })) {
      expect(result.status).toBe("succeeded");
      expect(notifications.map(({ report }) => report.outcome)).toEqual(["Storm"]);
      expect(notifications[0]?.report.summary).toContain("could not be remembered in its Lease (Forbidden)");
    }
  });

  it("tells of it once where the output of the run before it is all that remembers it", async () => {
    const past: PastOutcome[] = [];
    const runs = await meetTwice({
      plan: REFUSED,
      call: async ({ environment }, handle) => {
        const pastRuns: PastRuns = {
          failedBefore: () => Promise.resolve({ runs: [], isWhole: true }),
          workedSince: () => Promise.resolve(false),
          outcomesBefore: () => Promise.resolve(past),
        };
        return await handle({ ...environment, pastRuns });
      },
      between: (_kubectl, first, now) => {
        past.push({ ended: now, output: first.result.status === "succeeded" ? first.result.output : undefined });
        return Promise.resolve();
      },
    });

    expect(runs.map(({ notifications }) => notifications.length)).toEqual([1, 0]);
    expect(runs[0]?.result).toMatchObject({
      output: { outcomes: ["Storm"], storm_seen: [expect.stringMatching(`^${NAMESPACE}/`)] },
    });
  });

  it("tells that it is over, where people were told of it", async () => {
    let later = 0;
    const [first, second] = await meetTwice({
      call: async ({ environment }, handle) => {
        return await handle({ ...environment, now: () => new Date(environment.now().getTime() + later) });
      },
      between: async (kubectl) => {
        await kubectl.run(["-n", NAMESPACE, "delete", "deployments", "--all"]);
        later = 10_800_000;
      },
    });

    expect(first?.notifications.map(({ report }) => report.outcome)).toEqual(["Storm"]);
    expect(second?.notifications.map(({ report }) => [report.outcome, report.cause])).toEqual([
      ["Recovered", "FailureStorm"],
    ]);
    expect(second?.result).toMatchObject({ status: "succeeded", output: { outcomes: ["Healthy"] } });
  });

  it("tells of it where the one before it could not", async () => {
    let isFirst = true;
    const [first, second] = await meetTwice({
      call: async ({ state, environment }, handle) => {
        if (state === "Report storm" && isFirst) {
          isFirst = false;
          throw new RemediationError("StepFailed", "The topic does not exist.");
        }
        // The next run of a schedule begins a minute later.
        const later = isFirst ? 0 : 60_000;
        return await handle({ ...environment, now: () => new Date(environment.now().getTime() + later) });
      },
    });

    expect(first?.result.status).toBe("failed");
    expect(second?.notifications.map(({ report }) => report.outcome)).toEqual(["Storm"]);
    expect(second?.states).toContain("Remember that it was told");
  });

  it("tells of it in every dry run", async () => {
    for (const { notifications } of await meetTwice({ request: { dry_run: true } })) {
      expect(notifications.map(({ report }) => report.outcome)).toEqual(["Storm"]);
    }
  });

  it.each(["NotificationFailed", "StepFailed"] as const)(
    "fails by a name that is told apart from it when it could not tell for a %s",
    async (name) => {
      const [first] = await meetTwice({
        call: async ({ state, environment }, handle) => {
          if (state === "Report storm") throw new RemediationError(name, "The topic does not exist.");
          return await handle(environment);
        },
      });

      expect(first?.result).toMatchObject({ status: "failed", error: { name: "NotificationFailed" } });
    },
  );
});

/** A Deployment that has nothing to do with the storm; its probe keeps it from counting as well between two crashes. */
const web = (name: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: app, image: "shop/${name}:1", readinessProbe: { tcpSocket: { port: 80 } } }] }
`;

describe("an execution that meets the storm of one namespace", () => {
  it("tells of it, leaves it alone, and looks after what fails in another namespace", async () => {
    const cluster = await startEmbeddedCluster(SPEED);
    const { clock, url, kubectl } = cluster;
    const connection = { name: "embedded", server: url, authenticate: () => Promise.resolve({}) };
    const inShop = async (args: readonly string[], input?: string) => await kubectl.run(["-n", "shop", ...args], input);
    try {
      await kubectl.run(["create", "namespace", "shop"]);
      for (const name of ["web", "a", "b", "c"]) await inShop(["apply", "-f", "-"], web(name));
      const place = await makePlace(cluster, { namespace: NAMESPACE });
      place.run = async () => {
        await inShop(["annotate", "pods", "--selector=app=web", "simulation/failure=crash-loop"]);
        await clock.sleep(8);
        return await runWorkflow({
          connectionOf: () => connection,
          request: { cluster_name: "embedded" },
          policy: quickPolicy({}),
          now: () => clock.now(),
          sleep: (seconds) => clock.sleep(seconds),
          retryMilliseconds: 1,
        });
      };
      for await (const { run } of playScenario(loadScenario("storm"), place)) {
        expect(run.notifications.map(({ report: { outcome, workload } }) => [outcome, workload?.namespace])).toEqual([
          ["Storm", undefined],
          ["Recovered", "shop"],
        ]);
        expect(run.notifications[0]?.text).toContain(`40 of 40 workloads in namespace ${NAMESPACE} fail at once`);
        expect(run.result).toMatchObject({ status: "succeeded", output: { outcomes: ["Recovered"] } });
      }
    } finally {
      await cluster.stop();
    }
  });
});
