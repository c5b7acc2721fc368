import { expect, it } from "vitest";
import { percent, verdictOf, type Explained, type Mutant } from "./survivors.ts";

const FILE = "functions/room/decision.ts";
const SOURCE = ["const late = now >= end;", "if (late) {", "  stop();", "}", ""].join("\n");

function mutant(status: string, line: number, columns: [number, number], replacement: string, until = line): Mutant {
  const [start, end] = columns;
  return {
    ...{ fileName: FILE, status, replacement },
    location: { start: { line, column: start }, end: { line: until, column: end } },
  };
}

const LATE = mutant("Survived", 1, [14, 24], "now > end");
const LATE_EXPLAINED: Explained = {
  ...{ file: FILE, code: "const late = now >= end;", becomes: "const late = now > end;" },
  why: "It does not matter.",
};
const verdict = (mutants: Mutant[], explained: Explained[] = []) => verdictOf(mutants, explained, () => SOURCE);

it("shows the line that a mutant was and the line that it became, also where it takes in several", () => {
  const block = mutant("NoCoverage", 2, [11, 2], "{}", 4);

  expect(verdict([LATE, block]).survivors).toEqual([
    { file: FILE, line: 1, code: "const late = now >= end;", becomes: "const late = now > end;" },
    { file: FILE, line: 2, code: "if (late) {", becomes: "if (late) {}" },
  ]);
});

it("counts what a test noticed or never ended for as killed, and what does not run at all not", () => {
  const killed = (status: string) => mutant(status, 2, [5, 9], "true");
  const { score } = verdict([killed("Killed"), killed("Timeout"), killed("RuntimeError"), LATE], [LATE_EXPLAINED]);

  expect(score).toEqual({ mutants: 3, killed: 2, explained: 1 });
  expect(percent(score)).toBeCloseTo(66.7, 1);
});

it("leaves out what is explained, and says when that is not so any more", () => {
  expect(verdict([LATE], [LATE_EXPLAINED])).toMatchObject({ survivors: [], stale: [] });
  expect(verdict([{ ...LATE, status: "Killed" }], [LATE_EXPLAINED]).stale).toEqual([LATE_EXPLAINED]);
  expect(verdict([LATE], [{ ...LATE_EXPLAINED, becomes: "const late = true;" }])).toMatchObject({
    survivors: [{ line: 1 }],
    stale: [{ becomes: "const late = true;" }],
  });
});

it("says nothing of explanations in files that were not mutated", () => {
  expect(verdict([LATE], [{ ...LATE_EXPLAINED, file: "functions/other.ts" }]).stale).toEqual([]);
});
