import type { Command } from "commander";
import { readSince, withRecord, type Chosen } from "./record-commands.ts";
import type { ScorecardOptions } from "./scorecard.ts";

/** How far it looks back where nothing is said. */
const LAST_WEEK = "7d";

/** Adds the command that compares what was decided, and what was done, with what became of it. */
export function addScorecardCommand(command: Command, choose: (chosen: Chosen) => void): void {
  withRecord(command.command("scorecard"))
    .description("Compare what was only decided with what happened, and say what became of what was done.")
    .option("--since <time>", `not older than this: 45m, 12h, 7d (default: ${LAST_WEEK})`, readSince)
    .option("--cluster <name>", "of this cluster only, as the record names it")
    .option("--namespace <name>", "of this namespace only")
    .option("--kubeconfig <file>", "look at the workloads on the cluster of this kubeconfig; it is only read")
    .option("--context <name>", "the context in it (default: its current context)")
    .action(({ since = readSince(LAST_WEEK), ...options }: ScorecardOptions) => {
      choose({
        json: options.json ?? false,
        run: async () => (await import("./scorecard.ts")).scorecard({ ...options, since }),
      });
    });
}
