import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** Where a program says what it does, and what it finds in its environment beside what is there. */
interface ProgramOptions {
  log: string;
  env?: Record<string, string>;
}

/** Starts a program of a tool. @returns what ends it */
export function startProgram(program: string, args: string[], { log, env = {} }: ProgramOptions): () => Promise<void> {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const file = createWriteStream(log);
  child.stdout.pipe(file);
  child.stderr.pipe(file);
  const ended = new Promise<void>((resolve) =>
    child.once("exit", () => {
      resolve();
    }),
  );
  return async () => {
    child.kill();
    await ended;
  };
}

/** A kind is served a moment after its definition is there. */
export async function untilServed(ask: () => Promise<unknown>): Promise<void> {
  for (let left = 60; ; left--) {
    try {
      await ask();
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
    await sleep(1_000);
  }
}
