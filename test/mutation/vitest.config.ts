import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** How the tests of a room run once for each mutant: in one worker that keeps what it has loaded. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["test/functions/**/*.test.ts"],
    isolate: false,
    // For what hangs; a mutant that makes it hang is found by the time that its tests take.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
