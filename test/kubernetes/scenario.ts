import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inject, test } from "vitest";
import { HttpCluster, type Connection } from "../../functions/shared/cluster/http-cluster.ts";
import type { Deployment, Hpa, Lease, Pod } from "../../functions/shared/kubernetes/types.ts";
import type { FunctionName } from "../../local/engine/engine.ts";
import { Upstream } from "../faults/proxy/forward.ts";
import { FaultProxy, type FaultProxyOptions } from "../faults/proxy/proxy.ts";
import { connectionFromKubeconfig } from "../../local/command-line/kubeconfig.ts";
import { WRITES, type Surroundings } from "../../local/scenarios/play.ts";
import { managedBy } from "../../local/scenarios/steps.ts";
import { quickPolicy, withOverrides } from "../../local/scenarios/quick-policy.ts";
import { runWorkflow, type Run } from "../../local/scenarios/run-workflow.ts";
import { AuditLog, type AuditedRequest } from "./audit-log.ts";

const execute = promisify(execFile);

/** How long something may take on a busy machine, in seconds. */
const PATIENCE_SECONDS = 300;
/** How long to wait between two looks, each of which is a process of its own. */
const POLL_MS = 500;
/** As patient with a remedy that helps, and with an undo. */
const PATIENT = { verify: { deadline_seconds: PATIENCE_SECONDS, undo_deadline_seconds: PATIENCE_SECONDS } };

/** A test that gets a namespace of its own, which is deleted when the test ends. */
export const it = test.extend<{ scenario: Scenario }>({
  scenario: async ({ task }, use) => {
    const scenario = await Scenario.create(slug(task.name));
    await use(scenario);
    await scenario.remove();
  },
});

/** One scenario: a namespace of its own on the suite's cluster. */
export class Scenario {
  readonly namespace: string;
  readonly #userAgent: string;

  private constructor(namespace: string) {
    this.namespace = namespace;
    this.#userAgent = `eks-remediation/${namespace}`;
  }

  /** Makes a namespace whose name starts with `name`. */
  static async create(name: string): Promise<Scenario> {
    const scenario = new Scenario(`${name}-${randomBytes(3).toString("hex")}`);
    await scenario.kubectl("create", "namespace", scenario.namespace);
    return scenario;
  }

  /** Deletes the namespace and all that is in it, without waiting for the end of it. */
  async remove(): Promise<void> {
    await this.kubectl("delete", "namespace", this.namespace, "--wait=false");
  }

  async kubectl(...args: string[]): Promise<string> {
    const { stdout } = await execute(inject("kubectl"), ["--kubeconfig", inject("kubeconfig"), ...args]);
    return stdout;
  }

