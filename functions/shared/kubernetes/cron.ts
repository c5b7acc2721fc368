/** When a CronJob is due: the values that each field of its schedule allows. */
export interface Schedule {
  minutes: ReadonlySet<number>;
  hours: ReadonlySet<number>;
  daysOfMonth: ReadonlySet<number>;
  months: ReadonlySet<number>;
  daysOfWeek: ReadonlySet<number>;
  /** Whether one of the two kinds of day is left open, so that the other decides; of two that are given, either will do. */
  isDayOpen: boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** So far ahead is looked for the next time. A schedule for the 29th of February may have none in it. */
const MOST_AHEAD_MS = 400 * DAY_MS;

const DESCRIPTORS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};
const MONTHS = ["", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/**
 * A schedule as the CronJob controller reads it; undefined for one that is not understood here, such as `@every 1h` or one
 * with a time zone in it.
 * Source: github.com/robfig/cron v3, parser.go, ParseStandard
 */
export function parseSchedule(text: string): Schedule | undefined {
  const fields = (DESCRIPTORS[text.trim()] ?? text).trim().split(/\s+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields;
  if (fields.length !== 5) return undefined;
  const minutes = valuesOf(minute, 0, 59);
  const hours = valuesOf(hour, 0, 23);
  const daysOfMonth = valuesOf(dayOfMonth, 1, 31);
  const months = valuesOf(month, 1, 12, MONTHS);
  const daysOfWeek = valuesOf(dayOfWeek, 0, 6, DAYS);
  if (!minutes || !hours || !daysOfMonth || !months || !daysOfWeek) return undefined;
  return { minutes, hours, daysOfMonth, months, daysOfWeek, isDayOpen: isOpen(dayOfMonth) || isOpen(dayOfWeek) };
}

/** Whether a part of the field stands for every value, by a star without a step. */
function isOpen(field = ""): boolean {
  return field.split(",").some((part) => /^[*?](-[^/]*)?(\/0*1)?$/.test(part));
}

/** The values of a field: a star, `5`, `1-5`, `5/15`, and several of these; undefined where it is none of that. */
function valuesOf(field = "", min: number, max: number, names: readonly string[] = []): Set<number> | undefined {
  const numberOf = (value: string) => {
    const named = names.indexOf(value.toLowerCase());
    return value !== "" && named >= 0 ? named : /^\d+$/.test(value) ? Number(value) : NaN;
  };
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const [, range = "", step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const [first = "", last, ...rest] = range.split("-");
    const isStar = first === "*" || first === "?";
    const from = isStar ? min : numberOf(first);
    const to = isStar || (last === undefined && step !== undefined) ? max : numberOf(last ?? first);
    const by = Number(step ?? 1);
    // What is not a number is neither smaller nor larger.
    if (rest.length > 0 || !(from >= min && to <= max && from <= to && by > 0)) return undefined;
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return values;
}

/**
 * The first moment after another at which a schedule is due; undefined where none comes by then, where none is near, or where
 * the time zone is not known.
 * @param zone by its IANA name; UTC where there is none, in which the controller of a managed control plane runs
 * @param until the latest moment that matters
 */
export function firstDue(schedule: Schedule, zone: string | undefined, after: Date, until: Date): Date | undefined {
  const clock = clockIn(zone);
  if (clock === undefined) return undefined;
  const end = Math.min(until.getTime(), after.getTime() + MOST_AHEAD_MS);
  let at = (Math.floor(after.getTime() / MINUTE_MS) + 1) * MINUTE_MS;
  while (at <= end) {
    const wait = waitAt(schedule, clock(at));
    if (wait === 0) return new Date(at);
    at += wait;
  }
  return undefined;
}

/** What a clock on the wall shows. */
interface WallClock {
  minute: number;
  hour: number;
  dayOfMonth: number;
  month: number;
  dayOfWeek: number;
}

/** How long it is not due in any case, in milliseconds: no longer than to the next hour on a day on which clocks may be changed. */
function waitAt(schedule: Schedule, { minute, hour, dayOfMonth, month, dayOfWeek }: WallClock): number {
  if (!schedule.months.has(month) && dayOfMonth < 27) return (27 - dayOfMonth) * DAY_MS;
  const isInMonth = schedule.daysOfMonth.has(dayOfMonth);
  const isInWeek = schedule.daysOfWeek.has(dayOfWeek);
  const isDay = schedule.isDayOpen ? isInMonth && isInWeek : isInMonth || isInWeek;
  const isToday = schedule.months.has(month) && isDay;
  if (!isToday && hour < 21) return (21 - hour) * HOUR_MS;
  if (!isToday || !schedule.hours.has(hour)) return (60 - minute) * MINUTE_MS;
  let next = minute;
  while (next < 60 && !schedule.minutes.has(next)) next++;
  return (next - minute) * MINUTE_MS;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Tells a moment by the clocks of a time zone; undefined where it is not known. */
function clockIn(zone: string | undefined): ((at: number) => WallClock) | undefined {
  if (zone === undefined) return (at) => wallClock(new Date(at));
  const format = formats.get(zone) ?? formatOf(zone);
  if (format === undefined) return undefined;
  formats.set(zone, format);
  return (at) => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
    return wallClock(new Date(Date.UTC(year, month - 1, day, hour, minute)));
  };
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const numeric = "numeric" as const;
  const fields = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric };
  try {
    return new Intl.DateTimeFormat("en-US", { ...fields, timeZone: zone, hourCycle: "h23" });
  } catch {
    return undefined;
  }
}

function wallClock(shown: Date): WallClock {
  return {
    minute: shown.getUTCMinutes(),
    hour: shown.getUTCHours(),
    dayOfMonth: shown.getUTCDate(),
    month: shown.getUTCMonth() + 1,
    dayOfWeek: shown.getUTCDay(),
  };
}
