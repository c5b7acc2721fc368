import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";
import { ensureAuthenticator, type Progress } from "./binaries.ts";
import { ClusterError } from "./errors.ts";
import { startComponent, type Component } from "./processes.ts";

/** What an EKS access entry says about an IAM principal. */
export interface AccessEntry {
  principalArn: string;
  kubernetesGroups: string[];
  /** May hold `{{SessionName}}`, `{{SessionNameRaw}}` and `{{AccountID}}`; by default the ARN of the caller. */
  username?: string;
}

/** Credentials that the stand-in STS knows, and whose they are. */
export interface Principal {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** When they end, in RFC 3339; never by default. */
  expiration?: string;
  /** What GetCallerIdentity answers: for a role, the ARN of its session, and `AROA...:session` for `userId`. */
  arn: string;
  account: string;
  userId: string;
}

export interface StsOptions {
  /** An existing directory for the files that belong to it. */
  directory: string;
  principals: readonly Principal[];
  progress?: Progress;
}

export interface WebhookOptions {
  /** An existing directory for the files that belong to it. */
  directory: string;
  /** The EKS cluster that tokens have to be made for. */
  clusterName: string;
  region: string;
  /** By default `aws`. */
  partition?: string;
  /** The entries themselves, or the endpoint of an EKS API that has them. */
  accessEntries: readonly AccessEntry[] | { eksEndpoint: string };
  /** Where requests for STS go; by default to AWS. */
  stsEndpoint?: string;
  progress?: Progress;
}

/** A server on loopback. */
export interface Server {
  /** Base URL. */
  url: string;
  stop: () => Promise<void>;
}

export interface TokenWebhook extends Server {
  /** Path of the kubeconfig to give to `startCluster` as `authentication.webhookConfig`. */
  webhookConfig: string;
}

/** How long a server may take to listen. */
const LISTEN_SECONDS = 120;

/**
 * Starts a stand-in for STS. It answers GetCallerIdentity to whoever presigned the request with the secret key of one of
 * the principals less than 15 minutes ago, and refuses everybody else in the words of STS.
 * @throws ClusterError when the authenticator cannot be built or does not start
 */
export async function startSts({ directory, principals, progress }: StsOptions): Promise<Server> {
  const file = join(directory, "principals.json");
  writeFileSync(file, JSON.stringify(principals), { mode: 0o600 });
  return await start("sts", ["-credentials", file], directory, progress);
}

/**
 * Starts the webhook by which an API server authenticates EKS tokens: the reference verifier, then access entries.
 * @throws ClusterError when the authenticator cannot be built or does not start
 */
export async function startTokenWebhook(options: WebhookOptions): Promise<TokenWebhook> {
  const { directory, clusterName, region, partition = "aws", accessEntries, stsEndpoint, progress } = options;
  const args = ["-cluster-name", clusterName, "-region", region, "-partition", partition];
  if ("eksEndpoint" in accessEntries) args.push("-eks-endpoint", accessEntries.eksEndpoint);
  else args.push("-access-entries", writeAccessEntries(directory, accessEntries));
  if (stsEndpoint !== undefined) args.push("-sts-endpoint", stsEndpoint);
  const server = await start("webhook", args, directory, progress);
  const webhookConfig = join(directory, "webhook.kubeconfig");
  writeFileSync(webhookConfig, kubeconfigOf(`${server.url}/authenticate`));
  return { ...server, webhookConfig };
}

/** Writes the access entries of the webhook that was started with this directory. They hold from the next review on. */
export function writeAccessEntries(directory: string, entries: readonly AccessEntry[]): string {
  const file = join(directory, "access-entries.json");
  writeFileSync(file, JSON.stringify(entries));
  return file;
}

async function start(command: string, args: string[], directory: string, progress?: Progress): Promise<Server> {
  const binary = await ensureAuthenticator(progress ?? (() => undefined));
  const component = startComponent(
    `authenticator ${command}`,
    binary,
    [command, ...args],
    join(directory, `${command}.log`),
  );
  try {
    return { url: await untilListening(component), stop: component.stop };
  } catch (error) {
    await component.stop();
    throw error;
  }
}

/** It picks a free port by itself, and prints its URL. */
async function untilListening({ name, ended, logTail }: Component): Promise<string> {
  const deadline = Date.now() + LISTEN_SECONDS * 1_000;
  for (;;) {
    const url = /^Listening on (\S+)$/m.exec(logTail())?.[1];
    if (url !== undefined) return url;
    const how = await Promise.race([ended, sleep(20)]);
    if (typeof how === "string") throw new ClusterError(`${name} ended (${how}):\n${logTail()}`);
    if (Date.now() > deadline) throw new ClusterError(`${name} did not listen after ${LISTEN_SECONDS} s.`);
  }
}

function kubeconfigOf(server: string): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "authenticator", cluster: { server } }],
    users: [{ name: "api-server", user: {} }],
    contexts: [{ name: "webhook", context: { cluster: "authenticator", user: "api-server" } }],
    "current-context": "webhook",
  });
}
