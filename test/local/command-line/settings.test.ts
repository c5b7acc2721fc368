import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parseSwitch } from "../../../functions/shared/settings.ts";
import type { Chosen } from "../../../local/command-line/record-commands.ts";
import { addSettingsCommands } from "../../../local/command-line/settings-commands.ts";
import { startParameterStore, type ParameterStore } from "../../support/parameter-store.ts";

const PATH = "/eks-remediation/mine/Remediation";
const OF = "arn:aws:eks:eu-west-1:111122223333:cluster/prod";

let store: ParameterStore;
let directory: string;
beforeAll(async () => {
  store = await startParameterStore();
  directory = mkdtempSync(join(tmpdir(), "settings-"));
  vi.stubEnv("AWS_ENDPOINT_URL_SSM", store.url);
  vi.stubEnv("AWS_ENDPOINT_URL_STS", store.url);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await store.stop();
  rmSync(directory, { recursive: true });
});
beforeEach(() => {
  store.values.clear();
  store.failing = undefined;
  store.values.set(`${PATH}/of`, OF);
});

/** How a command ended: its exit code and what it printed, or the error that it is told by. */
interface Ended {
  code: number | undefined;
  stdout: string;
  error: string;
}

/** Runs a command as the command line does, in this process. */
async function command(...args: string[]): Promise<Ended> {
  const program = new Command("eks-remediation").exitOverride().configureOutput({ writeErr: () => undefined });
  let chosen: Chosen | undefined;
  addSettingsCommands(program, (given) => (chosen = given));
  for (const each of program.commands) each.exitOverride().configureOutput({ writeErr: () => undefined });
  const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const stdout = () => printed.mock.calls.map(([text]) => String(text)).join("");
  try {
    program.parse(args, { from: "user" });
    const code = await chosen?.run();
    return { code, stdout: stdout(), error: "" };
  } catch (error) {
    const { name, message } = error as Error;
    return { code: undefined, stdout: stdout(), error: `${name}: ${message}` };
  } finally {
    printed.mockRestore();
  }
}
const here = (...args: string[]) => command(...args, "--path", PATH);

function file(text: string): string {
  const name = join(directory, "settings.json");
  writeFileSync(name, text);
  return name;
}

describe("what a deployed stack may do", () => {
  it("is stopped for a reason, shown to be, and resumed; what is set stays", async () => {
    const set = await here("settings", "--set", file('{ "entries": [{ "modes": { "found": "observe" } }] }'));
    expect(set, set.error).toMatchObject({ code: 0 });
    expect(set.stdout).toContain(`Set: 1 entry holds for the deployment for ${OF}, at the latest from 20`);

    const before = Date.now();
    const stopped = await here("stop", "--reason", "a bad release", "--json");
    expect(stopped, stopped.error).toMatchObject({ code: 0 });
    const { holds_from, by, ...said } = JSON.parse(stopped.stdout) as { holds_from: string; by: string };
    expect(said).toEqual({ path: PATH, of: OF, stopped: true, reason: "a bad release" });
    expect(Date.parse(holds_from)).toBeGreaterThanOrEqual(before + 30_000);
    expect(parseSwitch(store.values.get(`${PATH}/stop`))).toMatchObject({ by, reason: "a bad release" });

    const shown = await here("settings", "--json");
    expect(JSON.parse(shown.stdout)).toMatchObject({
      stopped: { reason: "a bad release" },
      settings: { entries: [{ modes: { found: "observe" } }] },
    });
    const anew = await here("settings", "--set", file('{ "entries": [] }'));
    expect(anew.stdout).toContain("(a bad release), which stays.");
    expect(parseSwitch(store.values.get(`${PATH}/stop`))).toBeDefined();

    const resumed = await here("resume");
    expect(resumed.stdout).toContain(`Resumed: at the latest from `);
    expect(parseSwitch(store.values.get(`${PATH}/stop`))).toBeUndefined();
    expect((await here("resume")).stdout).toContain("It was not stopped.");
  });

  it("is not set where no deployment reads it", async () => {
    for (const args of [["stop"], ["resume"], ["settings"], ["settings", "--set", file("{}")]]) {
      const { code, error } = await command(...args, "--path", "/eks-remediation/other");
      expect(code, args.join(" ")).toBeUndefined();
      expect(error).toContain("SettingsUnavailable: No deployment in this account and region reads");
    }
    expect([...store.values.keys()]).toEqual([`${PATH}/of`]);
  });

  it("is not set with what the functions would refuse, or that has no room", async () => {
    const entries = Array.from({ length: 150 }, (_, at) => ({
      clusters: [`c-${at}-${"x".repeat(50)}`],
      modes: { all: "off" },
    }));
    for (const [text, words] of [
      ["{", "is refused: "],
      ['{"entries":[{"modes":{"all":"none"}}]}', "entries.0.modes.all"],
      [JSON.stringify({ entries }), "a parameter holds 8192"],
    ] as const) {
      const { code, error } = await here("settings", "--set", file(text));
      expect({ code, error }).toMatchObject({ code: undefined, error: expect.stringContaining(words) as string });
    }
    expect((await here("settings", "--set", join(directory, "none.json"))).error).toContain("cannot be read");
    expect([...store.values.keys()]).toEqual([`${PATH}/of`]);
  });

  it("that is malformed is shown as something for a person, and can be stopped all the same", async () => {
    store.values.set(`${PATH}/settings`, "{");
    const shown = await here("settings");
    expect(shown.code).toBe(2);
    expect(shown.stdout).toContain("What is set cannot be used, so nothing is changed by anybody:");
    expect((await here("stop")).code).toBe(0);
    expect(parseSwitch(store.values.get(`${PATH}/stop`))).toBeDefined();
  });

  it("is left as it is where AWS refuses, which is said", async () => {
    store.failing = "AccessDeniedException";
    const { code, error } = await here("stop");
    expect(code).toBeUndefined();
    expect(error).toContain(
      "SettingsUnavailable: What is set at run time cannot be read: AccessDeniedException: It was said.",
    );
  });

  it.each([["stop"], ["stop", "--path", "mine"], ["stop", "--path", PATH, "--reason", "x".repeat(301)]])(
    "is not touched by %s %s %s",
    async (...args) => {
      const { code } = await command(...args);
      expect(code).toBeUndefined();
      expect([...store.values.keys()]).toEqual([`${PATH}/of`]);
    },
  );
});
