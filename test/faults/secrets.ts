import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { formsOf } from "../../functions/notify/sns.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import { mapConcurrently } from "../../functions/shared/concurrency.ts";
import { FAULT_NAMES } from "./proxy/fault.ts";
import { FaultProxy } from "./proxy/proxy.ts";
import { connectionFromKubeconfig } from "../../local/command-line/kubeconfig.ts";
import { reportOf } from "../../local/report/html.ts";
import { Recorder } from "../../local/report/recording.ts";
import { quickPolicy } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow } from "../../local/scenarios/run-workflow.ts";
import { AwsStandIn } from "./aws-stand-in.ts";
import { Canary } from "./canary.ts";
import { Ground } from "./ground.ts";
import type { Findings, Part, PartOptions } from "./part.ts";
import type { Unprepared } from "./prepared.ts";
import type { Stage } from "./stage.ts";
import { POLICY, SITUATIONS, type Situation } from "./situations.ts";
import { columnOf, pairs, planOf, spread, type Trial } from "./trial.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RESULTS = join(ROOT, "test-results");
/** The requests of a run that are spoiled; the faults of later ones are like these. */
const REQUESTS = 30;
/** How many faults each way of running meets, where nobody says how many. */
const FAULTS_EACH = { workflow: 40, commandLine: 6, functions: 8 };

/** Something that was said, written or left somewhere. */
interface Said {
  where: string;
  what: unknown;
}

/** One run, by the way that it is made. */
interface Job {
  way: "workflow" | "commandLine" | "functions";
  trial: Trial;
  /** Whether AWS itself refuses every call. */
  refusing?: boolean;
}

export const SECRETS: Part = {
  name: "secrets",
  summary: "runs with marked credentials, and the search for them in everything that is said",
  title: "Credentials",
  about: `Every run authenticates with credentials that carry a mark: a bearer token, a token from a credential plugin, a client
key, a CA, AWS credentials with a session token. The proxy takes no request without the token, and its refusals repeat the
headers that they came with. Runs are made by the workflow in one process, by the command line, and by the handlers that are
deployed, without a fault and with every fault. Then everything is searched for the marks, also in Base64 and hexadecimal:
the events, inputs and outputs of executions, notifications in all forms, Events and Leases on the cluster, reports, what
the command line prints, the functions' logs, errors with their causes, and \`test-results\`.`,
  run,
};

async function run(stage: Stage, options: PartOptions): Promise<Findings> {
  const jobs = jobsFor(options.limit);
  const found = new Map<string, string>();
  let searched = 0;
  let unprepared = 0;
  let done = 0;
  await mapConcurrently(jobs, options.concurrency, async (job) => {
    const canary = new Canary();
    const said = await saidIn(stage, job, canary);
    if ("unprepared" in said) {
      unprepared++;
      options.tell(`NOT PREPARED ${job.way}, ${columnOf(job.trial)}: ${said.unprepared}`);
    }
    for (const { where, what } of "unprepared" in said ? [] : said) {
      searched++;
      for (const name of canary.sightingsIn(what)) {
        const line = `${job.way}, ${columnOf(job.trial)}${job.refusing === true ? ", refused by AWS" : ""}: ${name} in ${where}`;
        found.set(line, line);
      }
    }
    if (++done % 10 === 0) options.tell(`${done} of ${jobs.length}`);
  });
  const violations = [...found.keys()].map((line) => `${line}\n  npm run test:faults -- --part secrets`);
  return {
    executions: jobs.length - unprepared,
    unprepared,
    violations,
    figures: `${jobs.length - unprepared} runs, ${searched} texts and objects searched, credentials found in ${violations.length} of them.\n`,
    document: { runs: jobs.length, searched, found: [...found.keys()] },
  };
}

function jobsFor(limit: number | undefined): Job[] {
  const ways = ["workflow", "commandLine", "functions"] as const;
  return [
    ...ways.flatMap((way) => [
      { way, trial: { kind: "clean" } as const },
      ...spread(pairs(REQUESTS, FAULT_NAMES), limit ?? FAULTS_EACH[way]).map((trial) => ({ way, trial })),
    ]),
    { way: "functions", trial: { kind: "clean" }, refusing: true },
  ];
}

