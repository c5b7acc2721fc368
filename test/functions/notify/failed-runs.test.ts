import { describe, expect, it } from "vitest";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import { failedBefore, inARow, isTold } from "../../../functions/notify/failed-runs.ts";
import { notify } from "../../../functions/notify/handler.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const EXECUTION = { id: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1", name: "run-1" };
const SCAN = { cluster_name: "prod" };

/** What people are told of a run that fails after so many others. */
async function told(before: number | undefined, request: object = SCAN, Error = "ClusterUnreachable") {
  const sent: Notification[] = [];
  const environment: NotifyEnvironment = {
    ...unreachableEnvironment(new globalThis.Error("not used"), sent),
    ...(before === undefined ? {} : { failedBefore: () => Promise.resolve(before) }),
  };
  const error = { Error, Cause: JSON.stringify({ errorMessage: "prod: no answer." }) };
  const report = await notify(environment)({ about: "failure", request, error, execution: EXECUTION });
  expect(report).toMatchObject({ cause: "RunFailed", reason: Error });
  return sent.map(({ document }) => document.summary);
}

describe("a scheduled run that fails", () => {
  it("is told when it is the first, and then after pauses that double", async () => {
    const runs = await Promise.all(Array.from({ length: 60 }, (_, before) => told(before)));

    expect(runs.flatMap((messages, before) => messages.map(() => before + 1))).toEqual([1, 2, 4, 8, 16, 32]);
    expect(runs[0]).toEqual([
      "prod: no answer. No workload was remediated by this run unless another message says so.",
    ]);
    expect(runs[7]?.[0]).toContain("run number 8 in a row that fails; the next message comes after number 16");
  });

  it("is told each time where nobody knows how often it failed", async () => {
    expect(await told(undefined)).toHaveLength(1);
  });

  it.each([
    ["somebody asked for it", { ...SCAN, action: "restart_pod", namespace: "shop", pod_name: "web" }, "Unauthorized"],
    ["the request may be anything", "no object" as unknown as object, "InvalidRequest"],
    ["no step ended with its error, so that something may have been changed", SCAN, "States.Runtime"],
  ])("is told each time when %s", async (_why, request, error) => {
    expect(await told(2, request, error)).toHaveLength(1);
  });
});

describe("the runs in a row that failed", () => {
  const runs = (...statuses: string[]) => statuses.map((status) => ({ status })) as never;

  it("are those since the last that worked; one that still runs says nothing", () => {
    expect(inARow(runs("RUNNING", "FAILED", "RUNNING", "TIMED_OUT", "ABORTED", "SUCCEEDED", "FAILED"))).toBe(3);
    expect(inARow(runs("SUCCEEDED", "FAILED"))).toBe(0);
    expect(inARow(runs("FAILED", "FAILED"))).toBe(2);
    expect(inARow(runs())).toBe(0);
  });

  it("are none where they cannot be listed, so that the failure is told", async () => {
    expect(isTold(await failedBefore("arn:aws:states:nowhere:0:execution:none:run"))).toBe(true);
  });
});
