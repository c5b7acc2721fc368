import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isRunning, readState, refOf, takeDirectory, writeState } from "../../../local/cluster/directory.ts";

let parent: string;
let directory: string;
let children: ChildProcess[];
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "directory-"));
  directory = join(parent, "cluster");
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(parent, { recursive: true });
});

/** A process that runs until the end of the test, if nothing ends it before. */
function idle(): { pid: number; ended: Promise<unknown> } {
  const child = spawn("sleep", ["600"], { stdio: "ignore" });
  children.push(child);
  return {
    pid: child.pid ?? -1,
    ended: new Promise((done) =>
      child.once("exit", (_code, signal) => {
        done(signal);
      }),
    ),
  };
}

/** A process that has ended, whose number another one has by now. */
const GONE = { pid: 1, started: "Thu Jan  1 00:00:00 1970" };

describe("the directory of a cluster", () => {
  it("is made for it, and for its owner's eyes only", () => {
    takeDirectory(directory);

    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(readState(directory)).toBeUndefined();
  });

  it("may be there already when it is empty", () => {
    mkdirSync(directory);

    expect(() => {
      takeDirectory(directory);
    }).not.toThrow();
  });

  it("is refused, and left as it is, when it holds something else", () => {
    mkdirSync(directory);
    writeFileSync(join(directory, "thesis.tex"), "");

    expect(() => {
      takeDirectory(directory);
    }).toThrow("is not a cluster's directory");
    expect(readdirSync(directory)).toEqual(["thesis.tex"]);
  });

  it("is refused while its cluster runs", () => {
    const supervisor = refOf(idle().pid);
    takeDirectory(directory);
    writeState(directory, { supervisor, components: [], ready: true });

    expect(() => {
      takeDirectory(directory);
    }).toThrow(`process ${supervisor.pid}`);
    expect(readState(directory)).toMatchObject({ supervisor, ready: true });
  });

  it("is cleaned of what a crashed cluster left, its components included", async () => {
    const component = idle();
    takeDirectory(directory);
    writeState(directory, { supervisor: GONE, components: [refOf(component.pid)], ready: true });
    mkdirSync(join(directory, "etcd"));
    takeDirectory(directory);

    expect(await component.ended).toBe("SIGKILL");
    expect(readdirSync(directory)).toEqual([]);
  });

  it("never costs a process its life that only got the number of a component", () => {
    const stranger = idle();
    takeDirectory(directory);
    writeState(directory, { supervisor: GONE, components: [{ ...GONE, pid: stranger.pid }], ready: true });
    takeDirectory(directory);

    expect(isRunning(refOf(stranger.pid))).toBe(true);
  });

  it("whose state is only half written holds no cluster yet", () => {
    mkdirSync(directory);
    writeFileSync(join(directory, "cluster.json"), '{"supervisor": {"pid"');

    expect(readState(directory)).toBeUndefined();
    expect(existsSync(directory)).toBe(true);
  });
});

describe("a process", () => {
  it("runs until it has ended, and then not even its own number is it", async () => {
    const process = idle();
    const ref = refOf(process.pid);

    expect(isRunning(ref)).toBe(true);
    children[0]?.kill("SIGKILL");
    await process.ended;
    expect(isRunning(ref)).toBe(false);
    expect(isRunning(refOf(process.pid))).toBe(false);
  });
});
