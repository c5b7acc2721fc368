import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "../../../local/cluster/ports.ts";
import { startComponent, type Component } from "../../../local/cluster/processes.ts";
import { eksState, type EksCluster, type Place } from "./eks-clusters.ts";
import { EmulatorError } from "./errors.ts";
import { ensureEmulator, type Installation } from "./install.ts";

/** The account and region of everything in the emulator. The account is one that AWS's own examples use. */
export const PLACE: Place = { account: "111122223333", region: "eu-west-1" };

/** How long the emulator may take until it answers. */
const READY_SECONDS = 300;
const LAUNCHER = fileURLToPath(new URL("launch.py", import.meta.url));
const LAMBDA_RUNTIME = fileURLToPath(new URL("lambda-runtime.ts", import.meta.url));

export interface EmulatorOptions {
  /** A free port on loopback; by default one is picked. */
  port?: number;
  /** The EKS clusters that are there from the start. */
  clusters?: readonly EksCluster[];
  /** What the seconds of a Wait state are multiplied by. By default 1, as on AWS. */
  waitScale?: number;
  progress?: (line: string) => void;
}

/** An emulator that runs. */
export interface Emulator {
  /** Base URL of every service. */
  endpoint: string;
  /** What the AWS CLI, the CDK and the SDKs need in their environment to talk to it as the account's root. */
  env: Readonly<Record<string, string>>;
  /** The AWS CLI, told where to ask: for queues it does not look at the environment. A command and its first arguments. */
  awsCli: Installation["awsCli"];
  /** What it prints. */
  logFile: string;
  /** The keys that it gave to functions, so that a test can look for them: one JSON object a line. */
  credentialsFile: string;
  /** Settles when it ends by itself, with what there is to say about it. */
  failed: Promise<string>;
  /** Ends it and the functions that it runs, and removes what it kept. */
  stop: () => Promise<void>;
}

/**
 * Starts the AWS emulator on loopback, and waits until it answers. It checks every request's signature, and what the
 * caller's role may do.
 * @throws EmulatorError when it cannot be installed, or does not start
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { clusters = [], waitScale = 1, progress = toStandardError } = options;
  const { python, awsCli } = await ensureEmulator(progress);
  const port = options.port ?? (await freePorts(1))[0] ?? 0;
  const directory = mkdtempSync(join(tmpdir(), "aws-emulator-"));
  const logFile = join(directory, "emulator.log");
  const credentialsFile = join(directory, "credentials.jsonl");
  const variables = { ...emulatorVariables(directory, port, waitScale), EMULATOR_CREDENTIALS_FILE: credentialsFile };
  mkdirSync(variables.STATE_DIR);
  mkdirSync(variables.TMPDIR);
  writeFileSync(join(variables.STATE_DIR, "eks.json"), eksState(clusters, PLACE));

  // `env -i` becomes the emulator, with these variables and no others.
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  const command = [python, LAUNCHER, LAMBDA_RUNTIME];
  const component = startComponent("The AWS emulator", "env", ["-i", ...assignments, ...command], logFile);
  const endpoint = variables.AWS_ENDPOINT_URL;
  const stop = async () => {
    await component.stop();
    rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await waitUntilHealthy(endpoint, component);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    endpoint,
    env: clientVariables(endpoint),
    awsCli: [...awsCli, "--endpoint-url", endpoint],
    logFile,
    credentialsFile,
    failed: component.ended.then((how) => describeEnd(component, how)),
    stop,
  };
}

/** What the emulator is started with. The functions that it runs inherit it. */
function emulatorVariables(directory: string, port: number, waitScale: number) {
  return {
    // The Node that runs this is the one that runs the functions.
    PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}`,
    HOME: directory,
    TMPDIR: join(directory, "tmp"),
    LANG: "C.UTF-8",
    PYTHONUNBUFFERED: "1",
    // Nothing is written into the checkout.
    PYTHONDONTWRITEBYTECODE: "1",
    BIND_HOST: "127.0.0.1",
    GATEWAY_PORT: String(port),
    // Stands in what it answers: in the URLs of queues, and in the endpoints of EKS clusters.
    MINISTACK_HOST: "127.0.0.1",
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    MINISTACK_ACCOUNT_ID: PLACE.account,
    MINISTACK_REGION: PLACE.region,
    // Signatures, roles and policies are checked; functions get their role's credentials.
    AUTH: "true",
    SFN_WAIT_SCALE: String(waitScale),
    // What is saved is read at the start: that is how the EKS clusters come in.
    PERSIST_STATE: "1",
    STATE_DIR: join(directory, "state"),
    S3_DATA_DIR: join(directory, "s3"),
    // Listeners that nobody needs.
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
    // Whatever would be asked for outside of this machine is refused.
    http_proxy: "http://127.0.0.1:9",
    https_proxy: "http://127.0.0.1:9",
    no_proxy: "127.0.0.1,localhost",
  };
}

function clientVariables(endpoint: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: PLACE.region,
    AWS_DEFAULT_REGION: PLACE.region,
    // No profile, and no instance's credentials, of the machine's owner.
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    CDK_DEFAULT_ACCOUNT: PLACE.account,
    CDK_DEFAULT_REGION: PLACE.region,
  };
}

async function waitUntilHealthy(endpoint: string, component: Component): Promise<void> {
  const deadline = Date.now() + READY_SECONDS * 1_000;
  for (;;) {
    const healthy = await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(2_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return;
    const ended = await Promise.race([component.ended, sleep(100)]);
    if (typeof ended === "string") throw new EmulatorError(describeEnd(component, ended));
    if (Date.now() > deadline) {
      throw new EmulatorError(
        `The AWS emulator did not answer within ${READY_SECONDS} s. The end of its log:\n${component.logTail()}`,
      );
    }
  }
}

function describeEnd(component: Component, how: string): string {
  return `${component.name} ended (${how}). The end of its log:\n${component.logTail()}`;
}

function toStandardError(line: string): void {
  process.stderr.write(`${line}\n`);
}
