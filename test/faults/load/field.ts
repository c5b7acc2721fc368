import { mapConcurrently } from "../../../functions/shared/concurrency.ts";
import type { Cluster } from "../../../functions/shared/cluster/cluster.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Deployment, Node } from "../../../functions/shared/kubernetes/types.ts";
import { isRollingOut } from "../../../functions/kinds/deployment/rollout.ts";
import { simulatedNodes } from "../../../local/embedded/index.ts";
import { Ground } from "../ground.ts";
import { template } from "../objects.ts";
import { STABLE_SECONDS } from "../situations.ts";

/** Many workloads, all of whose pods fail. */
export interface Field {
  grounds: Ground[];
  workloads: number;
  pods: number;
  remove: () => Promise<void>;
}

const PODS_EACH = 5;
/** Workloads in one namespace. */
const IN_NAMESPACE = 50;
/** Fewer than a simulated node has room for: the other nodes' pods are not ours to count. */
const PODS_ON_NODE = 200;
/** How many requests of the set-up at the same time. */
const AT_ONCE = 16;
/** Long enough for the rollback of a workload while nineteen others are rolled back. */
export const PROGRESS_DEADLINE = 50;
/** How long controllers may take. */
const PATIENCE_SECONDS = 300;

/**
 * So many Deployments of five pods each, whose present revision has an image that does not exist, on nodes of their own.
 * The rollouts are past their deadlines, and the revision before ran well.
 */
export async function makeField(cluster: Cluster, workloads: number, tell: (line: string) => void): Promise<Field> {
  const nodes = Math.ceil((workloads * PODS_EACH) / PODS_ON_NODE);
  await addNodes(cluster, nodes);
  const grounds: Ground[] = [];
  for (let first = 0; first < workloads; first += IN_NAMESPACE)
    grounds.push(await Ground.create(cluster, "load-of-failing-workloads"));
  const all = Array.from({ length: workloads }, (_, index) => ({
    ground: grounds[Math.floor(index / IN_NAMESPACE)] as Ground,
    // As long as names are where a name says what a service does.
    name: `checkout-payments-reconciliation-${String(index).padStart(3, "0")}`,
  }));
  const each = (work: (at: { ground: Ground; name: string }) => Promise<void>) => mapConcurrently(all, AT_ONCE, work);

  // One pod each at first: only the failing ones have to be many.
  await each(({ ground, name }) => ground.create(manifest(name)));
  tell(`${workloads} workloads are being started`);
  await each(({ ground, name }) => untilReady(ground, name));
  await (grounds[0] as Ground).rest(STABLE_SECONDS + 1);
  await each(({ ground, name }) => breakIt(ground, name));
  tell(`${workloads * PODS_EACH} pods are being started whose image does not exist`);
  await each(({ ground, name }) => untilFailed(ground, name));
  // The workflow itself keeps the deadline where the controller set none.
  await (grounds[0] as Ground).rest(PROGRESS_DEADLINE);
  return {
    grounds,
    workloads,
    pods: workloads * PODS_EACH,
    remove: async () => {
      await mapConcurrently(grounds, AT_ONCE, (ground) => ground.remove());
    },
  };
}

/** Nodes that stay: pods of namespaces that are being deleted are still on them. */
async function addNodes(cluster: Cluster, count: number): Promise<void> {
  const present = new Set((await cluster.list<Node>(paths.nodes())).map(({ metadata }) => metadata?.name));
  for (const node of simulatedNodes(count)) {
    const name = `load-${node.metadata.name}`;
    if (present.has(name)) continue;
    const labels = { ...node.metadata.labels, "kubernetes.io/hostname": name };
    await cluster.create(paths.nodes(), { ...node, metadata: { name, labels } });
  }
}

function manifest(name: string) {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas: 1,
      progressDeadlineSeconds: PROGRESS_DEADLINE,
      // Every pod of the old revision goes first, so that all of them fail.
      strategy: { type: "Recreate" },
      selector: { matchLabels: { app: name } },
      template: template({ name, image: `shop/${name}:1` }),
    },
  };
}

/** Each lacks an image of its own: they share nothing that one of them could stand for. */
async function breakIt(ground: Ground, name: string): Promise<void> {
  const broken = template({ name, image: `shop/${name}:2`, annotations: { "simulation/failure": "image-pull" } });
  await ground.patch(
    paths.deployment(ground.namespace, name),
    { op: "replace", path: "/spec/template", value: broken },
    { op: "replace", path: "/spec/replicas", value: PODS_EACH },
  );
}

async function untilReady(ground: Ground, name: string): Promise<void> {
  const ready = async () => {
    const { status } = await ground.cluster.get<Deployment>(paths.deployment(ground.namespace, name));
    return status?.readyReplicas === 1;
  };
  await ground.until(`${name} is ready`, ready, PATIENCE_SECONDS);
}

/** Past its progress deadline; or it has none, as where its controller kept the condition of the revision before. */
async function untilFailed(ground: Ground, name: string): Promise<void> {
  const failed = async () => {
    const deployment = await ground.cluster.get<Deployment>(paths.deployment(ground.namespace, name));
    const { updatedReplicas, readyReplicas = 0 } = deployment.status ?? {};
    return !isRollingOut(deployment) && updatedReplicas === PODS_EACH && readyReplicas === 0;
  };
  await ground.until(`${name} has failed`, failed, PATIENCE_SECONDS);
}
