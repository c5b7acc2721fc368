import type { Command } from "commander";
import type { Chosen } from "./record-commands.ts";
import { EXIT } from "./exit.ts";

interface FleetOptions {
  table: string;
  region?: string;
  json?: boolean;
}

/** Adds the command that shows how all clusters are that a deployed stack looks at. */
export function addFleetCommand(command: Command, choose: (chosen: Chosen) => void): void {
  command
    .command("fleet")
    .description(
      "Show each cluster that a deployed stack looks at: when it was seen last, what fails, what may be done.",
    )
    .requiredOption("--table <name>", "the stack's table: its output RecordTableName")
    .option("--region <name>", "the table's AWS region (default: as the AWS CLI has it)")
    .option("--json", "print one JSON object a line")
    .action((options: FleetOptions) => {
      choose({ json: options.json ?? false, run: () => fleet(options) });
    });
}

async function fleet({ table, region, json = false }: FleetOptions): Promise<number> {
  const { cameBy, discoveredIn, inTheWay } = await import("../fleet/discovered.ts");
  const { looksIn } = await import("../fleet/looks.ts");
  const { fleetTable, needsPerson } = await import("../fleet/text.ts");
  const now = new Date();
  const [{ looks, unread }, discovered] = await Promise.all([looksIn(table, region), discoveredIn(table, region, now)]);
  if (unread > 0) process.stderr.write(`Left out, since this version cannot read them: ${unread}.\n`);
  const shown = looks.map((look) => ({ ...look, came_by: cameBy(look.cluster_name, discovered) }));
  const hindered = inTheWay(discovered);
  const lines = [
    ...(json ? shown.map((look) => JSON.stringify(look)) : [fleetTable(shown, now)]),
    ...(json || hindered.length === 0 ? [] : [""]),
    ...hindered.map(({ line }) => (json ? JSON.stringify({ in_the_way: line }) : line)),
  ];
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return hindered.some((each) => each.needsPerson) || looks.some(needsPerson) ? EXIT.needsPerson : EXIT.nothingToDo;
}