  /** Applies a manifest of `manifests/`, with `${NAME}` and `${NAME:-default}` placeholders replaced, as a user would. */
  async apply(manifest: string, values: Record<string, string> = {}): Promise<void> {
    const file = fileURLToPath(new URL(`manifests/${manifest}.yaml`, import.meta.url));
    const text = readFileSync(file, "utf8").replace(
      /\$\{(\w+)(?::-([^}]*))?\}/g,
      (_whole, name: string, otherwise?: string) => values[name] ?? otherwise ?? "",
    );
    await this.applyText(text);
  }

  /** Applies a manifest that is given as it is. What another scenario makes in the same moment, as a kind that both need, is applied anew. */
  async applyText(text: string, namespace = this.namespace, manager?: string): Promise<void> {
    const place = ["--kubeconfig", inject("kubeconfig"), "-n", namespace];
    const apply = async () => {
      const child = execute(inject("kubectl"), [...place, "apply", ...managedBy(manager), "-f", "-"]);
      child.child.stdin?.end(text);
      await child;
    };
    try {
      await apply();
    } catch (error) {
      if (!(error instanceof Error && error.message.includes("(AlreadyExists)"))) throw error;
      await apply();
    }
  }

  async rolledOut(name = "web"): Promise<void> {
    await this.kubectl(
      "-n",
      this.namespace,
      "rollout",
      "status",
      `deployment/${name}`,
      `--timeout=${PATIENCE_SECONDS}s`,
    );
  }

  /**
   * Annotates the pods that run now, not their template: their replacements will not have it. Pods that go meanwhile are
   * left out.
   */
  async annotatePods(annotation: string): Promise<void> {
    for (const { metadata } of await this.stayingPods()) {
      await this.kubectl("-n", this.namespace, "annotate", `pod/${metadata?.name ?? ""}`, annotation).catch(
        (error: unknown) => {
          if (!String(error).includes("NotFound")) throw error;
        },
      );
    }
  }

  async deployment(name = "web"): Promise<Deployment> {
    return await this.#read("deployment", name);
  }

  async hpa(name = "web"): Promise<Hpa> {
    return await this.#read("hpa", name);
  }

  async pods(): Promise<Pod[]> {
    return await this.#list<Pod>(this.namespace, "pods");
  }

  /** The pods that are not about to go. */
  async stayingPods(): Promise<Pod[]> {
    return (await this.pods()).filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
  }

  /** The image that the Deployment's template runs. */
  async image(name = "web"): Promise<string | undefined> {
    return (await this.deployment(name)).spec?.template.spec?.containers[0]?.image;
  }

  /** The claims on workloads of this namespace. */
  async claims(): Promise<Lease[]> {
    const leases = await this.#list<Lease>("eks-remediation", "leases");
    return leases.filter(({ metadata }) => metadata?.name?.includes(`.${this.namespace}.`));
  }

  async #read<T>(kind: string, name: string): Promise<T> {
    return JSON.parse(await this.kubectl("-n", this.namespace, "get", kind, name, "-o", "json")) as T;
  }

  async #list<T>(namespace: string, resource: string): Promise<T[]> {
    const list = JSON.parse(await this.kubectl("-n", namespace, "get", resource, "-o", "json")) as { items: T[] };
    return list.items;
  }

  /** Waits until something about the cluster is so: for long at least, as a busy machine may need it. */
  async until(what: string, holds: () => Promise<boolean>, seconds = PATIENCE_SECONDS): Promise<void> {
    const patience = Math.max(seconds, PATIENCE_SECONDS);
    const deadline = Date.now() + patience * 1_000;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`After ${patience} s it is still not so: ${what}`);
      await sleep(POLL_MS);
    }
  }

  /** Waits until some container of the namespace waits for this reason. */
  async untilFailing(reason: string, pods = 1): Promise<void> {
    await this.until(`${pods} pods fail with ${reason}`, async () => {
      const failing = (await this.pods()).filter((pod) => pod.status?.reason === reason || isWaitingFor(pod, reason));
      return failing.length >= pods;
    });
  }

  /**
   * Runs the workflow on this namespace, or with a runbook's request. Each function has the permissions of its own
   * Kubernetes group, as it has in AWS. A remedy, and its undo, may take long unless the policy says otherwise.
   */
  async run(request: object = {}, overrides: object = {}, surroundings: Surroundings = {}): Promise<Run> {
    return await this.play(request, withOverrides(PATIENT, overrides), surroundings);
  }

  /** The same with the quick policy as it is, which a scenario lays its own over. */
  async play(request: object, overrides: object, surroundings: Surroundings): Promise<Run> {
    return await this.#runOver(await this.#connect(inject("kubeconfig")), request, overrides, surroundings);
  }

  /** The same, and tells of everything that the functions send. */
  async playWatched(
    request: object,
    overrides: object,
    surroundings: Surroundings,
    onForwarded: NonNullable<FaultProxyOptions["onForwarded"]>,
  ): Promise<Run> {
    const upstream = new Upstream(await this.#connect(inject("kubeconfig")));
    const proxy = await FaultProxy.start({ upstream, onForwarded });
    try {
      const connection = proxy.connection("local", { "user-agent": this.#userAgent });
      return await this.#runOver(connection, request, overrides, surroundings);
    } finally {
      await proxy.stop();
      upstream.close();
    }
  }

  async #runOver(connection: Connection, request: object, overrides: object, surroundings: Surroundings): Promise<Run> {
    const asGroup = (name: FunctionName) => impersonating(connection, `eks-remediation:${name}`);
    return await run(asGroup, { namespace: this.namespace, ...request }, overrides, surroundings);
  }

  /** Runs the workflow on everything that the policy includes, as a user who may do only what the scenario grants. */
  async runRestricted(overrides: object): Promise<Run> {
    const connection = await this.#connect(inject("restrictedKubeconfig"));
    return await run(() => connection, {}, withOverrides(PATIENT, overrides), {});
  }

  /** A client for the suite's cluster, as the administrator; the audit log has it under this scenario's name. */
  async client(): Promise<HttpCluster> {
    return new HttpCluster(await this.#connect(inject("kubeconfig")));
  }

  async #connect(kubeconfig: string): Promise<Connection> {
    const connection = await connectionFromKubeconfig(kubeconfig);
    const { authenticate } = connection;
    connection.authenticate = async () => ({ ...(await authenticate()), "user-agent": this.#userAgent });
    return connection;
  }

  /** What this scenario's runs asked the API server to change, dry runs left out. */
  writes(): AuditedRequest[] {
    return auditedRequests(this.#userAgent).filter(
      ({ verb, uri }) => WRITES.includes(verb) && !uri.includes("dryRun=All"),
    );
  }

  /** Everything that this scenario's runs asked of the API server. */
  requests(): AuditedRequest[] {
    return auditedRequests(this.#userAgent);
  }
}

async function run(
  connectionOf: (name: FunctionName) => Connection,
  request: object,
  overrides: object,
  { ahead = 0, onEntered, set }: Surroundings,
): Promise<Run> {
  return await runWorkflow({
    connectionOf,
    request: { cluster_name: "local", ...request },
    policy: quickPolicy(overrides),
    now: () => new Date(Date.now() + ahead * 1_000),
    onEntered,
    set,
  });
}

/** The same connection, as a member of that group alone. */
function impersonating(connection: Connection, group: string): Connection {
  const headers = { "impersonate-user": group, "impersonate-group": group };
  return { ...connection, authenticate: async () => ({ ...(await connection.authenticate()), ...headers }) };
}

/** Whether a container of the pod waits for this reason. */
export function isWaitingFor({ status }: Pod, reason: string): boolean {
  return status?.containerStatuses?.some(({ state }) => state?.waiting?.reason === reason) ?? false;
}

/** The start of a test's name, as a part of a namespace's. */
function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replace(/^-|-$/g, "");
}

let auditLog: AuditLog | undefined;

/** The answered requests of one user agent. */
export function auditedRequests(userAgent: string): AuditedRequest[] {
  auditLog ??= new AuditLog(inject("auditLog"));
  return auditLog.of(userAgent);
}