/** Everything that one run says, unless it was not as it should be. */
async function saidIn(stage: Stage, job: Job, canary: Canary): Promise<Said[] | Unprepared> {
  const situation = SITUATIONS.find(({ name }) => name === "bad-rollout") as Situation;
  const ground = await Ground.create(stage.cluster, "faults-secrets");
  const directory = mkdtempSync(join(tmpdir(), "remediation-secrets-"));
  const token = `k8s-aws-v1.${canary.mark("the bearer token")}`;
  // The functions make their own token, which holds their session token.
  const asked = job.way === "functions" ? {} : { token };
  const proxy = await FaultProxy.start({ upstream: stage.upstream, plan: planOf(job.trial), echo: true, ...asked });
  try {
    try {
      await situation.prepare(ground);
    } catch (error) {
      return { unprepared: error instanceof Error ? error.message : String(error) };
    }
    const { server } = proxy.connection("local");
    const kubeconfig = writeKubeconfig(directory, server, token, canary);
    const said = await WAYS[job.way]({
      ground,
      directory,
      server,
      kubeconfig,
      canary,
      refusing: job.refusing ?? false,
    });
    // A run that goes wrong without a fault shows nothing of runs that go well.
    const patched = proxy.requests.some(
      ({ method, query, upstream }) => method === "PATCH" && query === "" && upstream === 200,
    );
    if (job.trial.kind === "clean" && job.refusing !== true && !patched) {
      return { unprepared: `it patched nothing: ${JSON.stringify(said).slice(-2_000)}` };
    }
    return [...said, ...(await leftOnCluster(ground)), ...testResults()];
  } finally {
    await proxy.stop();
    rmSync(directory, { recursive: true });
    await ground.remove();
  }
}

interface Place {
  ground: Ground;
  directory: string;
  server: string;
  kubeconfig: string;
  canary: Canary;
  refusing: boolean;
}

const WAYS: Readonly<Record<Job["way"], (place: Place) => Promise<Said[]>>> = {
  workflow: runInProcess,
  commandLine: runCommandLine,
  functions: runFunctions,
};

/** A kubeconfig whose credential plugin answers with the token, and that holds a password, a key and a CA beside it. */
function writeKubeconfig(directory: string, server: string, token: string, canary: Canary): string {
  const pem = (name: string) =>
    `-----BEGIN ${name}-----\n${canary.mark(`the ${name.toLowerCase()}`)}\n-----END ${name}-----\n`;
  const ca = join(directory, `${canary.mark("the path of the CA")}.pem`);
  writeFileSync(ca, pem("CERTIFICATE"));
  const status = { token, clientKeyData: pem("PRIVATE KEY"), clientCertificateData: pem("CERTIFICATE") };
  const answer = {
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    status: { token: status.token },
  };
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: process.execPath,
    args: ["-e", "process.stdout.write(process.env.ANSWER)"],
    env: [{ name: "ANSWER", value: JSON.stringify(answer) }],
    interactiveMode: "Never",
  };
  const kubeconfig = join(directory, "kubeconfig");
  writeFileSync(
    kubeconfig,
    stringify({
      clusters: [{ name: "local", cluster: { server, "certificate-authority": ca, "insecure-skip-tls-verify": true } }],
      users: [
        { name: "me", user: { exec } },
        {
          name: "other",
          user: {
            username: "other",
            password: canary.mark("the password"),
            "client-key-data": btoa(status.clientKeyData),
          },
        },
      ],
      contexts: [{ name: "local", context: { cluster: "local", user: "me" } }],
      "current-context": "local",
    }),
  );
  return kubeconfig;
}

async function runInProcess({ ground, kubeconfig }: Place): Promise<Said[]> {
  const connection = await connectionFromKubeconfig(kubeconfig);
  const recorder = new Recorder(() => new Date());
  const { result, events, notifications } = await runWorkflow({
    connectionOf: () => connection,
    request: { cluster_name: "local", namespace: ground.namespace },
    policy: quickPolicy(POLICY),
    now: () => new Date(),
    onEvent: (event) => {
      recorder.see(event);
    },
  });
  return [
    { where: "the events of the execution", what: events },
    { where: "its result", what: result },
    { where: "notifications", what: notifications },
    ...notifications.flatMap((notification) =>
      [true, false].map((chat) => ({ where: "a notification's forms", what: formsOf(notification, chat) })),
    ),
    { where: "the report", what: reportOf(recorder.finish("local", result, notifications)) },
  ];
}

