import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";

const DAY_MS = 86_400_000;
const MOMENTS = "[Date.now(), new Date().getTime(), Date.parse(Date()), performance.timeOrigin + performance.now()]";

/** The machine's clock, as the kernel dates a directory that is made now. */
function machineNow(): number {
  const directory = mkdtempSync(join(tmpdir(), "clock-"));
  const { mtimeMs } = statSync(directory);
  rmSync(directory, { recursive: true });
  return mtimeMs;
}

function expectAhead(moments: number[]): void {
  expect(moments.map((moment) => Math.round((moment - machineNow()) / DAY_MS))).toEqual([400, 400, 400, 400]);
}

it("the tests run 400 days from now", () => {
  expectAhead([Date.now(), new Date().getTime(), Date.parse(Date()), performance.timeOrigin + performance.now()]);
});

it("a process that a test starts runs 400 days from now, too", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["-p", `JSON.stringify(${MOMENTS})`]);

  expectAhead(JSON.parse(stdout) as number[]);
});

it("a thread that a test starts runs 400 days from now, too", async () => {
  const thread = new Worker(`require("node:worker_threads").parentPort.postMessage(${MOMENTS})`, { eval: true });
  const moments = await new Promise<number[]>((resolve, reject) => {
    thread.once("message", resolve).once("error", reject);
  });

  expectAhead(moments);
});

it("a given moment stays what it is", () => {
  const moment = new Date("2026-06-01T12:00:00Z");

  expect(moment.toISOString()).toBe("2026-06-01T12:00:00.000Z");
  expect(moment).toBeInstanceOf(Date);
  expect(structuredClone(moment)).toEqual(moment);
  expect(new Date(2026, 5, 1, 12).getMonth()).toBe(5);
});
