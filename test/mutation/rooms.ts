/** A room of functions/ whose decisions are mutated, and the tests that have to notice. */
export interface Room {
  name: string;
  /** What is mutated. */
  mutate: readonly string[];
  /** The tests that are to notice: those of the room, and those of what it does together with others. */
  tests: readonly string[];
}

/** The score that each room has to reach, in percent of the mutants that are not equivalent to the code. */
export const WANTED = 85;

const TOGETHER = ["test/functions/{late-steps,redriven-steps,waiting}.test.ts"];

export const ROOMS: readonly Room[] = [
  {
    name: "verify",
    mutate: ["functions/verify/**/*.ts"],
    tests: ["test/functions/verify/*.test.ts", "test/functions/remedies/restart/one-at-a-time.test.ts", ...TOGETHER],
  },
  {
    name: "claim",
    mutate: ["functions/claim/**/*.ts"],
    tests: ["test/functions/claim/*.test.ts", ...TOGETHER],
  },
  {
    name: "remedies",
    mutate: ["functions/remedies/**/*.ts"],
    tests: ["test/functions/remedies/**/*.test.ts", ...TOGETHER],
  },
  {
    name: "classify",
    mutate: ["functions/classify/**/*.ts"],
    tests: ["test/functions/classify/**/*.test.ts"],
  },
];
