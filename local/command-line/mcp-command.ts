import type { Command } from "commander";
import type { ToolSet } from "../../functions/agent/tool-sets.ts";
import { defaultRecordFile } from "../record/default-file.ts";
import type { Chosen } from "./record-commands.ts";
import { EXIT } from "./exit.ts";

interface Options {
  kubeconfig?: string;
  context?: string;
  policy?: string;
  act?: boolean;
  record?: string;
}

/**
 * Adds the command that serves agents which start it themselves.
 * @param choose is told what the command that was given does
 */
export function addMcpCommand(command: Command, choose: (chosen: Chosen) => void): void {
  command
    .command("mcp")
    .description("Serve agents over the Model Context Protocol, on the standard input and output.")
    .option("--kubeconfig <file>", "on the cluster of this kubeconfig (default: as kubectl has it)")
    .option("--context <name>", "the context in it (default: its current context)")
    .option("--policy <file>", "a JSON file with the remediation policy (default: the documented defaults)")
    .option("--act", "serve the tools that may change something, too; without it, nothing is changed")
    .option("--record <file>", `the file in which outcomes are kept (default: ${defaultRecordFile()})`)
    .action(({ kubeconfig, context, policy, act = false, record = defaultRecordFile() }: Options) => {
      const sets: ToolSet[] = act ? ["read", "act"] : ["read"];
      choose({
        json: false,
        run: async () => {
          const { readPolicy } = await import("./policy-file.ts");
          const { serveMcp } = await import("../mcp/serve.ts");
          await serveMcp({ kubeconfig, context, policy: readPolicy(policy), sets, record });
          return EXIT.nothingToDo;
        },
      });
    });
}
