import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { isRunning, readState, type State } from "../../local/cluster/directory.ts";

const MAIN = fileURLToPath(new URL("../../local/cluster/main.ts", import.meta.url));

let parent: string;
let directory: string;
beforeAll(() => {
  parent = mkdtempSync(join(tmpdir(), "cluster-test-"));
  directory = join(parent, "cluster");
});
afterAll(() => {
  rmSync(parent, { recursive: true });
});

interface Run {
  process: ChildProcess;
  /** What it has printed so far. */
  said: () => string;
  ended: Promise<number | null>;
}

function cluster(args: string[] = [], env: NodeJS.ProcessEnv = process.env): Run {
  const child = spawn(process.execPath, [MAIN, "--directory", directory, ...args], { env });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { process: child, said: () => output, ended: new Promise((done) => child.once("close", done)) };
}

async function until(holds: () => boolean, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`Not so after ${seconds} s: ${holds.toString()}`);
    await sleep(100);
  }
}

/** The processes of the cluster that is ready in the directory. */
function stateOf(): State {
  const state = readState(directory);
  if (state?.ready !== true) throw new Error("No cluster is ready.");
  return state;
}

function expectNothingLeft(state: State): void {
  expect([state.supervisor, ...state.components].filter(isRunning)).toEqual([]);
  expect(existsSync(directory)).toBe(false);
}

describe("npm run cluster", () => {
  it("runs until Ctrl-C, refuses a second one in its directory meanwhile, and leaves nothing behind", async () => {
    const run = cluster();
    await until(() => run.said().includes("Ctrl-C stops it"));
    const state = stateOf();
    expect(state.components).toHaveLength(5);
    expect(readFileSync(join(directory, "kubeconfig"), "utf8")).toContain("https://127.0.0.1:");

    const second = cluster();
    expect(await second.ended).toBe(1);
    expect(second.said()).toContain("A cluster runs in");

    run.process.kill("SIGINT");
    run.process.kill("SIGINT"); // impatient
    expect(await run.ended).toBe(0);
    expectNothingLeft(state);
  });

  it("runs detached, and ends with --stop", async () => {
    const start = cluster(["--detach"]);
    expect(await start.ended).toBe(0);
    expect(start.said()).toContain(`--stop --directory ${directory}`);
    const state = stateOf();

    const stop = cluster(["--stop"]);
    expect(await stop.ended).toBe(0);
    expectNothingLeft(state);
    expect(await cluster(["--stop"]).ended).toBe(1);
  });

  it("cleans up after a supervisor that was killed", async () => {
    await cluster(["--detach"]).ended;
    const state = stateOf();
    process.kill(state.supervisor.pid, "SIGKILL");
    await until(() => !isRunning(state.supervisor));

    expect(await cluster(["--stop"]).ended).toBe(0);
    await until(() => !state.components.some(isRunning));
    expectNothingLeft(state);
  });

  it("says which component ended by itself, and stops the others", async () => {
    const run = cluster();
    await until(() => run.said().includes("Ctrl-C stops it"));
    const state = stateOf();
    const [etcd] = state.components;
    process.kill(etcd?.pid ?? 0, "SIGKILL");

    expect(await run.ended).toBe(1);
    expect(run.said()).toContain("etcd ended (SIGKILL)");
    expectNothingLeft(state);
  });

  it("stops when it is interrupted while it starts", async () => {
    const run = cluster();
    await until(() => run.said().includes("Starting kube-apiserver"));
    run.process.kill("SIGINT");

    expect(await run.ended).toBe(0);
    expect(run.said()).toContain("Stopped before it was ready.");
    expect(existsSync(directory)).toBe(false);
  });

  it("stops when it is interrupted while it builds", async () => {
    const cache = join(parent, "empty-cache");
    const run = cluster([], { ...process.env, XDG_CACHE_HOME: cache });
    await until(() => run.said().includes("Building etcd"));
    run.process.kill("SIGTERM");

    expect(await run.ended).toBe(0);
    expect(existsSync(directory)).toBe(false);
  });

  it("says what to install where there is no Go", async () => {
    const run = cluster([], { PATH: "/nowhere", XDG_CACHE_HOME: join(parent, "no-cache") });

    expect(await run.ended).toBe(1);
    expect(run.said()).toMatch(/no Go on the PATH\. Install Go 1\.\d+ or newer/);
  });

  it("does not take a directory that holds something else", async () => {
    const run = cluster(["--directory", fileURLToPath(new URL(".", import.meta.url))]);

    expect(await run.ended).toBe(1);
    expect(run.said()).toContain("is not a cluster's directory");
  });
});

it("the suite's cluster is of a version that EKS offers", async () => {
  const child = spawn(inject("kubectl"), ["--kubeconfig", inject("kubeconfig"), "version"]);
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((done) => child.once("close", done));

  expect(output).toMatch(/Server Version: v1\.3[4-9]\./);
});
