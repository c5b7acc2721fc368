import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../../local/command-line/main.ts", import.meta.url));
const TERMINAL = fileURLToPath(new URL("as-on-terminal.ts", import.meta.url));

/** How the command line ended. */
export interface Ended {
  /** As a shell has it: 128 and the signal's number for a process that a signal ended. */
  code: number;
  stdout: string;
  stderr: string;
}

export interface StartOptions {
  /** Lets it believe that somebody sits at a terminal. */
  terminal?: boolean;
  environment?: Record<string, string>;
}

/** The command line in a process of its own, as a user starts it. */
export class CommandLine {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Ended>;
  #stdout = "";
  #stderr = "";

  constructor(args: readonly string[], { terminal = false, environment = {} }: StartOptions = {}) {
    const preload = terminal ? ["--import", TERMINAL] : [];
    // Whoever runs the tests may have asked for colours.
    const { FORCE_COLOR: _dropped, ...inherited } = process.env;
    const child = spawn(process.execPath, [...preload, MAIN, ...args], { env: { ...inherited, ...environment } });
    child.stdout.on("data", (chunk: Buffer) => (this.#stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (this.#stderr += chunk.toString()));
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.on("close", (code, signal) => {
        const ended = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
        resolve({ code: ended, stdout: this.#stdout, stderr: this.#stderr });
      });
    });
  }

  /** Waits until it has printed a text. @throws Error when it ends without */
  async printed(text: string): Promise<void> {
    const printed = async () => {
      while (!`${this.#stdout}${this.#stderr}`.includes(text)) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    await this.before(printed(), text);
  }

  /** Waits for something that happens while it runs. @throws Error when it ends first */
  async before(happens: Promise<void>, what: string): Promise<void> {
    const early = this.#ended.then(({ stdout, stderr }) => {
      throw new Error(`It ended before ${what}:\n${stdout}\n${stderr}`);
    });
    await Promise.race([happens, early]);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Types on its keyboard. */
  type(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Ends its input, as whoever has started it does. */
  endInput(): void {
    this.#child.stdin?.end();
  }

  ended(): Promise<Ended> {
    return this.#ended;
  }
}

/** Runs the command line to its end. */
export async function run(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  return await new CommandLine(args, options).ended();
}

/** How node begins a line of a stack trace, and the errors that nobody caught. */
export const STACK_TRACE = /^ {4}at |Unhandled|ERR_|Warning: Detected unsettled/m;
