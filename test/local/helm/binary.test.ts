import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpackInto, whyNoHelm } from "../../../local/helm/binary.ts";
import { entryOf } from "../../../local/helm/zip.ts";

const why = whyNoHelm();

describe.skipIf(why !== undefined)(`the layer's Helm${why === undefined ? "" : ` (not run: ${why})`}`, () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "helm-of-layer-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("is unpacked once, and runs", async () => {
    const binary = await unpackInto(join(folder, "own"));
    const { stdout } = await promisify(execFile)(binary, ["version", "--short"]);

    expect(stdout).toMatch(/^v4\./);
    expect(await unpackInto(join(folder, "own"))).toBe(binary);
  });

  it("is not taken from where others may have put something", async () => {
    const shared = join(folder, "shared");
    await mkdir(shared);
    await chmod(shared, 0o777);

    await expect(unpackInto(shared)).rejects.toMatchObject({
      name: "HelmMissing",
      message: expect.stringContaining("which others may write to") as string,
    });
  });
});

it("what is no archive, or holds no such file, is told", () => {
  const empty = Buffer.alloc(22);
  empty.writeUInt32LE(0x06054b50);

  expect(() => entryOf(Buffer.from("no archive at all, whatever it may be"), "helm/helm")).toThrow(
    "it is no ZIP archive",
  );
  expect(() => entryOf(empty, "helm/helm")).toThrow("it holds no helm/helm");
});
