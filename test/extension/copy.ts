import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ADDITIONS = fileURLToPath(new URL(".", import.meta.url));

/** The folders that make the product, whatever writes their files. */
const PRODUCT = ["functions", "infra", "statemachines", "local", "tools"];
/** What a copy needs beside them to be generated, compiled and played. */
const BESIDE = [
  "docs",
  "test/scenarios/common",
  "test/support",
  "test/infra/synthesised.ts",
  "test/infra/cdk-context.ts",
  "cdk.json",
  "test/extension/as-functions.ts",
  "test/extension/play.ts",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  ".prettierrc.json",
];

/** Lines that an addition puts into a list, after what is there. */
const Insertions = z.array(z.strictObject({ file: z.string(), after: z.string(), insert: z.string() }));

/** A copy of the tree outside of it, to which things are added as somebody would who follows CONTRIBUTING.md. */
export class Copy {
  readonly directory = mkdtempSync(join(tmpdir(), "remediation-extension-"));
  #before: ReadonlyMap<string, string>;

  constructor() {
    // Tests have no place in it.
    const filter = (path: string) => !path.endsWith(".test.ts");
    for (const path of [...PRODUCT, ...BESIDE]) cpSync(join(ROOT, path), this.path(path), { recursive: true, filter });
    symlinkSync(join(ROOT, "node_modules"), this.path("node_modules"));
    this.#before = this.#digests();
  }

  path(path: string): string {
    return join(this.directory, path);
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  /**
   * Adds what a folder beside this file holds: the files of its `tree`, and the lines of its `insertions.json`, where it has
   * them.
   * @throws Error where a list has no such place
   */
  add(name: string): void {
    const addition = join(ADDITIONS, name);
    const [tree, list] = [join(addition, "tree"), join(addition, "insertions.json")];
    if (existsSync(tree)) cpSync(tree, this.directory, { recursive: true });
    const insertions = existsSync(list) ? Insertions.parse(JSON.parse(readFileSync(list, "utf8"))) : [];
    for (const { file, after, insert } of insertions) this.replace(file, after, after + insert);
  }

  /** Puts a text in the place of another one. @throws Error where that is not in the file */
  replace(file: string, from: string, to: string): void {
    const text = this.read(file);
    if (!text.includes(from)) throw new Error(`${file} does not hold ${JSON.stringify(from)}.`);
    writeFileSync(
      this.path(file),
      text.replace(from, () => to),
    );
  }

  /** Runs a file of the copy in a process of its own. @returns what it prints */
  async run(file: string, ...args: string[]): Promise<string> {
    const options = { cwd: this.directory, maxBuffer: 64 * 1_024 * 1_024 };
    const { stdout } = await promisify(execFile)(process.execPath, [file, ...args], options);
    return stdout;
  }

  /** What `npm run docs` does. */
  async generate(): Promise<void> {
    await this.run("tools/docs/main.ts");
  }

  /** The product's files that have changed or come since this was asked last, in alphabetical order. */
  changedFiles(): string[] {
    const now = this.#digests();
    const changed = [...now].filter(([file, digest]) => this.#before.get(file) !== digest).map(([file]) => file);
    const gone = [...this.#before.keys()].filter((file) => !now.has(file));
    this.#before = now;
    return [...changed, ...gone].sort();
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }

  #digests(): Map<string, string> {
    const files = PRODUCT.flatMap((folder) =>
      readdirSync(this.path(folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(this.directory.length + 1)),
    );
    return new Map(files.map((file) => [file, createHash("sha256").update(this.read(file)).digest("hex")]));
  }
}
