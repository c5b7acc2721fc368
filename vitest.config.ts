import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SlowFirst } from "./test/support/slow-first.ts";

const unit = {
  include: ["test/**/*.test.ts"],
  exclude: [
    "test/kubernetes/**",
    "test/owners/**",
    "test/deployed/**",
    "test/fleet/**",
    "test/terraform/**",
    "test/report/**",
    "test/package/**",
  ],
  // For what hangs; a busy machine may be slow.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  // Many wait for a cluster's time to pass, so that more of them than there are processors are quicker.
  maxWorkers: 3,
};

/** Tests of decisions, which keep nothing between two of them: the modules need not be loaded anew for each file. */
const DECISIONS = "test/functions/{classify,facts,kinds,run,scan,verify}/**/*.test.ts";

/** Puts the clock of whoever preloads it ahead. */
const CLOCK = fileURLToPath(new URL("test/later/clock.ts", import.meta.url));

const deployed = {
  globalSetup: "test/deployed/global-setup.ts",
  // They wait for the schedule, for controllers and for messages most of the time.
  testTimeout: 900_000,
  hookTimeout: 600_000,
};

export default defineConfig({
  test: {
    sequence: { sequencer: SlowFirst },
    projects: [
      {
        test: {
          ...unit,
          name: "unit",
          exclude: [...unit.exclude, "test/later/**", DECISIONS],
        },
      },
      { test: { ...unit, name: "decisions", include: [DECISIONS], isolate: false } },
      // The same on a later day, in the processes that the tests start, too.
      {
        test: {
          ...unit,
          name: "later",
          // What takes long and has nothing to do with the time of day: how the tree, its documents and its templates are made,
          // what the command line asks and refuses, what Helm does, how many go on at once, and what holds for anything at the
          // moment that it is given.
          exclude: [
            ...unit.exclude,
            "test/{documents,extension,infra,lint,tools}/**",
            "test/**/*properties.test.ts",
            "test/local/mcp/**",
            "test/local/command-line/{approvals,bad-input,completion,interrupted}.test.ts",
            "test/{functions/crowded,statemachines/waves}.test.ts",
            "test/{functions/remedies/helm-rollback,local/helm,model,mutation,support}/**",
          ],
          execArgv: ["--require", CLOCK],
          env: { NODE_OPTIONS: `--require ${JSON.stringify(CLOCK)}` },
        },
      },
      {
        test: {
          name: "report",
          include: ["test/report/**/*.test.ts"],
          globalSetup: "test/report/global-setup.ts",
          // A browser each.
          maxWorkers: 2,
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: "package",
          include: ["test/package/**/*.test.ts"],
          globalSetup: "test/package/global-setup.ts",
          // A fresh app is compiled with the declarations of the whole CDK.
          testTimeout: 600_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          name: "kubernetes",
          include: ["test/kubernetes/**/*.test.ts"],
          globalSetup: "test/kubernetes/global-setup.ts",
          // The scenarios wait for controllers most of the time, so they run side by side.
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxConcurrency: 5,
          maxWorkers: 4,
        },
      },
      // With the tools' own controllers, which are built once: `npm run test:owners`.
      {
        test: {
          name: "argo-rollouts",
          include: ["test/owners/argo-rollouts/*.test.ts"],
          globalSetup: ["test/kubernetes/global-setup.ts", "test/owners/argo-rollouts/global-setup.ts"],
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          maxConcurrency: 5,
          maxWorkers: 4,
        },
      },
      {
        test: {
          name: "argo-cd",
          include: ["test/owners/argo-cd/*.test.ts"],
          globalSetup: ["test/kubernetes/global-setup.ts", "test/owners/argo-cd/global-setup.ts"],
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          maxConcurrency: 5,
          maxWorkers: 4,
        },
      },
      {
        test: {
          name: "flux",
          include: ["test/owners/flux/*.test.ts"],
          globalSetup: ["test/kubernetes/global-setup.ts", "test/owners/flux/global-setup.ts"],
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          maxConcurrency: 5,
          maxWorkers: 4,
        },
      },
      // A hub with clusters in two accounts: `npm run test:fleet`.
      {
        test: { ...deployed, name: "fleet", include: ["test/fleet/*.test.ts"], fileParallelism: false },
      },
      // The Terraform modules, on an emulator of AWS: `npm run test:terraform`.
      {
        test: { name: "terraform", include: ["test/terraform/*.test.ts"], testTimeout: 900_000, hookTimeout: 600_000 },
      },
      // One deployed stack for all three, one after the other: `npm run test:deployed`.
      {
        test: {
          ...deployed,
          name: "deployed",
          include: ["test/deployed/together/*.test.ts"],
          maxWorkers: 5,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...deployed,
          name: "deployed-alone",
          // They take permissions away.
          include: ["test/deployed/alone/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...deployed,
          name: "deployed-end",
          // What is left of everything before.
          include: ["test/deployed/end/*.test.ts"],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
