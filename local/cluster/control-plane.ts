import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { ensureBinaries, type Progress } from "./binaries.ts";
import { componentArguments, type Authentication, type Layout } from "./components.ts";
import { createCredentials, writeKubeconfig, type User } from "./credentials.ts";
import { refOf, takeDirectory, writeState, type ProcessRef } from "./directory.ts";
import { ClusterError } from "./errors.ts";
import { registerMetrics, serveMetrics } from "./metrics.ts";
import { serveLogs } from "./logs.ts";
import { createNodes } from "./nodes.ts";
import { freePorts } from "./ports.ts";
import { startComponent, type Component } from "./processes.ts";
import { stageConfig } from "./stages.ts";

const execute = promisify(execFile);

export interface ClusterOptions {
  /** Where the cluster keeps everything; removed when it stops. An absolute path. */
  directory: string;
  /** How many simulated nodes. */
  nodes?: number;
  /** Without the controllers, the scheduler and the nodes, objects stay as they are written. By default they run. */
  controllers?: boolean;
  /** By default only the cluster's own tokens are known. */
  authentication?: Authentication;
  progress?: Progress;
  /** Gives up the start, and cleans up after it. */
  signal?: AbortSignal;
}

/** A control plane that runs. */
export interface RunningCluster {
  /** Path of the administrator's kubeconfig. */
  kubeconfig: string;
  /** Path of the kubeconfig of a user without any permission. */
  restrictedKubeconfig: string;
  /** Path of the kubectl that belongs to it. */
  kubectl: string;
  /** Path of the API server's audit log: JSON lines, one for each answered request. */
  auditLog: string;
  /** URL of its API server. */
  server: string;
  /** The certificates that its API server is to be trusted by, as PEM. */
  ca: string;
  /** URL of its etcd. */
  etcd: string;
  /** Settles when a component ends by itself, with what there is to say about it. */
  failed: Promise<string>;
  /** Stops every process and removes the directory. */
  stop: () => Promise<void>;
}

/** How long the API server may take to become ready. */
const READY_SECONDS = 300;

/**
 * Starts etcd, the API server, the controller manager, the scheduler and KWOK on loopback, and waits until pods can run.
 * @throws ClusterError when the binaries cannot be had, the directory is in use, or a component does not start
 */
