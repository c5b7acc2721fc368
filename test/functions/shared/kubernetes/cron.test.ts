import { describe, expect, it } from "vitest";
import { firstDue, parseSchedule } from "../../../../functions/shared/kubernetes/cron.ts";

/** When a schedule is due first after a moment, within a hundred years of it. */
function next(text: string, after: string, zone?: string): string | undefined {
  const schedule = parseSchedule(text);
  if (schedule === undefined) throw new Error(`${text} is not understood`);
  const until = new Date(Date.parse(after) + 100 * 365 * 86_400_000);
  return firstDue(schedule, zone, new Date(after), until)?.toISOString().replace(".000Z", "Z");
}

describe("a schedule", () => {
  it.each([
    ["each minute", "* * * * *", "2026-06-01T12:00:00Z", "2026-06-01T12:01:00Z"],
    ["each minute, between two", "* * * * *", "2026-06-01T12:00:30Z", "2026-06-01T12:01:00Z"],
    ["in steps", "*/15 * * * *", "2026-06-01T12:46:00Z", "2026-06-01T13:00:00Z"],
    ["in steps from a number on", "50/4 * * * *", "2026-06-01T12:54:00Z", "2026-06-01T12:58:00Z"],
    ["in a range, in steps", "0 8-18/5 * * *", "2026-06-01T08:00:00Z", "2026-06-01T13:00:00Z"],
    ["in a list", "5,35 * * * *", "2026-06-01T12:05:00Z", "2026-06-01T12:35:00Z"],
    ["daily", "0 2 * * *", "2026-06-01T02:00:00Z", "2026-06-02T02:00:00Z"],
    ["on working days", "0 9 * * MON-Fri", "2026-06-05T09:00:00Z", "2026-06-08T09:00:00Z"],
    ["weekly", "@weekly", "2026-06-01T00:00:00Z", "2026-06-07T00:00:00Z"],
    ["monthly, where the next month is too short", "0 0 31 * *", "2026-05-31T00:00:00Z", "2026-07-31T00:00:00Z"],
    ["yearly", "0 0 1 jan ?", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["on either of two kinds of day", "0 0 13 * 5", "2026-06-05T00:00:00Z", "2026-06-12T00:00:00Z"],
    ["on either of two kinds of day, the other", "0 0 13 * 5", "2026-06-12T00:00:00Z", "2026-06-13T00:00:00Z"],
    ["on both where one is open", "0 0 * * 5", "2026-06-05T00:00:00Z", "2026-06-12T00:00:00Z"],
    ["on either where a star has steps", "0 0 */10 * 5", "2026-06-12T00:00:00Z", "2026-06-19T00:00:00Z"],
    ["on either where a star has steps, the other", "0 0 */10 * 5", "2026-06-19T00:00:00Z", "2026-06-21T00:00:00Z"],
  ])("is due %s", (_how, schedule, after, due) => {
    expect(next(schedule, after)).toBe(due);
  });

  it.each([
    ["in summer", "0 2 * * *", "2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z"],
    ["in winter", "0 2 * * *", "2026-12-01T01:00:00Z", "2026-12-02T01:00:00Z"],
    ["not on the day on which its hour is left out", "30 2 * * *", "2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z"],
    ["again in the hour that comes twice", "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"],
    ["on the day that it is there", "0 0 1 * *", "2026-06-15T00:00:00Z", "2026-06-30T22:00:00Z"],
  ])("goes by the clocks of its time zone, %s", (_how, schedule, after, due) => {
    expect(next(schedule, after, "Europe/Berlin")).toBe(due);
  });

  it("goes by clocks that are not whole hours apart", () => {
    expect(next("0 9 * * *", "2026-06-01T03:30:00Z", "Asia/Kolkata")).toBe("2026-06-02T03:30:00Z");
  });

  it("is not due before the moment that matters, nor ever on a day that there is not", () => {
    const daily = parseSchedule("0 2 * * *");
    const until = new Date("2026-06-02T01:59:59Z");
    expect(daily && firstDue(daily, undefined, new Date("2026-06-01T02:00:00Z"), until)).toBeUndefined();
    expect(next("0 0 31 2 *", "2026-06-01T00:00:00Z")).toBeUndefined();
    expect(next("0 0 31 2 *", "2026-06-01T00:00:00Z", "America/New_York")).toBeUndefined();
  });

  it("is due at no known time in a zone that is not known", () => {
    expect(next("* * * * *", "2026-06-01T12:00:00Z", "Mars/Olympus")).toBeUndefined();
  });

  it.each(["", "* * * *", "* * * * * *", "@every 1h", "TZ=UTC 0 2 * * *", "60 * * * *", "* 24 * * *", "* * 0 * *"])(
    "that reads %j is not understood",
    (text) => {
      expect(parseSchedule(text)).toBeUndefined();
    },
  );

  it.each(["* * * 13 *", "* * * * 7", "5-1 * * * *", "*/0 * * * *", "1-2-3 * * * *", "a * * * *", "1,,2 * * * *"])(
    "that reads %j is not understood, either",
    (text) => {
      expect(parseSchedule(text)).toBeUndefined();
    },
  );
});
