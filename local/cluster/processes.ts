import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** How long a process may take to end when it is asked to, before it is made to. */
const GRACE_MS = 8_000;

/** One program of the control plane, with its output in a log file. */
export interface Component {
  name: string;
  pid: number;
  /** Settles when the process ends, with its exit code or signal. */
  ended: Promise<string>;
  /** Ends it: first by asking. */
  stop: () => Promise<void>;
  /** The end of its log. */
  logTail: () => string;
}

/** Starts a program. Its standard output and error go to `logFile`. */
export function startComponent(name: string, binary: string, args: string[], logFile: string): Component {
  const log = openSync(logFile, "a");
  // A process group of its own: Ctrl-C reaches only the supervisor, which then stops the components in order.
  const child = spawn(binary, args, { stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => {
      resolve(signal ?? `exit code ${code ?? "none"}`);
    });
    child.once("error", (error) => {
      resolve(error.message);
    });
  });
  return {
    name,
    pid: child.pid ?? -1,
    ended,
    stop: () => stopChild(child, ended),
    logTail: () =>
      existsSync(logFile) ? readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-8).join("\n") : "",
  };
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGTERM");
  const late = await Promise.race([ended.then(() => false), sleep(GRACE_MS, true, { ref: false })]);
  if (late) child.kill("SIGKILL");
  await ended;
}
