import { describe, expect, it } from "vitest";
import type { NotifyEnvironment } from "../../../functions/notify/environment.ts";
import { settledBy, tellingOf, type FailedRun } from "../../../functions/executions/failures-in-a-row.ts";
import { notify } from "../../../functions/notify/handler.ts";
import type { Notification } from "../../../functions/notify/notification.ts";
import { RemediationError } from "../../../functions/shared/errors.ts";
import { NOW, policy } from "../../support/objects.ts";
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

const RULES = policy();
const MINUTE = 60_000;

const whole = (runs: readonly FailedRun[]) => ({ runs, isWhole: true });

function environmentAfter(
  before: FailedRun[] | Error | undefined,
  sent: Notification[],
  hasWorked = false,
): NotifyEnvironment {
  const failedBefore = () => (before instanceof Error ? Promise.reject(before) : Promise.resolve(whole(before ?? [])));
  return {
    ...unreachableEnvironment(new Error("not used"), sent),
    now: () => NOW,
    ...(before === undefined
      ? {}
      : {
          pastRuns: {
            failedBefore,
            workedSince: () => Promise.resolve(hasWorked),
            outcomesBefore: () => Promise.resolve([]),
          },
        }),
  };
}

/**
 * The minutes in which people are told, of runs that come each minute: `-` for one that fails, `+` for that they work again.
 * @param fails which of them fail
 */
