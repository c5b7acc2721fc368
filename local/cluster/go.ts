import { spawn } from "node:child_process";
import { ClusterError } from "./errors.ts";

/** A version of Go, its patches apart. */
export type GoVersion = [major: number, minor: number];

/** The Go version in a go.mod's text, or in what `go version` prints: `[1, 26]`. */
export function goVersion(text: string): GoVersion {
  const match = /^go (\d+)\.(\d+)|go(\d+)\.(\d+)/m.exec(text);
  if (match === null) throw new ClusterError(`This names no Go version: ${text.slice(0, 80)}`);
  return [Number(match[1] ?? match[3]), Number(match[2] ?? match[4])];
}

/**
 * Makes sure that the Go on the PATH is as new as the newest of these versions.
 * @throws ClusterError when it is older, or when there is none; it says what to install
 */
export async function assertGo(versions: GoVersion[]): Promise<void> {
  const needed = versions.toSorted(byVersion).at(-1) ?? [1, 0];
  const install = `Install Go ${needed.join(".")} or newer (https://go.dev/doc/install, or your system's packages) and try again.`;
  let printed: string;
  try {
    printed = await runGo(["version"], process.cwd());
  } catch {
    throw new ClusterError(`What is missing is built from source, and there is no Go on the PATH. ${install}`);
  }
  const found = goVersion(printed);
  if (byVersion(found, needed) < 0) {
    throw new ClusterError(`Go ${found.join(".")} is too old to build what is missing. ${install}`);
  }
}

/**
 * Runs a Go command in a directory, and returns what it prints. Binaries come out static.
 * @throws Error with the end of what it printed, or when the signal aborts it
 */
export async function runGo(args: string[], cwd: string, signal?: AbortSignal): Promise<string> {
  return await new Promise((resolve, reject) => {
    const child = spawn("go", args, {
      cwd,
      env: { ...process.env, CGO_ENABLED: "0" },
      // Interrupted, the Go command also ends the compilers that it started.
      ...(signal === undefined ? {} : { signal, killSignal: "SIGINT" as const }),
    });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(output.trim().slice(-2_000) || `exit code ${code ?? "none"}`));
    });
  });
}

function byVersion(a: GoVersion, b: GoVersion): number {
  return a[0] - b[0] || a[1] - b[1];
}
