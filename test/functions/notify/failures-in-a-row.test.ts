import { describe, expect, it } from "vitest";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import { tellingOf, workAgain, type FailedRun } from "../../../functions/notify/failures-in-a-row.ts";
import { notify } from "../../../functions/notify/handler.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import { failedSinceSuccess, runsBefore } from "../../../functions/notify/past-runs.ts";
import { ago, NOW } from "../../support/objects.ts";
import { unreachableEnvironment } from "../../support/scripted.ts";

const EXECUTION = { id: "arn:aws:states:eu-west-1:123456789012:execution:remediation:run-1", name: "run-1" };
const SCHEDULED = { cluster_name: "prod", origin: "schedule" };

/** So many runs that failed, a minute apart, the latest first. */
function failed(number: number, error?: string, from = NOW): FailedRun[] {
  return Array.from({ length: number }, (_, index) => ({
    at: new Date(from.getTime() - (index + 1) * 60_000),
    ...(error === undefined ? {} : { error }),
  }));
}

function environmentAfter(before: FailedRun[] | Error | undefined, sent: Notification[]): NotifyEnvironment {
  const answer = () => (before instanceof Error ? Promise.reject(before) : Promise.resolve(before ?? []));
  return {
    ...unreachableEnvironment(new Error("not used"), sent),
    now: () => NOW,
    ...(before === undefined ? {} : { failedSinceSuccess: answer }),
  };
}

/** What people are told of a run that fails after others. */
async function told(
  before: FailedRun[] | Error | undefined,
  request: unknown = SCHEDULED,
  name = "ClusterUnreachable",
) {
  const sent: Notification[] = [];
  const error = { Error: name, Cause: JSON.stringify({ errorMessage: "prod: no answer." }) };
  const failure = { about: "failure", request, error, execution: EXECUTION };
  const report = await notify(environmentAfter(before, sent))(failure);
  expect(report).toMatchObject({ cause: "RunFailed", reason: name });
  return sent.map(({ document }) => document.summary);
}

describe("a scheduled run that fails", () => {
  it("is told when it is the first, and then after pauses that double", async () => {
    const runs = await Promise.all(
      Array.from({ length: 60 }, (_, number) => told(failed(number, "ClusterUnreachable"))),
    );

    expect(runs.flatMap((messages, index) => messages.map(() => index + 1))).toEqual([1, 2, 4, 8, 16, 32]);
    expect(runs[0]).toEqual([
      "prod: no answer. No workload was remediated by this run unless another message says so.",
    ]);
    expect(runs[7]?.[0]).toContain("It is scheduled run number 8 in a row that fails. While that goes on,");
  });

  it("is told once a day when it has failed for long, and says no number that nobody has counted", () => {
    const midnight = new Date(`${NOW.toISOString().slice(0, 10)}T00:00:30.000Z`);
    const before = failed(900, "Forbidden", midnight);

    expect(tellingOf("Forbidden", before, midnight)).toMatchObject({ isTold: true });
    expect(tellingOf("Forbidden", before, midnight).words).toMatch(/^More than 500 scheduled runs in a row/);
    const later = new Date(midnight.getTime() + 60_000);
    expect(tellingOf("Forbidden", failed(901, "Forbidden", later), later).isTold).toBe(false);
  });

  it("is told at once when it fails otherwise than those before, and counts what fails alike", () => {
    const mixed = [...failed(2, "Unauthorized"), ...failed(3, "ClusterUnreachable")];

    expect(tellingOf("Forbidden", mixed, NOW)).toEqual({ isTold: true, words: "" });
    expect(tellingOf("Unauthorized", mixed, NOW).isTold).toBe(false);
    expect(tellingOf("ClusterUnreachable", mixed, NOW).isTold).toBe(true);
  });

  it("takes what was not asked for its error for one that failed alike", () => {
    const before = [...failed(16, "Unauthorized"), ...failed(15)];

    expect(tellingOf("Unauthorized", before, NOW).isTold).toBe(true);
    expect(tellingOf("Unauthorized", before.slice(1), NOW).isTold).toBe(false);
  });

  it.each([
    ["nobody knows how often it failed", undefined],
    ["nobody can be asked how often it failed", new Error("AccessDenied")],
  ])("is told each time where %s", async (_why, before) => {
    expect(await told(before)).toHaveLength(1);
  });

  it.each([
    ["a person started it", { cluster_name: "prod" }, "Unauthorized"],
    ["an event started it", { cluster_name: "prod", origin: "event" }, "Unauthorized"],
    ["it is no scan", { ...SCHEDULED, action: "detect_failures", namespace: "shop" }, "Unauthorized"],
    ["its request is refused", { ...SCHEDULED, origin: "nobody" }, "InvalidRequest"],
    ["its request is no object", "schedule", "InvalidRequest"],
    ["no step ended with its error, so that something may have been changed", SCHEDULED, "States.Runtime"],
  ])("is told each time when %s", async (_why, request, error) => {
    expect(await told(failed(2, error), request, error)).toHaveLength(1);
  });
});