function played(minutes: number, fails: (minute: number) => boolean, error = "ClusterUnreachable"): string[] {
  const told: string[] = [];
  let runs: FailedRun[] = [];
  const begin = Date.parse("2026-06-01T00:00:00Z");
  for (let minute = 0, shown = 0; minute < minutes; minute++) {
    const at = new Date(begin + minute * MINUTE);
    if (fails(minute)) {
      if (tellingOf(error, whole(runs), RULES, at).isTold) told.push(`-${minute}`);
      runs = [{ at, error }, ...runs].slice(0, 1_000);
    } else {
      const since = settledBy(at, whole(runs), RULES)?.since.getTime() ?? shown;
      if (since > shown) told.push(`+${minute}`);
      shown = since;
    }
  }
  return told;
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
    expect(runs[7]?.[0]).toContain(
      "It is scheduled run number 8 that fails since 2026-06-01T11:53:00Z; others may have worked in between. While that goes on, it is told again after pauses that double, and once a day; and once when none has failed for 10 min.",
    );
  });

  it("is told once a day when it has failed for long, and says no number that nobody has counted", () => {
    const midnight = new Date(`${NOW.toISOString().slice(0, 10)}T00:00:30.000Z`);
    const before = failed(900, "Forbidden", midnight);

    expect(tellingOf("Forbidden", whole(before), RULES, midnight)).toMatchObject({ isTold: true });
    expect(tellingOf("Forbidden", whole(before), RULES, midnight).words).toMatch(
      /^More than 500 scheduled runs have failed\./,
    );
    const later = new Date(midnight.getTime() + 60_000);
    expect(tellingOf("Forbidden", whole(failed(901, "Forbidden", later)), RULES, later).isTold).toBe(false);
  });

  it("is told at once when it fails otherwise than those before, and counts what fails alike", () => {
    const mixed = [...failed(2, "Unauthorized"), ...failed(3, "ClusterUnreachable")];

    expect(tellingOf("Forbidden", whole(mixed), RULES, NOW)).toEqual({ isTold: true, words: "" });
    expect(tellingOf("Unauthorized", whole(mixed), RULES, NOW).isTold).toBe(false);
    expect(tellingOf("ClusterUnreachable", whole(mixed), RULES, NOW).isTold).toBe(true);
  });

  it("takes what was not asked for its error for one that failed alike", () => {
    const before = [...failed(16, "Unauthorized"), ...failed(15)];

    expect(tellingOf("Unauthorized", whole(before), RULES, NOW).isTold).toBe(true);
    expect(tellingOf("Unauthorized", whole(before.slice(1)), RULES, NOW).isTold).toBe(false);
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

describe("scheduled runs that fail and work in turn", () => {
  const everyFew = (few: number) => (minute: number) => minute % few === 0;

  it("are told after pauses that double while they fail every other minute, and once that they work when they do", () => {
    const told = played(240, (minute) => minute < 120 && minute % 2 === 0);

    expect(told).toEqual(["-0", "-2", "-6", "-14", "-30", "-62", "+128"]);
  });

  it.each([2, 7, 11, 17, 32, 45, 90, 359])("are told few times a day while one in %i fails", (few) => {
    const days = 4;
    const told = played(days * 1_440, everyFew(few));

    expect(told.length).toBeLessThan(18 + 2 * days);
    // And each day.
    for (let day = 0; day < days; day++) {
      expect(told.some((entry) => Math.floor(Number(entry.slice(1)) / 1_440) === day)).toBe(true);
    }
  });

  it("are told at once when they fail after people were told that they work, and not more than twice a day for long", () => {
    const outage = (from: number, until: number) => (minute: number) => minute >= from && minute < until;
    const [morning, noon] = [outage(0, 60), outage(300, 420)];

    expect(played(600, (minute) => morning(minute) || noon(minute))).toEqual([
      "-0",
      "-1",
      "-3",
      "-7",
      "-15",
      "-31",
      "+69",
      "-300",
      "-301",
      "-303",
      "-307",
      "-315",
      "-331",
      "-363",
      "+439",
    ]);
  });

  it("begin anew after a day without a failure", () => {
    expect(played(3 * 1_440, (minute) => minute % 1_500 === 0)).toEqual([
      "-0",
      "+10",
      "-1500",
      "+1510",
      "-3000",
      "+3010",
    ]);
  });

  it("have to work for as long as two of them are apart", () => {
    const seldom = policy({ schedule_seconds: 1_800 });
    const [last] = failed(1);
    const after = (minutes: number) => new Date((last?.at.getTime() ?? 0) + minutes * MINUTE);

    expect(settledBy(after(59), whole(failed(1)), seldom)).toBeUndefined();
    expect(settledBy(after(60), whole(failed(1)), seldom)?.since).toEqual(after(60));
  });

  it("are told when they begin, and once a day, where so much else fails that they cannot be counted", () => {
    const some = { runs: failed(31, "Forbidden"), isWhole: false };

    expect(tellingOf("Forbidden", some, RULES, NOW)).toMatchObject({ isTold: false });
    expect(tellingOf("Forbidden", some, RULES, NOW).words).toMatch(/^More than 31 scheduled runs have failed\./);
    expect(tellingOf("Forbidden", { runs: [], isWhole: false }, RULES, NOW).isTold).toBe(true);
    expect(tellingOf("Unauthorized", some, RULES, NOW).isTold).toBe(true);
  });

  it("are told by the next one where that one could not be told", () => {
    const undelivered = { at: new Date(NOW.getTime() - MINUTE), error: "NotificationFailed" };
    const older = failed(7, "Forbidden", undelivered.at);

    expect(tellingOf("Forbidden", whole([undelivered]), RULES, NOW)).toEqual({ isTold: true, words: "" });
    expect(tellingOf("Forbidden", whole([undelivered, ...older]), RULES, NOW).isTold).toBe(true);
  });
});

describe("a scheduled run that works", () => {
  const HOUR_AGO = NOW.getTime() - 60 * MINUTE;
  const ended = {
    ...{ executionArn: EXECUTION.id, name: "run-1", status: "SUCCEEDED" },
    ...{ startDate: NOW.getTime() - 5_000, stopDate: NOW.getTime() },
  };
  const outage = failed(60, "ClusterUnreachable", new Date(HOUR_AGO));
  const works = async (
    before: FailedRun[] | Error | undefined,
    event: object = {},
    others: { describe?: NotifyEnvironment["describe"]; hasWorked?: boolean } = {},
  ) => {
    const sent: Notification[] = [];
    const environment = environmentAfter(before, sent, others.hasWorked);
    const input = JSON.stringify(SCHEDULED);
    const described = others.describe === undefined ? {} : { describe: others.describe };
    await notify({ ...environment, ...described })({ about: "execution", event: { ...ended, input, ...event } });
    return sent;
  };

  it("is told where those before it failed, and calls nobody", async () => {
    const [message, ...others] = await works(outage);

    expect(others).toEqual([]);
    expect(message?.subject).toBe("[prod] Remediation runs work again");
    expect(message?.document).toMatchObject({ outcome: "Recovered", cause: "RunFailed", needs_person: false });
    expect(message?.document.summary).toBe(
      "Scheduled runs work again: none has failed for 10 min, after 60 that failed, the last with ClusterUnreachable.",
    );
    expect(settledBy(NOW, whole(failed(1, undefined, new Date(HOUR_AGO))), RULES)?.words).toBe(
      "Scheduled runs work again: none has failed for 10 min, after one that failed.",
    );
  });

  it.each<[string, FailedRun[] | Error, object, boolean]>([
    ["none failed before it", [], {}, false],
    ["one failed a moment ago", failed(60), {}, false],
    ["it began before that was long enough ago", outage, { startDate: HOUR_AGO + 8 * MINUTE }, false],
    ["nobody knows when it began", outage, { startDate: null }, false],
    ["another one has told it", outage, {}, true],
    ["nobody can be asked", new Error("AccessDenied"), {}, false],
    ["somebody started it", outage, { input: '{"cluster_name":"prod"}' }, false],
    ["nobody knows what it was started with", outage, { input: null }, false],
  ])("is not told where %s", async (_why, before, event, hasWorked) => {
    expect(await works(before, event, { hasWorked })).toEqual([]);
  });

  it("is asked what it was started with where the event does not say it", async () => {
    const describe = () => Promise.resolve({ input: JSON.stringify(SCHEDULED) });

    expect(await works(outage, { input: null }, { describe })).toHaveLength(1);
  });
});

it("that the policy is refused is told as any other failure, after the pauses of the default policy", async () => {
  const sent: Notification[] = [];
  const refused = () => {
    throw new RemediationError("InvalidPolicy", "The policy is not valid JSON.");
  };
  const tell = async (before: FailedRun[]) => {
    const error = { Error: "InvalidPolicy", Cause: "" };
    const failure = { about: "failure", request: SCHEDULED, error, execution: EXECUTION };
    await notify({ ...environmentAfter(before, sent), policy: refused })(failure);
    return sent.length;
  };

  expect(await tell([])).toBe(1);
  expect(await tell(failed(1, "InvalidPolicy"))).toBe(2);
  expect(await tell(failed(2, "InvalidPolicy"))).toBe(2);
});

describe("a scheduled run that ends past every Catch of its definition", () => {
  /** What people are told of it, as EventBridge tells of its end. */
  async function ended(before: FailedRun[], error: string, request: object = SCHEDULED) {
    const sent: Notification[] = [];
    const { id: executionArn, name } = EXECUTION;
    const event = { executionArn, name, status: "FAILED", input: JSON.stringify(request), error, cause: "Too large." };
    await notify(environmentAfter(before, sent))({ about: "execution", event });
    return sent.map(({ document }) => document.summary);
  }

  it.each(["States.Runtime", "States.DataLimitExceeded"])(
    "is told with pauses that double where each run meets it, and what may stand: %s",
    async (error) => {
      const runs = await Promise.all(Array.from({ length: 20 }, (_, number) => ended(failed(number, error), error)));

      expect(runs.flatMap((messages, index) => messages.map(() => index + 1))).toEqual([1, 2, 4, 8, 16]);
      expect(runs[0]?.[0]).toContain("A remedy that it had begun may still be in place");
      expect(runs[7]?.[0]).toContain("It is scheduled run number 8 that fails");
    },
  );

  it("is told each time where somebody asked for it, or a workload is without an outcome", async () => {
    expect(await ended(failed(4, "States.Runtime"), "States.Runtime", { cluster_name: "prod" })).toHaveLength(1);
    expect(await ended(failed(4, "WorkloadWithoutOutcome"), "WorkloadWithoutOutcome")).toHaveLength(1);
  });
});
