/**
 * Preloaded by `--require`, it puts the wall clock of a process and of its threads ahead: `Date` and
 * `performance.timeOrigin`. Timers and `performance.now()` go on as they do, and whatever is no JavaScript, such as files'
 * times and the validity of certificates, keeps the machine's clock.
 */

/** How far ahead, in milliseconds: past every day of a year, and every validity of a year. */
const AHEAD_MS = 400 * 86_400_000;

const machineNow = Date.now;
Date.now = () => machineNow() + AHEAD_MS;

const Later = new Proxy(Date, {
  apply: () => new Date(Date.now()).toString(),
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [Date.now()] : args, newTarget) as Date,
});
Date.prototype.constructor = Later;
globalThis.Date = Later;

Object.defineProperty(performance, "timeOrigin", { value: performance.timeOrigin + AHEAD_MS });
