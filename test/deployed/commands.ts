import { spawn } from "node:child_process";
import { delimiter, dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The project's folder, where the documented commands are run. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A command that ended without success, with the end of what it said. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

export interface CommandOptions {
  env?: Readonly<Record<string, string>>;
  /** Standard input; by default there is none. */
  input?: string;
  /** Interrupts the command. */
  signal?: AbortSignal;
  /** Where it runs; the project's folder by default. */
  cwd?: string;
}

/**
 * Runs a command, in the project's folder where no other is given, with the project's own Node and tools first on the PATH.
 * @returns what it wrote to standard output
 * @throws CommandError when it does not end well
 */
export async function run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { env = {}, input, signal, cwd = ROOT } = options;
  const [program = "", ...args] = command;
  return await new Promise((done, refuse) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, PATH: toolPath(process.env["PATH"]), NO_COLOR: "1", ...env },
      ...(signal === undefined ? {} : { signal, killSignal: "SIGINT" as const }),
    });
    let said = "";
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      said += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
    child.on("error", refuse);
    child.on("close", (code, endedBy) => {
      if (code === 0) done(output);
      else refuse(new CommandError(`${command.join(" ")} ended with ${code ?? endedBy ?? ""}:\n${tail(said)}`));
    });
    child.stdin.on("error", () => undefined).end(input);
  });
}

/** A PATH that finds the project's Node and tools before the machine's. */
export function toolPath(path = "", ...first: string[]): string {
  return [...first, resolve(ROOT, "node_modules/.bin"), dirname(process.execPath), path].join(delimiter);
}

function tail(text: string): string {
  return text.trim().split("\n").slice(-40).join("\n");
}
