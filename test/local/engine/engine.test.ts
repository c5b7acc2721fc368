import { describe, expect, it } from "vitest";
import { RemediationError } from "../../../functions/shared/errors.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import { startExecution, type ExecutionEvent, type ExecutionOptions } from "../../../local/engine/engine.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const denied = new RemediationError("Forbidden", "You may not.");

async function run(input: unknown, options: Partial<ExecutionOptions> = {}) {
  const sent: Notification[] = [];
  const events: ExecutionEvent[] = [];
  const execution = startExecution({
    input,
    name: "run-1",
    environment: unreachableEnvironment(denied, sent),
    onEvent: (event) => events.push(event),
    ...options,
  });
  return { result: await execution.result, sent, events };
}

describe("an execution", () => {
  it("refuses a malformed request before it connects, tells everyone, and fails with the error's name", async () => {
    const { result, sent, events } = await run({ action: "restart_pod", cluster_name: "prod", namespace: "shop" });

    expect(result).toMatchObject({
      status: "failed",
      error: { name: "InvalidRequest", cause: expect.stringContaining("pod_name") as string },
    });
    expect(sent.map(({ subject }) => subject)).toEqual(["[prod] Remediation run failed: InvalidRequest"]);
    expect(sent[0]?.text).toContain("pod_name: is missing: it must be the name of a pod");
    expect(events.map(({ state }) => state)).not.toContain("Detect failures");
  });

  it("fails with the name of the error that detection ended with", async () => {
    const { result, sent } = await run({ cluster_name: "prod" });

    expect(result).toMatchObject({ status: "failed", error: { name: "Forbidden" } });
    expect(sent[0]?.report).toMatchObject({ outcome: "Unresolved", reason: "Forbidden", needs_person: true });
  });

  it("reports a request that is no object at all, without repeating any of it", async () => {
    const { result, sent } = await run(["<script>"]);

    expect(result).toMatchObject({ status: "failed", error: { name: "InvalidRequest" } });
    expect(sent[0]?.subject).toBe("[(not named)] Remediation run failed: InvalidRequest");
    expect(sent[0]?.text).not.toContain("script");
  });

  it("retries a function that crashed, and calls it as its state says", async () => {
    const calls: string[] = [];
    const { result } = await run(
      { cluster_name: "prod" },
      {
        retryMilliseconds: 1,
        call: async ({ state, functionName, environment }, handle) => {
          calls.push(`${state}: ${functionName}`);
          if (calls.length === 1) throw Object.assign(new Error("The process ended."), { name: "Lambda.Unknown" });
          return await handle(environment);
        },
      },
    );

    expect(calls).toEqual(["Detect failures: detect", "Detect failures: detect", "Report failed run: notify"]);
    expect(result).toMatchObject({ status: "failed", error: { name: "Forbidden" } });
  });
});
