import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { errorText } from "../functions/notify/caught-error.ts";
import { isRemediationError, RemediationError } from "../functions/shared/errors.ts";
import type { Notification } from "../functions/shared/notification.ts";
import { parsePolicy, type Policy } from "../functions/shared/policy.ts";
import { startExecution } from "./engine.ts";
import { localEnvironment } from "./environment.ts";
import { clusterNameOf, readInput } from "./input.ts";
import { OpenRuns } from "./interrupted.ts";
import { connectionFromKubeconfig } from "./kubeconfig.ts";
import { reportOf } from "./report/html.ts";
import { Recorder } from "./report/recording.ts";
import { tell } from "./story.ts";
import { EXIT, exitCode, outcomeTable } from "./summary.ts";

interface Options {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  input?: string;
  policy?: string;
  dryRun?: boolean;
  json?: boolean;
  report: string;
}

const command = new Command("npm start --")
  .description(
    "Runs the remediation workflow once against a cluster: the same definition and the same handlers as in AWS, in this process.",
  )
  .option("--kubeconfig <file>", "the cluster's kubeconfig (default: KUBECONFIG, or ~/.kube/config)")
  .option("--context <name>", "the context in it (default: its current context)")
  .option("--namespace <name>", "look at one namespace only (default: all that the policy allows)")
  .option("--input <json|file>", "the request, as a runbook sends it (default: detect and remediate what fails)")
  .option("--policy <file>", "a JSON file with the remediation policy (default: the documented defaults)")
  .option("--dry-run", "decide everything, change nothing, and say what would have been done")
  .option("--json", "print one JSON object a line: each event, then the result")
  .option("--report <file>", "where to write the report, one HTML file", "remediation-report.html")
  .addHelpText(
    "after",
    `
Requests:
  {"action": "detect_failures", "namespace": "shop"}
  {"action": "restart_pod", "namespace": "shop", "pod_name": "web-abc"}
  {"action": "rollback_deployment", "namespace": "shop", "deployment_name": "web", "revision": 3}
  {"action": "scale_deployment", "namespace": "shop", "deployment_name": "web", "replicas": 4}
  cluster_name is filled in from the context; "dry_run": true and revision are optional.

Exit codes:
  0    nothing needs a person
  1    an error: bad input, no access, cluster out of reach
  2    something needs a person
  130  interrupted; claims were released

Examples:
  npm start -- --kubeconfig .cluster/kubeconfig --dry-run
  npm start -- --context prod --namespace shop`,
  );

try {
  process.exitCode = await main(command.parse().opts<Options>());
} catch (error) {
  if (!isRemediationError(error)) throw error;
  fail(error.name, error.message, command.opts<Options>().json === true);
}

async function main(options: Options): Promise<number> {
  const policy = readPolicy(options.policy);
  const connection = await connectionFromKubeconfig(options.kubeconfig, options.context);
  const input = readInput({ ...options, clusterName: clusterNameOf(connection.name) });
  const notifications: Notification[] = [];
  const environment = localEnvironment(connection, policy, notifications);
  const openRuns = new OpenRuns();
  const recorder = new Recorder(() => environment.now());

  const execution = startExecution({
    input,
    name: `local-${randomUUID()}`,
    environment,
    onEvent: (event) => {
      openRuns.see(event);
      recorder.see(event);
      if (options.json === true) {
        print(
          JSON.stringify({ event: event.type, state: event.state, iteration: event.iteration, error: event.error }),
        );
        return;
      }
      const line = tell(event);
      if (line === undefined) return;
      const workload = line.workload === undefined ? "" : `[${line.workload}] `;
      print(`${new Date().toISOString().slice(11, 19)} ${workload}${line.state}: ${line.text}`);
    },
  });
  process.once("SIGINT", execution.abort).once("SIGTERM", execution.abort);

  const result = await execution.result;
  writeReport(options.report, reportOf(recorder.finish(connection.name, result, notifications)));
  if (result.status === "aborted") {
    for (const line of await openRuns.release(environment)) print(line);
    process.stderr.write("Interrupted.\n");
  } else if (result.status === "failed") {
    const text = errorText({ Error: result.error.name, Cause: result.error.cause });
    fail(result.error.name, text, options.json === true);
  } else if (options.json === true) {
    print(JSON.stringify({ result: result.output, notifications: notifications.map(({ report }) => report) }));
  } else {
    print(`\n${outcomeTable(result.output)}`);
  }
  return exitCode(result);
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

function writeReport(file: string, html: string): void {
  try {
    writeFileSync(file, html);
    process.stderr.write(`Report: ${file}\n`);
  } catch (error) {
    process.stderr.write(`The report ${file} cannot be written: ${(error as Error).message}\n`);
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function fail(name: string, message: string, json: boolean): void {
  if (json) print(JSON.stringify({ error: name, message }));
  process.stderr.write(`${name}: ${message}\n`);
  process.exitCode = EXIT.error;
}
