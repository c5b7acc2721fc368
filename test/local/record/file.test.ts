import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
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

    expect(names((await list({ limit: 10 })).outcomes)).toEqual(["c", "b", "a"]);
    expect(names((await list({ limit: 1 })).outcomes)).toEqual(["c"]);
    expect(names((await list({ limit: 10, namespace: "blog" })).outcomes)).toEqual(["b"]);
    expect(names((await list({ limit: 10, since: new Date(NOW.getTime() + 60_000).toISOString() })).outcomes)).toEqual([
      "c",
      "b",
    ]);
  });

  it("has an outcome that was kept twice once, as it was kept last", async () => {
    await keepInFile(file, record("a", 0, { summary: "first" }));
    await keepInFile(file, record("a", 1, { summary: "second" }));

    expect(await recordInFile(file).of("a")).toMatchObject({ outcomes: [{ summary: "second" }], unread: [] });
  });

  it.each([
    ["is no JSON", "{"],
    ["is of another version", JSON.stringify({ ...record("b", 0), version: 2 })],
    ["is something else", '{"execution": "b"}'],
  ])("is read without a line that %s, and names that", async (_what, line) => {
    await keepInFile(file, record("a", 0));
    appendFileSync(file, `${line}\n`);
    await keepInFile(file, record("c", 1));
    const { list, of } = recordInFile(file);
    const unread = [`line 2 of ${file}`];

    const listed = await list({ limit: 10 });
    expect([names(listed.outcomes), listed.unread]).toEqual([["c", "a"], unread]);
    expect(await of("a")).toMatchObject({ outcomes: [{ execution: { name: "a" } }], unread });
  });

  it("lists what a later version has written of the same kind, with fields and outcomes of its own", async () => {
    const later = { ...record("a", 0), outcome: "Postponed", asked_by: "robot", newer: { field: 1 } };
    await keepInFile(file, later as unknown as OutcomeRecord);

    const { outcomes, unread } = await recordInFile(file).list({ limit: 10 });
    expect(outcomes).toMatchObject([{ execution: "a", outcome: "Postponed", asked_by: "robot" }]);
    expect(unread).toEqual([]);
    await expect(async () => await recordInFile(file).of("a")).rejects.toThrow("the version that wrote it");
  });

  it("shows an outcome without the fields that it does not know, unless they are of a change, which may be undone", async () => {
    const { changes, ...rest } = record("a", 0);
    await keepInFile(file, { ...rest, changes, newer: 1 } as unknown as OutcomeRecord);

    expect((await recordInFile(file).of("a")).outcomes).toEqual([{ ...rest, changes }]);
    const other = changes.map((each) => ({ ...each, change: { ...each.change, newer: 1 } }));
    await keepInFile(file, { ...rest, changes: other });
    await expect(async () => await recordInFile(file).of("a")).rejects.toThrow(`line 2 of ${file}`);
  });
});
