import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { run } from "./commands.ts";

const MAIN = "local/command-line/main.ts";

/** What a command said of what the stack reads at run time. */
export interface Said {
  of: string;
  holds_from: string;
}

/** A command on what the stack reads at run time; waits until it holds. */
export async function say(...args: string[]): Promise<Said> {
  const command = ["node", MAIN, ...args, "--path", inject("site").SettingsPath, "--json"];
  const said = JSON.parse(await run(command)) as Said;
  await sleep(Math.max(0, Date.parse(said.holds_from) - Date.now()));
  return said;
}

/** Sets these entries, and no others. */
export async function set(entries: object[]): Promise<void> {
  const file = join(inject("site").directory, "settings.json");
  writeFileSync(file, JSON.stringify({ entries }));
  await say("settings", "--set", file);
}

/** A command that looks back, on the stack's table. @returns what it printed, an object a line */
export async function lookBack(...args: string[]): Promise<unknown[]> {
  const { RecordTableName } = inject("site");
  const printed = await run(["node", MAIN, ...args, "--table", RecordTableName, "--json"]);
  const lines = printed.trim().split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as unknown);
}
