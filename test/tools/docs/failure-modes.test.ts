import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as config from "../../../functions/facts/words/config.ts";
import * as creation from "../../../functions/facts/words/creation.ts";
import * as image from "../../../functions/facts/words/image.ts";
import type { Meaning } from "../../../functions/facts/words/meaning.ts";
import * as scheduling from "../../../functions/facts/words/scheduling.ts";
import * as volumes from "../../../functions/facts/words/volumes.ts";

const PAGE = readFileSync(new URL("../../../docs/failure-modes.md", import.meta.url), "utf8");
const lines = PAGE.split("\n");

const isMeaning = (value: unknown): value is Meaning => typeof value === "object" && value !== null && "means" in value;
const meanings = Object.entries({ config, creation, image, scheduling, volumes }).flatMap(([table, exported]) =>
  Object.values(exported)
    .flat()
    .filter(isMeaning)
    .map((meaning) => [`${table} ${meaning.name}`, meaning] as const),
);

describe("the page of failure modes", () => {
  it.each(meanings)("says which words and reasons lead to %s", (_name, { means, words, reasons = [] }) => {
    const row = lines.find(
      (line) => line.startsWith(`| ${means}`) && words.every((word) => line.includes(word.trim())),
    );

    expect(row).toBeDefined();
    for (const reason of reasons) expect(row).toContain(`the reason \`${reason}\``);
  });
});
