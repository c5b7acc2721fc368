import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { HttpCluster } from "../../functions/shared/cluster/http-cluster.ts";
import { paths } from "../../functions/shared/cluster/paths.ts";
import type { Deployment } from "../../functions/shared/kubernetes/types.ts";
import { Policy } from "../../functions/shared/policy.ts";
import { startCluster } from "../../local/cluster/control-plane.ts";
import { startExecution } from "../../local/engine/engine.ts";
import { localEnvironment } from "../../local/engine/environment.ts";
import { connectionFromKubeconfig } from "../../local/command-line/kubeconfig.ts";
import { deedOf, waitOf } from "../../statemachines/by-name.ts";

/** What one execution took. */
export interface ExecutionCount {
  what: string;
  outcomes: string[];
  /** States that were entered, those of the Map's iterations included. */
  transitions: number;
  /** Tasks among them, each of which invokes a function. */
  invocations: number;
  /** Time outside of Wait states. */
  seconds: number;
}

const NAMESPACE = "shop";
const POLICY = Policy.parse({ verify: { soak_seconds: 4, interval_seconds: 2, deadline_seconds: 60 } });

/** Runs the workflow on a real control plane: once when all is well, once on a rollout that crash-loops. */
export async function countExecutions(progress: (line: string) => void): Promise<ExecutionCount[]> {
  const parent = mkdtempSync(join(tmpdir(), "remediation-bench-"));
  const cluster = await startCluster({ directory: join(parent, "cluster"), progress });
  try {
    const api = new HttpCluster(await connectionFromKubeconfig(cluster.kubeconfig));
    const deployment = paths.deployment(NAMESPACE, "web");
    await api.create(paths.namespaces(), { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } });
    await api.create(paths.deployments(NAMESPACE), web({}));
    await until(api, ({ status }) => status?.readyReplicas === 2);
    const healthy = await count("a healthy run", cluster.kubeconfig);

    await api.patch(deployment, [
      { op: "replace", path: "/spec/template", value: web({ "simulation/failure": "crash-loop" }).spec.template },
    ]);
    await until(api, ({ status }) =>
      (status?.conditions ?? []).some(({ reason }) => reason === "ProgressDeadlineExceeded"),
    );
    return [healthy, await count("a rollback that works", cluster.kubeconfig)];
  } finally {
    await cluster.stop();
    rmSync(parent, { recursive: true });
  }

  async function until(api: HttpCluster, holds: (deployment: Deployment) => boolean): Promise<void> {
    while (!holds(await api.get<Deployment>(paths.deployment(NAMESPACE, "web")))) await sleep(500);
  }
}

async function count(what: string, kubeconfig: string): Promise<ExecutionCount> {
  const connection = await connectionFromKubeconfig(kubeconfig);
  let transitions = 0;
  let invocations = 0;
  let waited = 0;
  let waitingSince = 0;
  const started = performance.now();
  const execution = startExecution({
    input: { cluster_name: "local" },
    name: `bench-${randomUUID()}`,
    environment: localEnvironment(connection, POLICY, []),
    onEvent: ({ type, state }) => {
      if (type === "entered") {
        transitions++;
        if (deedOf(state) !== undefined) invocations++;
        if (waitOf(state) !== undefined) waitingSince = performance.now();
      }
      if (type === "exited" && waitOf(state) !== undefined) waited += performance.now() - waitingSince;
    },
  });
  const result = await execution.result;
  const output = (result.status === "succeeded" ? result.output : {}) as { outcomes?: string[] };
  const seconds = (performance.now() - started - waited) / 1_000;
  return { what, outcomes: output.outcomes ?? [], transitions, invocations, seconds };
}

function web(annotations: Record<string, string>) {
  const probe = { httpGet: { path: "/", port: 80 } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 2,
      progressDeadlineSeconds: 8,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" }, annotations },
        spec: { containers: [{ name: "app", image: "shop/web:1", readinessProbe: probe }] },
      },
    },
  };
}
