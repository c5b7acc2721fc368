import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordOf } from "../../../functions/notify/record/record-of.ts";
import type { OutcomeRecord } from "../../../functions/notify/record/record.ts";
import { outcomeOf } from "../../../functions/run/outcome.ts";
import { keepInFile, recordInFile } from "../../../local/record/file.ts";
import { NOW } from "../../support/objects.ts";
import { appliedRun } from "../../support/runs.ts";

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "record-"));
  file = join(directory, "deep", "record.jsonl");
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

/** A record of an execution, some minutes after the first. */
function record(name: string, minutes: number, more: Partial<OutcomeRecord> = {}): OutcomeRecord {
  const run = appliedRun();
  const at = new Date(NOW.getTime() + minutes * 60_000);
  return { ...recordOf(run, outcomeOf(run, false), at), execution: { id: `arn:${name}`, name }, ...more };
}

const names = (outcomes: readonly { execution: string }[]) => outcomes.map(({ execution }) => execution);

describe("a file of outcomes", () => {
  it("lists the newest first, of a namespace, of a time, and no more than is asked for", async () => {
    const blog = { kind: "Deployment", namespace: "blog", name: "web" };
    for (const each of [record("a", 0), record("c", 2), record("b", 1, { workload: blog })])
      await keepInFile(file, each);
    const { list } = recordInFile(file);

    expect(names(await list({ limit: 10 }))).toEqual(["c", "b", "a"]);
    expect(names(await list({ limit: 1 }))).toEqual(["c"]);
    expect(names(await list({ limit: 10, namespace: "blog" }))).toEqual(["b"]);
    expect(names(await list({ limit: 10, since: new Date(NOW.getTime() + 60_000).toISOString() }))).toEqual(["c", "b"]);
  });

  it("has an outcome that was kept twice once, as it was kept last", async () => {
    await keepInFile(file, record("a", 0, { summary: "first" }));
    await keepInFile(file, record("a", 1, { summary: "second" }));

    expect(await recordInFile(file).of("a")).toMatchObject([{ summary: "second" }]);
  });

  it.each([
    ["is no JSON", "{", "line 1 of"],
    ["is of another version", JSON.stringify({ ...record("a", 0), version: 2 }), "the version that wrote it"],
  ])("is not read where a line %s, and the line is named", async (_what, line, said) => {
    await keepInFile(file, record("a", 0));
    writeFileSync(file, line);

    expect(() => recordInFile(file).of("a")).toThrow(said);
  });
});