describe("a scheduled run that works", () => {
  const ended = { executionArn: EXECUTION.id, name: "run-1", status: "SUCCEEDED", stopDate: NOW.getTime() };
  const works = async (
    before: FailedRun[] | Error | undefined,
    event: object = {},
    describe?: NotifyEnvironment["describe"],
  ) => {
    const sent: Notification[] = [];
    const environment = { ...environmentAfter(before, sent), ...(describe === undefined ? {} : { describe }) };
    const input = JSON.stringify(SCHEDULED);
    await notify(environment)({ about: "execution", event: { ...ended, input, ...event } });
    return sent;
  };

  it("is told where those before it failed, and calls nobody", async () => {
    const [message, ...others] = await works(failed(60, "ClusterUnreachable"));

    expect(others).toEqual([]);
    expect(message?.subject).toBe("[prod] Remediation runs work again");
    expect(message?.document).toMatchObject({ outcome: "Recovered", cause: "RunFailed", needs_person: false });
    expect(message?.document.summary).toBe(
      "Scheduled runs work again: this one ended with success, after 60 in a row that failed, the last with ClusterUnreachable.",
    );
    expect(workAgain(failed(1))).toBe("Scheduled runs work again: this one ended with success, after one that failed.");
  });

  it.each([
    ["none failed before it", [], {}],
    ["nobody can be asked", new Error("AccessDenied"), {}],
    ["somebody started it", failed(3), { input: '{"cluster_name":"prod"}' }],
    ["nobody knows what it was started with", failed(3), { input: null }],
  ])("is not told where %s", async (_why, before, event) => {
    expect(await works(before, event)).toEqual([]);
  });

  it("is asked what it was started with where the event does not say it", async () => {
    expect(
      await works(failed(3), { input: null }, () => Promise.resolve({ input: JSON.stringify(SCHEDULED) })),
    ).toHaveLength(1);
  });
});

describe("the runs before one", () => {
  const uuid = (digit: string) => [8, 4, 4, 4, 12].map((length) => digit.repeat(length)).join("-");
  const run = (name: string, status: string, secondsAgo?: number) =>
    ({
      ...{ executionArn: `arn:${name}`, name, status },
      ...(secondsAgo === undefined
        ? {}
        : { startDate: new Date(ago(secondsAgo + 9)), stopDate: new Date(ago(secondsAgo)) }),
    }) as never;
  const byRule = (digit: string) => `${uuid(digit)}_${uuid(digit)}`;

  it("are those that ended before it and are named as it is, the latest to begin first", () => {
    const listed = [
      run(byRule("1"), "RUNNING"),
      run(byRule("2"), "FAILED", 100),
      run(uuid("3"), "FAILED", 90),
      run("by-hand", "SUCCEEDED", 80),
      run(byRule("a"), "SUCCEEDED", 50),
      run(byRule("5"), "FAILED", 10),
      run(byRule("6"), "FAILED", 70),
    ];
    const own = { id: "arn:own", name: byRule("7"), stopped: NOW.getTime() - 40_000 };
    const names = runsBefore(listed, own).map(({ name }) => name);

    expect(names).toEqual([byRule("a"), byRule("6"), byRule("2")]);
    expect(runsBefore(listed, { id: "arn:own", name: "run by a person" })).toEqual([]);
  });

  it("cannot be asked for where there is no AWS, which is an error", async () => {
    await expect(
      failedSinceSuccess({ id: "arn:aws:states:nowhere:0:execution:none:run", name: "run" }),
    ).rejects.toThrow();
  });
});
