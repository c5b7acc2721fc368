import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClusterError } from "./errors.ts";

/** A process. Its id alone would not do: ids are used again. */
export interface ProcessRef {
  pid: number;
  /** When it was started, as `ps` prints it. */
  started: string;
}

/** What a running cluster writes down about itself, so that another process can find and stop it. */
export interface State {
  supervisor: ProcessRef;
  /** In the order in which they were started. */
  components: ProcessRef[];
  ready: boolean;
}

const STATE_FILE = "cluster.json";

/**
 * Takes a directory for a new cluster. What a crashed cluster left in it is cleaned up first.
 * @throws ClusterError when a cluster runs in it, or when it holds something else
 */
export function takeDirectory(directory: string): void {
  const state = readState(directory);
  if (state !== undefined) {
    if (isRunning(state.supervisor)) {
      throw new ClusterError(
        `A cluster runs in ${directory} already (process ${state.supervisor.pid}). Stop it with: npm run cluster -- --stop --directory ${directory}`,
      );
    }
    killComponents(state);
    rmSync(directory, { recursive: true, force: true });
  } else if (existsSync(directory) && readdirSync(directory).length > 0) {
    throw new ClusterError(`${directory} exists and is not a cluster's directory. Choose another with --directory.`);
  }
  mkdirSync(directory, { recursive: true, mode: 0o700 });
}

/** Writes down how far a cluster has come. */
export function writeState(directory: string, state: State): void {
  writeFileSync(join(directory, STATE_FILE), JSON.stringify(state));
}

/** What the cluster in this directory wrote down; undefined when there is none. */
export function readState(directory: string): State | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, STATE_FILE), "utf8")) as State;
  } catch {
    return undefined;
  }
}

/** Names a process that runs now. */
export function refOf(pid: number): ProcessRef {
  return { pid, started: startTime(pid) ?? "" };
}

/** Whether the process still runs. */
export function isRunning({ pid, started }: ProcessRef): boolean {
  return started !== "" && startTime(pid) === started;
}

/** Ends the components of a cluster whose supervisor is gone, the last one started first. */
export function killComponents({ components }: State): void {
  for (const component of components.toReversed()) {
    if (isRunning(component)) process.kill(component.pid, "SIGKILL");
  }
}

function startTime(pid: number): string | undefined {
  try {
    return execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}
