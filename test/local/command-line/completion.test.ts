import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forKubectl } from "../../../local/command-line/completion.ts";
import { run } from "./command-line.ts";
import { kubeconfigFor } from "./site.ts";

let directory: string;
let kubeconfig: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "completion-"));
  kubeconfig = join(directory, "kubeconfig");
  writeFileSync(kubeconfig, kubeconfigFor("https://127.0.0.1:1", {}));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

/** What the last word may become. */
async function offered(words: readonly string[], environment: Record<string, string> = {}): Promise<string[]> {
  const { code, stdout, stderr } = await run(["__complete", ...words], { environment });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

describe("a word is completed", () => {
  it.each<[string, string[], string[]]>([
    ["that begins an option", ["--sp"], ["--speed"]],
    ["that is an option's fixed value", ["-o", ""], ["json", "yaml"]],
    ["that begins such a value", ["--output", "y"], ["yaml"]],
    ["that names a command", ["comp"], ["completion"]],
    ["that is a command's argument", ["completion", "z"], ["zsh"]],
    ["that names a scenario", ["--scenario", "wrong-image-t"], ["wrong-image-tag"]],
    ["that is a file, by the shell", ["--policy", ""], []],
  ])("%s", async (_what, words, found) => {
    expect(await offered(words)).toEqual(found);
  });

  it("that names a context, of the kubeconfig that is given or of kubectl's own", async () => {
    expect(await offered(["--kubeconfig", kubeconfig, "--context", "m"])).toEqual(["mine"]);
    expect(await offered(["--context", ""], { KUBECONFIG: kubeconfig })).toEqual(["mine"]);
  });

  it("by nothing where the kubeconfig cannot be read, and without a word of that", async () => {
    expect(await offered(["--kubeconfig", join(directory, "none"), "--context", ""])).toEqual([]);
  });
});

describe("kubectl is answered", () => {
  it("with the candidates and that no file may stand there, or with nothing and that one may", () => {
    expect(forKubectl(["json", "yaml"])).toBe("json\nyaml\n:4");
    expect(forKubectl([])).toBe(":0");
  });
});
