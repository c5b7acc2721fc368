import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Job } from "../../../../functions/shared/kubernetes/types.ts";
import { JOBS } from "../../../../local/embedded/kinds.ts";
import { Running } from "./running.ts";

let cluster: Running;
beforeEach(() => {
  cluster = new Running();
});
afterEach(() => {
  cluster.stop();
});

function job(
  exitCode: number,
  overrides: Partial<Job["spec"] & object> = {},
  markers: Record<string, string> = {},
): Job {
  return {
    metadata: { name: "migrate" },
    spec: {
      template: {
        metadata: { annotations: { "simulation/exit-code": `${exitCode}`, ...markers } },
        spec: { restartPolicy: "Never", containers: [{ name: "app", image: "shop/migrate:1" }] },
      },
      ...overrides,
    },
  };
}

const migrate = () => cluster.get<Job>(JOBS, "migrate");
const conditions = () => (migrate().status?.conditions ?? []).map(({ type, reason }) => `${type}: ${reason ?? ""}`);

describe("a Job", () => {
  it("is complete when enough pods have succeeded, never with more at once than it may have", async () => {
    cluster.create(JOBS, job(0, { completions: 5, parallelism: 2 }));
    await cluster.until("it is complete", () => {
      expect(migrate().status?.active ?? 0).toBeLessThanOrEqual(2);
      return conditions().length === 2;
    });

    expect(conditions()).toEqual(["SuccessCriteriaMet: CompletionsReached", "Complete: CompletionsReached"]);
    expect(migrate().status).toMatchObject({ succeeded: 5, ready: 0, terminating: 0 });
    expect(migrate().status).not.toHaveProperty("active");
    expect(migrate().status?.completionTime).toBeDefined();
    expect(cluster.pods()).toHaveLength(5);
  });

  it("fails with its first pod where no pod may fail", async () => {
    cluster.create(JOBS, job(1, { backoffLimit: 0 }));
    await cluster.until("it has failed", () => conditions().length === 2);

    expect(conditions()).toEqual(["FailureTarget: BackoffLimitExceeded", "Failed: BackoffLimitExceeded"]);
    expect(migrate().status).toMatchObject({ failed: 1 });
    expect(cluster.events("Job")).toContain("BackoffLimitExceeded: Job has reached the specified backoff limit");
    await cluster.pass(60);
    expect(cluster.pods()).toHaveLength(1);
  });

  it("waits longer and longer between its pods", async () => {
    cluster.create(JOBS, job(1, { backoffLimit: 2 }));
    await cluster.pass(8);
    expect(cluster.pods()).toHaveLength(1);
    await cluster.pass(10);
    expect(cluster.pods()).toHaveLength(2);
    await cluster.pass(10);
    expect(cluster.pods()).toHaveLength(2);
    await cluster.pass(20);
    expect(cluster.pods()).toHaveLength(3);
    expect(conditions()).toContain("Failed: BackoffLimitExceeded");
  });

  it("that takes too long fails, and its pods are deleted", async () => {
    cluster.create(JOBS, job(0, { activeDeadlineSeconds: 5 }, { "simulation/after": "60s" }));
    await cluster.until("it has failed", () => conditions().includes("Failed: DeadlineExceeded"), 10);

    expect(cluster.pods()).toEqual([]);
    expect(migrate().status?.failed).toBe(1);
  });
});
