import { readFileSync } from "node:fs";
import { InvalidArgumentError, type Command } from "commander";
import {
  HOLDS_WITHIN_SECONDS,
  parseSettings,
  parseSwitch,
  stoppedWords,
  type Settings,
  type Switch,
} from "../../functions/shared/settings.ts";
import { bounded } from "../../functions/shared/text.ts";
import type { Parameters } from "../settings/parameters.ts";
import { CommandLineError } from "./command-line-error.ts";
import type { Chosen } from "./record-commands.ts";
import { EXIT } from "./exit.ts";

interface PlaceOptions {
  path: string;
  region?: string;
  json?: boolean;
}

interface StopOptions extends PlaceOptions {
  reason?: string;
}

interface SettingsOptions extends PlaceOptions {
  set?: string;
}

/** How long a reason may be, in characters. */
const MAX_REASON = 300;
/** What a parameter of the advanced tier holds. Source: the AWS Systems Manager API reference, PutParameter */
const MAX_BYTES = 8_192;

/** A file that cannot be set, with what is wrong in it. */
class InvalidSettings extends CommandLineError {
  override readonly name = "InvalidSettings";
}

/**
 * Adds the commands that set what holds at run time.
 * @param choose is told what the command that was given does
 */
export function addSettingsCommands(command: Command, choose: (chosen: Chosen) => void): void {
  const commandFor = <Options extends PlaceOptions>(
    each: Command,
    run: (options: Options, parameters: Parameters) => Promise<number>,
  ) =>
    withPlace(each).action((options: Options) => {
      const { path, region, json = false } = options;
      choose({
        json,
        run: async () => {
          const { parametersAt } = await import("../settings/parameters.ts");
          return await run(options, parametersAt(path, region));
        },
      });
    });
  commandFor(
    command
      .command("stop")
      .description("Stop everything: a deployed stack begins no remedy any more, whoever asks.")
      .option("--reason <text>", "why, as people are told it", readReason),
    stop,
  );
  commandFor(command.command("resume").description("End a stop: a deployed stack begins remedies again."), resume);
  commandFor(
    command
      .command("settings")
      .description("Show what is set at run time for a deployed stack, or set it.")
      .option("--set <file>", "a JSON file, which replaces what is set; whether everything is stopped stays"),
    settings,
  );
}

function withPlace(command: Command): Command {
  return command
    .requiredOption("--path <path>", "where a deployed stack reads it: its output SettingsPath", readPath)
    .option("--region <name>", "the stack's AWS region (default: as the AWS CLI has it)")
    .option("--json", "print one JSON object");
}

function readPath(text: string): string {
  if (/^(\/[\w.-]+){1,14}$/.test(text)) return text;
  throw new InvalidArgumentError("It must be a path, such as /eks-remediation/my-stack/Remediation.");
}

function readReason(text: string): string {
  if (text.length <= MAX_REASON) return bounded(text);
  throw new InvalidArgumentError(`It must be at most ${MAX_REASON} characters.`);
}

const soon = (now: Date) => new Date(now.getTime() + HOLDS_WITHIN_SECONDS * 1_000).toISOString();

async function stop({ path, reason, json = false }: StopOptions, parameters: Parameters): Promise<number> {
  const [{ of }, by] = await Promise.all([parameters.read(), parameters.whoAmI()]);
  const at = new Date();
  const why = reason === undefined ? {} : { reason };
  await parameters.write("stop", textOf({ stopped: true, by, at: at.toISOString(), ...why }));
  const done = new Date();
  say(json, { path, of, stopped: true, by, ...why, holds_from: soon(done) }, [
    `Stopped: the deployment for ${of} begins no remedy from ${soon(done)} on, for whoever asks.`,
    "What is under way is verified, and undone where it did not help. What fails is found and told as before.",
    `To end that: eks-remediation resume --path ${path}`,
  ]);
  return EXIT.nothingToDo;
}

async function resume({ path, json = false }: PlaceOptions, parameters: Parameters): Promise<number> {
  const [{ of, stop: before }, by] = await Promise.all([parameters.read(), parameters.whoAmI()]);
  const wasStopped = parseSwitch(before);
  await parameters.write("stop", textOf({ stopped: false, by, at: new Date().toISOString() }));
  const done = new Date();
  say(json, { path, of, stopped: false, by, was_stopped: wasStopped !== undefined, holds_from: soon(done) }, [
    wasStopped === undefined ? "It was not stopped." : `It was so: ${stoppedWords(wasStopped)}.`,
    `Resumed: at the latest from ${soon(done)} on, the deployment for ${of} begins remedies again, as far as it may.`,
  ]);
  return EXIT.nothingToDo;
}

async function settings(options: SettingsOptions, parameters: Parameters): Promise<number> {
  return options.set === undefined
    ? await show(options, parameters)
    : await set({ ...options, set: options.set }, parameters);
}

async function show({ path, json = false }: SettingsOptions, parameters: Parameters): Promise<number> {
  const { of, settings: text, stop: switched } = await parameters.read();
  const stopped = parseSwitch(switched);
  const { problem, ...read } = readSet(text);
  say(
    json,
    {
      path,
      of,
      stopped: stopped ?? false,
      settings: read.settings ?? null,
      ...(problem === undefined ? {} : { problem }),
    },
    [
      `For ${of}`,
      stopped === undefined
        ? "Nothing is stopped."
        : `${stoppedWords(stopped)}. To end that: eks-remediation resume --path ${path}`,
      ...(problem === undefined
        ? [text === undefined ? "Nothing is set." : `Set at run time: ${JSON.stringify(read.settings, null, 2)}`]
        : [`What is set cannot be used, so nothing is changed by anybody: ${problem}`]),
    ],
  );
  return problem === undefined ? EXIT.nothingToDo : EXIT.needsPerson;
}

function readSet(text: string | undefined): { settings?: Settings; problem?: string } {
  try {
    return { settings: parseSettings(text) };
  } catch (error) {
    return { problem: bounded((error as Error).message) };
  }
}

async function set(
  { path, set: file, json = false }: SettingsOptions & { set: string },
  parameters: Parameters,
): Promise<number> {
  const text = readFile(file);
  const { entries } = checked(file, text);
  const compact = JSON.stringify(JSON.parse(text));
  const bytes = Buffer.byteLength(compact);
  if (bytes > MAX_BYTES) {
    throw new InvalidSettings(
      `${file} is refused: it has ${bytes} bytes without spaces, and a parameter holds ${MAX_BYTES}.`,
    );
  }
  const { of, stop: switched } = await parameters.read();
  await parameters.write("settings", compact);
  const stopped = parseSwitch(switched);
  const done = new Date();
  say(json, { path, of, entries: entries.length, stopped: stopped ?? false, holds_from: soon(done) }, [
    `Set: ${entries.length} ${entries.length === 1 ? "entry holds" : "entries hold"} for the deployment for ${of}, at the latest from ${soon(done)} on.`,
    ...(stopped === undefined ? [] : [`${stoppedWords(stopped)}, which stays.`]),
  ]);
  return EXIT.nothingToDo;
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InvalidSettings(`${file} cannot be read: ${(error as Error).message}`);
  }
}

function checked(file: string, text: string): Settings {
  try {
    return parseSettings(text);
  } catch (error) {
    throw new InvalidSettings(`${file} is refused: ${bounded((error as Error).message)}`);
  }
}

function textOf(value: Switch): string {
  return JSON.stringify(value);
}

function say(json: boolean, value: object, lines: readonly string[]): void {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${lines.join("\n")}\n`);
}