async function runCommandLine({ ground, directory, kubeconfig }: Place): Promise<Said[]> {
  const policy = join(directory, "policy.json");
  writeFileSync(policy, JSON.stringify(quickPolicy(POLICY)));
  const report = join(directory, "report.html");
  const record = join(directory, "record.jsonl");
  const files = ["--policy", policy, "--report", report, "--record", record];
  const common = ["local/command-line/main.ts", "--kubeconfig", kubeconfig, ...files];
  const args = [...common, "--namespace", ground.namespace];
  const said: Said[] = [
    { where: "a plan on the command line", what: await printed([...args, "--dry-run"]) },
    { where: "the command line's JSON lines", what: await printed([...args, "--yes", "--json"]) },
    {
      where: "what it says of a context that is none",
      what: await printed([...args, "--context", "none", "--dry-run"]),
    },
  ];
  if (existsSync(report)) said.push({ where: "the report's file", what: readFileSync(report, "utf8") });
  if (existsSync(record)) said.push({ where: "the record's file", what: readFileSync(record, "utf8") });
  // Where the plugin answers with something else than JSON, its answer is a credential all the same.
  writeFileSync(
    kubeconfig,
    readFileSync(kubeconfig, "utf8").replaceAll("process.env.ANSWER", "process.env.ANSWER.slice(1)"),
  );
  said.push({
    where: "what it says of a plugin that is broken",
    what: await printed([...args, "--dry-run", "--json"]),
  });
  return said;
}

async function runFunctions({ ground, server, canary, refusing }: Place): Promise<Said[]> {
  const aws = await AwsStandIn.start({ endpoint: server, ca: `CA ${canary.mark("the CA")}` }, refusing);
  try {
    const logs = await printed(
      ["test/faults/functions-run.ts", JSON.stringify({ cluster_name: "prod", namespace: ground.namespace })],
      {
        AWS_REGION: "eu-west-1",
        AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
        AWS_SECRET_ACCESS_KEY: canary.mark("the secret access key"),
        AWS_SESSION_TOKEN: canary.mark("the session token"),
        AWS_ENDPOINT_URL: aws.url,
        AWS_MAX_ATTEMPTS: "1",
        TOPIC_ARN: "arn:aws:sns:eu-west-1:123456789012:remediation",
        RECORD_TABLE: "remediation-record",
        RECORD_DAYS: "400",
        REMEDIATION_SETTINGS: JSON.stringify({
          path: "/remediation",
          own: "arn:aws:eks:eu-west-1:123456789012:cluster/prod",
        }),
        REMEDIATION_POLICY: JSON.stringify(quickPolicy(POLICY)),
        POWERTOOLS_SERVICE_NAME: "eks-remediation",
        POWERTOOLS_METRICS_NAMESPACE: "EksRemediation",
        POWERTOOLS_LOG_LEVEL: "DEBUG",
      },
    );
    return [
      { where: "the functions' logs, answers and errors", what: logs },
      { where: "what was published or put on record", what: aws.taken },
    ];
  } finally {
    await aws.stop();
  }
}

/** What a process prints until it ends, on both of its outputs. */
async function printed(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: { PATH: process.env["PATH"], ...environment } });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve, reject) => child.on("close", resolve).on("error", reject));
  return Buffer.concat(chunks).toString("utf8");
}

/** The Events and claims that the run wrote. */
async function leftOnCluster(ground: Ground): Promise<Said[]> {
  return [
    { where: "Events on the cluster", what: await ground.cluster.list(paths.events(ground.namespace)) },
    { where: "a claim", what: await ground.claims() },
  ];
}

function testResults(): Said[] {
  mkdirSync(RESULTS, { recursive: true });
  const files = readdirSync(RESULTS, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => ({
    where: `test-results/${name}`,
    what: readFileSync(join(parentPath, name), "utf8"),
  }));
}