export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const { directory, nodes = 3, controllers = true, authentication, progress = () => undefined, signal } = options;
  const binaries = await ensureBinaries(progress, signal);
  takeDirectory(directory);
  const layout = await prepare(directory, controllers);
  const supervisor = refOf(process.pid);
  const components: Component[] = [];
  const processes: ProcessRef[] = [];
  const closing: (() => void)[] = [];

  const start = (name: Component["name"], binary: string, args: string[]): Component => {
    signal?.throwIfAborted();
    progress(`Starting ${name}`);
    const component = startComponent(name, binary, args, join(layout.logs, `${name}.log`));
    components.push(component);
    processes.push(refOf(component.pid));
    writeState(directory, { supervisor, components: processes, ready: false });
    return component;
  };
  const stop = async () => {
    for (const close of closing) close();
    for (const component of components.toReversed()) await component.stop();
    rmSync(directory, { recursive: true, force: true });
  };

  try {
    const args = componentArguments(layout, controllers, authentication);
    start("etcd", binaries.etcd, args.etcd);
    const apiServer = start("kube-apiserver", binaries["kube-apiserver"], args.apiServer);
    const certificate = await waitForCertificate(layout, apiServer, signal);
    const kubeconfigs = writeKubeconfigs(layout, certificate);
    const admin = connect(layout, certificate, "admin");
    await waitUntilReady(binaries.kubectl, kubeconfigs.admin, apiServer, signal);
    if (controllers) {
      start("kube-controller-manager", binaries["kube-controller-manager"], args.controllerManager);
      start("kube-scheduler", binaries["kube-scheduler"], args.scheduler);
      start("kwok", binaries.kwok, args.kwok);

      progress(`Creating ${nodes} nodes`);
      const tls = { cert: certificate, key: readFileSync(join(layout.certificates, "apiserver.key"), "utf8") };
      const logs = await serveLogs(connect(layout, certificate, "logs"), tls);
      await createNodes(admin, nodes, logs.port);
      const metrics = await serveMetrics(connect(layout, certificate, "metrics"), tls);
      for (const { server } of [logs, metrics]) {
        closing.push(() => {
          server.closeAllConnections();
          server.close();
        });
      }
      await registerMetrics(admin, metrics.port);
      await waitForServiceAccount(admin, signal);
    }
    signal?.throwIfAborted();
    writeState(directory, { supervisor, components: processes, ready: true });
    return {
      kubeconfig: kubeconfigs.admin,
      restrictedKubeconfig: kubeconfigs.restricted,
      kubectl: binaries.kubectl,
      auditLog: layout.auditLog,
      server: serverUrl(layout),
      ca: certificate,
      etcd: `http://127.0.0.1:${layout.ports.etcd}`,
      failed: firstToFail(components),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function prepare(directory: string, controllers: boolean): Promise<Layout> {
  const [etcdPort = 0, etcdPeerPort = 0, apiPort = 0] = await freePorts(3);
  const layout: Layout = {
    directory,
    logs: join(directory, "logs"),
    certificates: join(directory, "certificates"),
    auditLog: join(directory, "audit.log"),
    credentials: createCredentials(directory),
    ports: { etcd: etcdPort, etcdPeer: etcdPeerPort, api: apiPort },
  };
  mkdirSync(layout.logs);
  writeFileSync(join(directory, "stages.yaml"), stageConfig());
  writeFileSync(
    join(directory, "audit-policy.yaml"),
    // Without controllers the cluster is there to be measured, and an audit log would be measured as well.
    `apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{ level: ${controllers ? "Metadata" : "None"} }]\n`,
  );
  return layout;
}

/** The API server makes its own certificate when it starts; the file also holds the CA that signed it. */
async function waitForCertificate(
  { certificates }: Layout,
  apiServer: Component,
  signal?: AbortSignal,
): Promise<string> {
  return await eventually(apiServer, signal, () => {
    const text = readFileSync(join(certificates, "apiserver.crt"), "utf8");
    readFileSync(join(certificates, "apiserver.key"));
    if (text === "") throw new Error("The certificate is not written yet.");
    return Promise.resolve(text);
  });
}

function writeKubeconfigs(layout: Layout, certificate: string): Record<User, string> {
  const files: Record<User, string> = {
    admin: "kubeconfig",
    restricted: "restricted.kubeconfig",
    controllerManager: "controller-manager.kubeconfig",
    scheduler: "scheduler.kubeconfig",
    kwok: "kwok.kubeconfig",
    metrics: "metrics.kubeconfig",
    logs: "logs.kubeconfig",
  };
  for (const user of Object.keys(files) as User[]) {
    const file = join(layout.directory, files[user]);
    files[user] = writeKubeconfig(file, serverUrl(layout), certificate, layout.credentials.tokens[user]);
  }
  return files;
}

function connect(layout: Layout, certificate: string, user: User): HttpCluster {
  return new HttpCluster({
    name: "local",
    server: serverUrl(layout),
    tls: { ca: certificate },
    // Its own name in the audit log, apart from what the workflow asks.
    authenticate: () =>
      Promise.resolve({ authorization: `Bearer ${layout.credentials.tokens[user]}`, "user-agent": "local-cluster" }),
  });
}

function serverUrl({ ports }: Layout): string {
  return `https://127.0.0.1:${ports.api}`;
}

async function waitUntilReady(
  kubectl: string,
  kubeconfig: string,
  apiServer: Component,
  signal?: AbortSignal,
): Promise<void> {
  await eventually(apiServer, signal, () => execute(kubectl, ["--kubeconfig", kubeconfig, "get", "--raw", "/readyz"]));
}

/** Pods are refused until the controller manager has made their namespace's service account. */
async function waitForServiceAccount(cluster: HttpCluster, signal?: AbortSignal): Promise<void> {
  await eventually(undefined, signal, () => cluster.get("/api/v1/namespaces/default/serviceaccounts/default"));
}

/** Tries until it succeeds, the component ends, or the time is over. */
async function eventually<T>(
  component: Component | undefined,
  signal: AbortSignal | undefined,
  attempt: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + READY_SECONDS * 1_000;
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) {
        throw new ClusterError(`The cluster was not ready after ${READY_SECONDS} s: ${(error as Error).message}`);
      }
    }
    const ended = await Promise.race([component?.ended, sleep(100)]);
    if (typeof ended === "string" && component !== undefined) throw new ClusterError(describeEnd(component, ended));
  }
}

async function firstToFail(components: Component[]): Promise<string> {
  return await Promise.race(components.map(async (component) => describeEnd(component, await component.ended)));
}

function describeEnd(component: Component, how: string): string {
  return `${component.name} ended (${how}). The end of its log:\n${component.logTail()}`;
}
