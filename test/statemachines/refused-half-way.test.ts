import { describe, expect, it } from "vitest";
import { Upstream } from "../faults/proxy/forward.ts";
import type { FaultPlan } from "../faults/proxy/plan.ts";
import { FaultProxy } from "../faults/proxy/proxy.ts";
import { makePlace } from "../../local/scenarios/embedded-place.ts";
import { startEmbeddedCluster } from "../../local/embedded/index.ts";
import { loadScenario } from "../../local/scenarios/load.ts";
import { playScenario } from "../../local/scenarios/play.ts";
import { quickPolicy } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow, type Run } from "../../local/scenarios/run-workflow.ts";

/** How many times faster than real the time of the clusters passes. */
const SPEED = 10;

/** Plays a scenario whose requests are refused as the plan says. */
async function playRefused(scenario: string, plan: FaultPlan): Promise<Run> {
  const cluster = await startEmbeddedCluster(SPEED);
  const { clock, url } = cluster;
  const upstream = new Upstream({ name: "embedded", server: url, authenticate: () => Promise.resolve({}) });
  const proxy = await FaultProxy.start({ upstream, plan });
  try {
    const namespace = `play-${scenario}`;
    const place = await makePlace(cluster, { namespace });
    place.run = (request, policy) =>
      runWorkflow({
        connectionOf: () => proxy.connection("embedded"),
        request: { cluster_name: "embedded", namespace, ...request },
        policy: quickPolicy({ ...policy, verify: { deadline_seconds: 20 } }),
        now: () => clock.now(),
        sleep: (seconds) => clock.sleep(seconds),
      });
    for await (const { run } of playScenario(loadScenario(scenario), place)) return run;
    throw new Error(`The scenario ${scenario} has no round.`);
  } finally {
    await proxy.stop();
    upstream.close();
    await cluster.stop();
  }
}

/** Refuses every write to such a path from the `after`-th on, without handing it on. */
function refusing(method: string, path: RegExp, after = 0): FaultPlan {
  let seen = 0;
  return (request) => {
    const meant = request.method === method && path.test(request.path) && !request.path.includes("dryRun");
    return meant && seen++ >= after ? "403" : undefined;
  };
}

describe("an execution that is refused a write half-way", () => {
  it("keeps the outcome that it reported when the claim cannot be given back, and says so", async () => {
    const { result, workloads, notifications } = await playRefused("wrong-image-tag", refusing("PUT", /\/leases\//, 2));

    expect(result.status).toBe("succeeded");
    expect(workloads).toMatchObject([{ outcome: "Recovered", delivered: true, claim_error: "Forbidden" }]);
    expect(notifications).toHaveLength(1);
  });

  it("tells of a workload that it cannot claim", async () => {
    const { workloads, notifications } = await playRefused("wrong-image-tag", refusing("POST", /\/leases/));

    expect(workloads).toMatchObject([{ outcome: "Unresolved", reason: "Forbidden" }]);
    expect(notifications.map(({ report }) => report.outcome)).toEqual(["Unresolved"]);
  });

  it("verifies the part of a restart that was done, and names it", async () => {
    const half = refusing("DELETE", /\/pods\//, 1);
    const { workloads, notifications, states } = await playRefused("evicted-leftovers", half);

    expect(states).toEqual(expect.arrayContaining(["Look what was done", "Verify"]));
    expect(workloads).toMatchObject([{ outcome: "Unresolved", needs_person: true, action: "restart" }]);
    expect(notifications[0]?.document.done[0]).toMatch(/^1 pod of those to be replaced is gone\. .*Forbidden/);
  });

  it("says of a remedy that it was not applied when the cluster shows nothing of it", async () => {
    const { workloads, states } = await playRefused("wrong-image-tag", refusing("PATCH", /\/deployments\//));

    expect(states).not.toContain("Verify");
    expect(workloads).toMatchObject([{ outcome: "Unresolved", reason: "Forbidden" }]);
    expect(workloads[0]?.summary).toContain("The remedy (rollback) was not applied.");
  });
});
