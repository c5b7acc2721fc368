import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cacheFolder } from "../../../local/cache-folder.ts";
import { EmulatorError } from "./errors.ts";

const execute = promisify(execFile);

/** The oldest Python that the emulator runs on. */
const OLDEST_PYTHON = [3, 10] as const;
const REQUIREMENTS = fileURLToPath(new URL("requirements.txt", import.meta.url));
/** Written last: a folder with it is whole, and holds what it says. */
const MARKER = "installed.txt";

/** Where the emulator and its clients are. */
export interface Installation {
  /** The Python that has them. */
  python: string;
  /** The AWS CLI: a command and its first arguments. */
  awsCli: readonly [command: string, ...args: string[]];
}

/**
 * Finds the emulator in the cache, and installs it from PyPI into a virtual environment there if it is missing: about a
 * minute, once for each version.
 * @throws EmulatorError when there is no Python with venv, or pip fails
 */
export async function ensureEmulator(progress: (line: string) => void): Promise<Installation> {
  const requirements = readFileSync(REQUIREMENTS, "utf8");
  const directory = installationDirectory(requirements);
  if (!isComplete(directory, requirements)) {
    await assertPython();
    progress("Installing the AWS emulator from PyPI; this happens once.");
    await install(directory, requirements);
  }
  const python = join(directory, "bin", "python");
  // As a module: the scripts of a virtual environment hold the path that it was made under.
  return { python, awsCli: [python, "-m", "awscli"] };
}

/** The version that a package is pinned to in the text of a `requirements.txt`. */
export function pinnedVersion(requirements: string, name: string): string {
  const line = requirements.split("\n").find((text) => text.startsWith(`${name}==`));
  if (line === undefined) throw new EmulatorError(`requirements.txt does not pin ${name}.`);
  return line.slice(name.length + 2).trim();
}

function installationDirectory(requirements: string): string {
  return join(cacheFolder(), `aws-emulator-${pinnedVersion(requirements, "ministack")}`);
}

function isComplete(directory: string, requirements: string): boolean {
  const marker = join(directory, MARKER);
  return existsSync(marker) && readFileSync(marker, "utf8") === requirements;
}

async function assertPython(): Promise<void> {
  const advice = `Install Python ${OLDEST_PYTHON.join(".")} or newer with its venv module (on Debian: apt-get install python3 python3-venv) and try again.`;
  let printed: string;
  try {
    const script = "import sys; print(sys.version_info[0], sys.version_info[1])";
    printed = (await execute("python3", ["-c", script])).stdout;
  } catch {
    throw new EmulatorError(`The AWS emulator runs on Python, and there is no python3 on the PATH. ${advice}`);
  }
  const [major = 0, minor = 0] = printed.trim().split(" ").map(Number);
  if (major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1])) {
    throw new EmulatorError(`Python ${major}.${minor} is too old for the AWS emulator. ${advice}`);
  }
  try {
    await execute("python3", ["-c", "import venv, ensurepip"]);
  } catch {
    throw new EmulatorError(`Python ${major}.${minor} has no venv module, which the AWS emulator needs. ${advice}`);
  }
}

async function install(directory: string, requirements: string): Promise<void> {
  // Under a name of its own until it is whole; of two that install at once, the second finds the first one's.
  const temporary = `${directory}.${process.pid}.partial`;
  mkdirSync(temporary, { recursive: true });
  try {
    await run("python3", ["-m", "venv", temporary]);
    const python = join(temporary, "bin", "python");
    await run(python, [
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "--requirement",
      REQUIREMENTS,
    ]);
    writeFileSync(join(temporary, MARKER), requirements);
    if (isComplete(directory, requirements)) return;
    rmSync(directory, { recursive: true, force: true });
    renameSync(temporary, directory);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function run(command: string, args: string[]): Promise<void> {
  try {
    await execute(command, args, { maxBuffer: 64 * 1_024 * 1_024 });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new EmulatorError(
      `The AWS emulator could not be installed: ${(stderr ?? "").trim().slice(-2_000) || message}`,
    );
  }
}
