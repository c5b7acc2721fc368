import { existsSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { KubeConfig, type Cluster as KubeConfigCluster } from "@kubernetes/client-node";
import type { Connection } from "../../functions/shared/cluster/http-cluster.ts";
import { RemediationError } from "../../functions/shared/errors.ts";
import { bounded } from "../../functions/shared/text.ts";

/** An exec plugin is asked for credentials again after this time; it keeps its own token as long as that is good. */
const CREDENTIALS_SECONDS = 60;

/** A connection, under the name of its context. */
export interface KubeconfigConnection extends Connection {
  /** What the kubeconfig calls the cluster of that context. */
  entry: string;
  /** What the kubeconfig calls other clusters, and their contexts. */
  others: string[];
}

/** The context that the client makes up, of an API server on this machine, where it finds no kubeconfig. */
const MADE_UP = "loaded-context";

/**
 * Makes a connection from a kubeconfig, as kubectl does: client certificates, tokens and exec plugins included.
 * @param file the kubeconfig; without one, `KUBECONFIG` or `~/.kube/config`
 * @param context a context in it; without one, its current context
 * @throws RemediationError `InvalidKubeconfig`, `ContextNotFound`; `Unauthorized` when its credentials cannot be had
 */
export async function connectionFromKubeconfig(file?: string, context?: string): Promise<KubeconfigConnection> {
  const config = load(file);
  if (context !== undefined) {
    if (config.getContextObject(context) === null) {
      const known = config.getContexts().map(({ name }) => name);
      throw new RemediationError(
        "ContextNotFound",
        `The kubeconfig has no context ${context}. It has: ${known.join(", ") || "none"}.`,
      );
    }
    config.setCurrentContext(context);
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new RemediationError(
      "InvalidKubeconfig",
      "The kubeconfig's current context names no cluster. Choose one with --context, or set it with kubectl config use-context.",
    );
  }
  refuseUnsafe(cluster);
  const { headers: _headers, agent: _agent, ...tls } = await requestOptions(config);
  return {
    name: config.getCurrentContext(),
    entry: cluster.name,
    others: othersThan(cluster, config),
    server: cluster.server,
    tls,
    authenticate: remembered(async () => authorization(await requestOptions(config))),
  };
}

/** The names of the clusters that another server serves, and of their contexts. */
function othersThan({ server }: KubeConfigCluster, config: KubeConfig): string[] {
  const others = config.getClusters().filter((each) => each.server !== server);
  const contexts = config.getContexts().filter(({ cluster }) => others.some(({ name }) => name === cluster));
  return [...others, ...contexts].map(({ name }) => name);
}

/** The contexts that a kubeconfig has, for whoever is to choose one. @throws as `connectionFromKubeconfig` does */
export function contextNames(file?: string): string[] {
  return load(file)
    .getContexts()
    .map(({ name }) => name);
}

function load(file: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (file !== undefined && !existsSync(file)) {
    throw new RemediationError("InvalidKubeconfig", `There is no kubeconfig at ${file}. Check the path.`);
  }
  try {
    if (file === undefined) config.loadFromDefault();
    else config.loadFromFile(file);
  } catch (error) {
    const which = file === undefined ? "The kubeconfig" : `The kubeconfig ${file}`;
    throw new RemediationError("InvalidKubeconfig", `${which} cannot be read: ${firstLine(error)}`);
  }
  if (file === undefined && config.getCurrentContext() === MADE_UP) {
    throw new RemediationError(
      "InvalidKubeconfig",
      "There is no kubeconfig: KUBECONFIG names none, and ~/.kube/config is not there. Name one with --kubeconfig.",
    );
  }
  return config;
}

/** Refuses a cluster that would be reached in the open, or not in the way its kubeconfig says. */
function refuseUnsafe({ server, skipTLSVerify, proxyUrl }: KubeConfigCluster): void {
  const url = URL.parse(server);
  if (url === null) {
    throw new RemediationError("InvalidKubeconfig", "The server of the kubeconfig's cluster is not a URL. Correct it.");
  }
  if (url.protocol === "http:" && !skipTLSVerify) {
    throw new RemediationError(
      "InvalidKubeconfig",
      `The cluster at ${url.origin} is reached without TLS, so anyone on the way can read the credentials. Give an https:// address, or set insecure-skip-tls-verify where that is meant, as for kubectl proxy.`,
    );
  }
  if (proxyUrl !== undefined) {
    throw new RemediationError(
      "InvalidKubeconfig",
      "The kubeconfig reaches the cluster through a proxy (proxy-url), which is not supported here. Use a context that reaches it directly.",
    );
  }
}

/** TLS options and headers for one request; runs the exec plugin where the kubeconfig names one. */
async function requestOptions(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = { headers: {} };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new RemediationError("Unauthorized", `The kubeconfig's credentials cannot be had: ${withoutAnswer(error)}`);
  }
  return options;
}

/** What is wrong with a file, without the excerpt of it that follows: that may hold a token. */
function firstLine(error: unknown): string {
  return bounded((error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "", 200);
}

/** Why there are no credentials. What a credential plugin printed as its answer is left out: that may hold a token. */
function withoutAnswer(error: unknown): string {
  if (error instanceof SyntaxError) return "its command printed something else than JSON.";
  return bounded(error instanceof Error ? error.message : String(error), 400);
}

function authorization({ headers, auth }: RequestOptions): Record<string, string> {
  if (typeof auth === "string") return { authorization: `Basic ${Buffer.from(auth).toString("base64")}` };
  const value = (headers as Record<string, unknown> | undefined)?.["Authorization"];
  return typeof value === "string" ? { authorization: value } : {};
}

function remembered<T>(read: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | undefined;
  let until = 0;
  return async () => {
    if (value === undefined || Date.now() >= until) {
      until = Date.now() + CREDENTIALS_SECONDS * 1_000;
      value = read();
      value.catch(() => (value = undefined));
    }
    return await value;
  };
}
