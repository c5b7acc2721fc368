import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { isRemediationError, RemediationError } from "../../functions/shared/errors.ts";
import { CALLED_AS, COMPLETES_FOR_KUBECTL, IS_PLUGIN, ownVersion } from "./called-as.ts";
import { CommandLineError } from "./command-line-error.ts";
import { addCompletion, candidates, COMPLETE, forKubectl } from "./completion.ts";
import { DOCUMENT_FORMATS, type DocumentFormat } from "./document-format.ts";
import { addMcpCommand } from "./mcp-command.ts";
import { addRecordCommands, type Chosen } from "./record-commands.ts";
import { addFleetCommand } from "./fleet-command.ts";
import { addScorecardCommand } from "./scorecard-command.ts";
import { addSettingsCommands } from "./settings-commands.ts";
import { checkReport } from "../report/check.ts";
import { EXIT } from "./exit.ts";

interface Options {
  scenario?: string;
  list?: boolean;
  speed: number;
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  input?: string;
  policy?: string;
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
  output?: DocumentFormat;
  report: string;
  record?: string;
}

const command = new Command(CALLED_AS)
  // Passed on to each command that is added.
  .exitOverride()
  .description(
    "Runs the remediation workflow: the same definition and the same handlers as in AWS, in this process. Without options it plays a shop on a bad day on a cluster of its own.",
  )
  .option("--scenario <name|folder>", "what to play on that cluster (default: shop)")
  .option("--list", "list the scenarios")
  .option("--speed <times>", "how much faster than real the time of that cluster passes", readSpeed, 8)
  .option("--kubeconfig <file>", "run on the cluster of this kubeconfig instead")
  .option("--context <name>", "the context in it (default: its current context)")
  .option("-n, --namespace <name>", "look at one namespace only (default: all that the policy allows)")
  .option("--input <json|file>", "the request, as a runbook sends it (default: detect and remediate what fails)")
  .option("--policy <file>", "a JSON file with the remediation policy (default: the documented defaults)")
  .option("--dry-run", "decide everything, change nothing, and say what would have been done")
  .option("--yes", "carry the plan out without asking")
  .option("--json", "print JSON alone, one object a line, each with time, workload and finding")
  .addOption(
    new Option("-o, --output <format>", "print one document when a run on a cluster of yours has ended")
      .choices(DOCUMENT_FORMATS)
      .conflicts("json"),
  )
  .option("--report <file>", "where to write the report, one HTML file", "remediation-report.html")
  .option(
    "--record <file>",
    "where outcomes on a cluster of yours are kept for history and show (default: your state folder)",
  )
  .enablePositionalOptions()
  .addHelpText(
    "after",
    `
On a cluster of yours it first shows the plan, as a dry run, and asks before it changes anything. What the policy wants
approved is proposed then, and asked about one by one.

Requests, with --kubeconfig:
  {"action": "detect_failures", "namespace": "shop"}
  {"action": "restart_pod", "namespace": "shop", "pod_name": "web-abc"}
  {"action": "rollback_deployment", "namespace": "shop", "deployment_name": "web", "revision": 3}
  {"action": "scale_deployment", "namespace": "shop", "deployment_name": "web", "replicas": 4}
  {"action": "diagnose", "namespace": "shop", "kind": "StatefulSet", "name": "db"}
  {"action": "remediate", "namespace": "shop", "kind": "DaemonSet", "name": "agent"}
  cluster_name is filled in from the context; "dry_run": true and revision are optional.

What was done, on a cluster of yours or by a deployed stack (--table):
  npm start -- history --since 7d
  npm start -- show EXECUTION
  npm start -- undo EXECUTION --context prod

What a deployed stack may do, without a deployment (--path, its output SettingsPath):
  npm start -- stop --path PATH --reason "a bad release"
  npm start -- resume --path PATH
  npm start -- settings --path PATH --set settings.json

Exit codes:
  0    nothing needs a person, or a scenario went as expected
  1    an error: bad input, no access, cluster out of reach, a scenario that went otherwise
  2    something needs a person
  130  interrupted; claims were released

What is printed:
  On a terminal, a table that counts down while the workflow waits; elsewhere, and with CI=true, one line for each step.
  With --json, nothing but JSON lines on the standard output (docs/schemas/json-line.json). Warnings, questions and where
  the report is go to the standard error. NO_COLOR=1 leaves the colours out.

Examples:
  ${CALLED_AS.replace(/ --$/, "")}
  ${CALLED_AS} --scenario wrong-image-tag
  ${CALLED_AS} --scenario ./my-scenario --speed 1
  ${CALLED_AS} --kubeconfig ~/.kube/config --context prod --namespace shop --dry-run`,
  );

