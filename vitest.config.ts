import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/kubernetes/**", "test/deployed/**"],
        },
      },
      {
        test: {
          name: "kubernetes",
          include: ["test/kubernetes/**/*.test.ts"],
          globalSetup: "test/kubernetes/global-setup.ts",
          // The scenarios wait for controllers most of the time, so they run side by side.
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxConcurrency: 5,
          maxWorkers: 4,
        },
      },
    ],
  },
});
