import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { isRemediationError, RemediationError } from "../../functions/shared/errors.ts";
import { parsePolicy, type Policy } from "../../functions/shared/policy.ts";
import { CommandLineError } from "./command-line-error.ts";
import { listScenarios, playOnEmbedded } from "./play-embedded.ts";
import { checkReport } from "../report/file.ts";
import { runOnCluster } from "./run-on-cluster.ts";
import { EXIT } from "./summary.ts";

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
  report: string;
}

const command = new Command("npm start --")
  .description(
    "Runs the remediation workflow: the same definition and the same handlers as in AWS, in this process. Without options it plays a shop on a bad day on a cluster of its own.",
  )
  .option("--scenario <name|folder>", "what to play on that cluster (default: shop)")
  .option("--list", "list the scenarios")
  .option("--speed <times>", "how much faster than real the time of that cluster passes", readSpeed, 8)
  .option("--kubeconfig <file>", "run on the cluster of this kubeconfig instead")
  .option("--context <name>", "the context in it (default: its current context)")
  .option("--namespace <name>", "look at one namespace only (default: all that the policy allows)")
  .option("--input <json|file>", "the request, as a runbook sends it (default: detect and remediate what fails)")
  .option("--policy <file>", "a JSON file with the remediation policy (default: the documented defaults)")
  .option("--dry-run", "decide everything, change nothing, and say what would have been done")
  .option("--yes", "carry the plan out without asking")
  .option("--json", "print one JSON object a line: each event, then the result")
  .option("--report <file>", "where to write the report, one HTML file", "remediation-report.html")
  .addHelpText(
    "after",
    `
On a cluster of yours it first shows the plan, as a dry run, and asks before it changes anything.

Requests, with --kubeconfig:
  {"action": "detect_failures", "namespace": "shop"}
  {"action": "restart_pod", "namespace": "shop", "pod_name": "web-abc"}
  {"action": "rollback_deployment", "namespace": "shop", "deployment_name": "web", "revision": 3}
  {"action": "scale_deployment", "namespace": "shop", "deployment_name": "web", "replicas": 4}
  {"action": "diagnose", "namespace": "shop", "kind": "StatefulSet", "name": "db"}
  {"action": "remediate", "namespace": "shop", "kind": "DaemonSet", "name": "agent"}
  cluster_name is filled in from the context; "dry_run": true and revision are optional.

Exit codes:
  0    nothing needs a person, or a scenario went as expected
  1    an error: bad input, no access, cluster out of reach, a scenario that went otherwise
  2    something needs a person
  130  interrupted; claims were released

Examples:
  npm start
  npm start -- --scenario wrong-image-tag
  npm start -- --scenario ./my-scenario --speed 1
  npm start -- --kubeconfig ~/.kube/config --context prod --namespace shop --dry-run`,
  );

try {
  const code = await main(command.parse().opts<Options>());
  // Whoever interrupts does not wait for what is left: a credential plugin, an open connection.
  if (code === EXIT.interrupted) process.exit(code);
  process.exitCode = code;
} catch (error) {
  const known = isRemediationError(error) || error instanceof CommandLineError;
  if (!known) throw error;
  if (command.opts<Options>().json === true) {
    process.stdout.write(`${JSON.stringify({ error: error.name, message: error.message })}\n`);
  }
  process.stderr.write(`${error.name}: ${error.message}\n`);
  process.exitCode = EXIT.error;
}

async function main(options: Options): Promise<number> {
  const { scenario, list, speed, json = false, report, kubeconfig, context } = options;
  if (list === true) return listScenarios(json);
  checkReport(report);
  if (kubeconfig === undefined && context === undefined) {
    refuseWithoutCluster(options);
    return await playOnEmbedded({ scenario: scenario ?? "shop", speed, json, report });
  }
  if (scenario !== undefined) {
    throw new RemediationError(
      "InvalidRequest",
      "--scenario is played on a cluster of its own; leave out --kubeconfig and --context.",
    );
  }
  return await runOnCluster({
    ...options,
    policy: readPolicy(options.policy),
    dryRun: options.dryRun ?? false,
    yes: options.yes ?? false,
    json,
  });
}

/** What only makes sense on a cluster that is there already. */
function refuseWithoutCluster({ namespace, input, policy, dryRun, yes }: Options): void {
  const given = Object.entries({ namespace, input, policy, "dry-run": dryRun, yes }).find(
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

function readPolicy(file: string | undefined): Policy {
  if (file === undefined) return parsePolicy(undefined);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new RemediationError("InvalidPolicy", `The policy ${file} cannot be read: ${(error as Error).message}`);
  }
  return parsePolicy(text);
}