/** What the command does that was given. */
let chosen: Chosen = { json: false, run: () => Promise.resolve(EXIT.nothingToDo) };
command.version(ownVersion(), "--version", "print the version").action((options: Options) => {
  chosen = { json: options.json ?? false, run: () => main(options) };
});
const choose = (given: Chosen) => {
  chosen = given;
};
addRecordCommands(command, choose);
addScorecardCommand(command, choose);
addFleetCommand(command, choose);
addMcpCommand(command, choose);
addSettingsCommands(command, choose);

for (const stream of [process.stdout, process.stderr]) {
  // A reader that goes away, as `head` does, ends no run in the middle: what it has begun on a cluster is verified all the same.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

addCompletion(command, say);

try {
  const [asked, ...words] = process.argv.slice(2);
  if (COMPLETES_FOR_KUBECTL) say(forKubectl(await complete(process.argv.slice(2))));
  else if (asked === COMPLETE) say((await complete(words)).join("\n"));
  else command.parse();
  const code = await chosen.run();
  // Whoever interrupts does not wait for what is left: a credential plugin, an open connection.
  if (code === EXIT.interrupted) process.exit(code);
  process.exitCode = code;
} catch (error) {
  if (error instanceof CommanderError) await tellMisused(error);
  else if (isRemediationError(error) || error instanceof CommandLineError) await tellError(error);
  else throw error;
}

/** What was not understood, which is told on the standard error already; help and the version end so, too. */
async function tellMisused({ exitCode, message }: CommanderError): Promise<void> {
  process.exitCode = exitCode;
  if (exitCode === EXIT.nothingToDo) return;
  await printError("InvalidArguments", message.replace(/^error: /, ""), process.argv.includes("--json"));
}

async function tellError({ name, message }: Error): Promise<void> {
  await printError(name, message, chosen.json);
  process.stderr.write(`${name}: ${message}\n`);
  process.exitCode = EXIT.error;
}

/** Prints an error on the standard output where a program reads that, in the form that it has asked for. */
async function printError(name: string, message: string, asLine: boolean): Promise<void> {
  const { output } = command.opts<Options>();
  if (output !== undefined) {
    const { printDocument } = await import("./document.ts");
    printDocument(output, { error: name, message });
  }
  if (asLine) {
    const { writeRunLine } = await import("../live/json-lines.ts");
    writeRunLine(process.stdout, new Date(), { finding: message, event: "error", error: { name, message } });
  }
}

async function main(options: Options): Promise<number> {
  const { scenario, list, speed, json = false, report, kubeconfig, context } = options;
  if (list === true) {
    const { listScenarios } = await import("./play-embedded.ts");
    return listScenarios(json);
  }
  checkReport(report);
  const onCluster = kubeconfig !== undefined || context !== undefined || (IS_PLUGIN && scenario === undefined);
  if (!onCluster) {
    refuseWithoutCluster(options);
    const { playOnEmbedded } = await import("./play-embedded.ts");
    return await playOnEmbedded({ scenario: scenario ?? "shop", speed, json, report });
  }
  if (scenario !== undefined) {
    throw new RemediationError(
      "InvalidRequest",
      "--scenario is played on a cluster of its own; leave out --kubeconfig and --context.",
    );
  }
  const { readPolicy } = await import("./policy-file.ts");
  const { runOnCluster } = await import("./run-on-cluster.ts");
  return await runOnCluster({
    ...options,
    policy: readPolicy(options.policy),
    dryRun: options.dryRun ?? false,
    yes: options.yes ?? false,
    json,
  });
}

/** What only makes sense on a cluster that is there already. */
function refuseWithoutCluster({ namespace, input, policy, dryRun, yes, output, record }: Options): void {
  const given = Object.entries({ namespace, input, policy, "dry-run": dryRun, yes, output, record }).find(
    ([, value]) => value !== undefined,
  );
  if (given === undefined) return;
  throw new RemediationError(
    "InvalidRequest",
    `--${given[0]} is for a cluster of yours: name it with --kubeconfig or --context.`,
  );
}

function readSpeed(text: string): number {
  const speed = Number(text);
  if (!(speed >= 1 && speed <= 100)) throw new InvalidArgumentError("It must be a number from 1 to 100.");
  return speed;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** What the last of the words may become. A kubeconfig that cannot be read is told of when the command runs. */
async function complete(words: readonly string[]): Promise<string[]> {
  return await candidates(command, words, async (option, before) => {
    if (option === "--scenario") return (await import("../scenarios/load.ts")).scenarioNames();
    if (option !== "--context") return [];
    const given = before.indexOf("--kubeconfig");
    try {
      const { contextNames } = await import("./kubeconfig.ts");
      return contextNames(given === -1 ? undefined : before[given + 1]);
    } catch {
      return [];
    }
  });
}
