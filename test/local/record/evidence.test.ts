import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Destroyed } from "../../../functions/remedies/destroyed.ts";
import { keptBeside } from "../../../local/record/evidence.ts";
import { NOW } from "../../support/objects.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "evidence-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

const destroyed = (uid: string): Destroyed => ({
  ...{ version: 1, at: NOW.toISOString(), cluster_name: "prod", execution: "run-1" },
  workload: { kind: "StatefulSet", namespace: "shop", name: "db" },
  ...{ pod: { metadata: { name: "db-0", uid } }, events: [], logs: [], not_read: [] },
});

describe("what is destroyed, kept on one machine", () => {
  it("is kept of each of two pods that have one name after one another", async () => {
    const { preserve } = keptBeside(join(directory, "record.jsonl"));
    for (const uid of ["first", "second"]) await preserve?.(destroyed(uid));

    const folder = join(directory, "evidence", "prod", "shop", "db", "run-1");
    expect(readdirSync(folder).sort()).toEqual(["db-0.first.json", "db-0.second.json"]);
  });

  it("leaves the pod where it cannot be kept, and says of that pod alone what is so", async () => {
    writeFileSync(join(directory, "evidence"), "a file where the folder would be");
    const { preserve } = keptBeside(join(directory, "record.jsonl"));

    await expect(preserve?.(destroyed("first"))).rejects.toMatchObject({
      name: "EvidenceNotKept",
      message: expect.stringMatching(/^Pod shop\/db-0 was left: what goes with it could not be kept in /) as string,
    });
  });
});
