import type { ExecutionEvent } from "../engine/engine.ts";
import { isBookkeeping, WRITES, type Place } from "./play.ts";
import { quickPolicy } from "./quick-policy.ts";
import { runWorkflow, type RunOptions } from "./run-workflow.ts";
import { managedBy } from "./steps.ts";
import type { EmbeddedCluster } from "../embedded/index.ts";

export interface PlaceOptions {
  namespace: string;
  /** Is told of every event of the workflow. */
  onEvent?: (event: ExecutionEvent) => void;
  /** Is told of every command before it is run. */
  onCommand?: (args: readonly string[]) => void;
  /** How the workflow's calls are made, where they are watched or spoiled: by which server, which hook, which waits for retries. */
  through?: { server: string } & Pick<RunOptions, "call" | "retryMilliseconds">;
}

/** A pause between two looks at something that is awaited, in seconds of the cluster's clock. */
const PAUSE_SECONDS = 0.25;

/** Makes a namespace on an embedded cluster in which a scenario can be played. */
export async function makePlace(cluster: EmbeddedCluster, options: PlaceOptions): Promise<Place> {
  const { namespace, onEvent, onCommand, through } = options;
  const { clock, url, kubectl } = cluster;
  const userAgent = `eks-remediation/${namespace}`;
  await kubectl.run(["create", "namespace", namespace]);
  return {
    namespace,
    now: () => clock.now(),
    run: (request, policy, { ahead = 0, onEntered, set }) =>
      runWorkflow({
        connectionOf: (step) => ({
          name: "embedded",
          server: through?.server ?? url,
          authenticate: () => Promise.resolve({ "user-agent": `${userAgent}/${step}` }),
        }),
        request: { cluster_name: "embedded", namespace, ...request },
        policy: quickPolicy(policy),
        now: () => new Date(clock.now().getTime() + ahead * 1_000),
        sleep: (seconds) => clock.sleep(seconds),
        onEntered,
        set,
        call: through?.call,
        retryMilliseconds: through?.retryMilliseconds,
        ...(onEvent === undefined ? {} : { onEvent }),
      }),
    writes: () =>
      cluster.answered
        .filter((request) => request.userAgent.startsWith(`${userAgent}/`) && WRITES.includes(request.verb))
        .filter(({ uri, status }) => status < 300 && !uri.includes("dryRun=All"))
        .filter(({ resource }) => !isBookkeeping(resource))
        .map(({ verb, resource }) => `${verb} ${resource}`),
    kubectl: async (...args) => {
      onCommand?.(args);
      return await kubectl.run(["-n", namespace, ...args]);
    },
    applyText: async (manifest, target = namespace, manager) => {
      const command = ["apply", ...managedBy(manager), "-f", "-"];
      onCommand?.(command);
      await kubectl.run(["-n", target, ...command], manifest);
    },
    until: async (what, holds, seconds = 60) => {
      const deadline = clock.now().getTime() + seconds * 1_000;
      while (!(await holds())) {
        if (clock.now().getTime() > deadline) throw new Error(`After ${seconds} s it is still not so: ${what}`);
        await clock.sleep(PAUSE_SECONDS);
      }
    },
    sleep: (seconds) => clock.sleep(seconds),
    addNode: async () => {
      const name = `own-${namespace.slice(-6)}`;
      await kubectl.run(["apply", "-f", "-"], ownNode(name));
      await kubectl.run(["wait", `node/${name}`, "--for=condition=Ready"]);
      return name;
    },
    playStages: (stages) => {
      const end = cluster.playStages(stages);
      return Promise.resolve(() => {
        end();
        return Promise.resolve();
      });
    },
    removeNode: async (name) => {
      await kubectl.run(["delete", "node", name]);
    },
  };
}

/** A node that only pods go to which tolerate its taint. */
function ownNode(name: string): string {
  const capacity = { cpu: "8", memory: "32Gi", pods: "20" };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/hostname": name } },
    spec: { taints: [{ key: "simulation/reserved", effect: "NoSchedule" }] },
    status: { capacity, allocatable: capacity },
  });
}
