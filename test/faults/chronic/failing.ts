import type { Cluster } from "../../../functions/shared/cluster/cluster.ts";
import { paths } from "../../../functions/shared/cluster/paths.ts";
import type { Pod } from "../../../functions/shared/kubernetes/types.ts";
import { deployment, hpa, statefulSet, template } from "../objects.ts";

/** A failure that nobody fixes. */
export interface Chronic {
  /** Of the workload, in the namespace `shop`. */
  name: string;
  summary: string;
  /** What stands from the beginning. */
  create: (cluster: Cluster) => Promise<unknown>;
  /** How it begins to fail, when all has run well for a while; absent where it has never worked. */
  begin?: (cluster: Cluster) => Promise<unknown>;
  /** What makes it fail again after each remedy, every minute. */
  again?: (cluster: Cluster) => Promise<unknown>;
}

export const SHOP = "shop";
const CRASH = { "simulation/failure": "crash-loop" };
const NO_IMAGE = { "simulation/failure": "image-pull" };
/** More than the replicas of a raised maximum can take. */
const LOAD = { "simulation/total-cpu": "2000m" };

export const CHRONIC: readonly Chronic[] = [
  {
    name: "no-image",
    summary: "a Deployment whose image has never been there",
    create: async (cluster) => {
      await createDeployment(cluster, "no-image", NO_IMAGE);
    },
  },
  {
    name: "never-starts",
    summary: "a Deployment that has crashed from the beginning",
    create: async (cluster) => {
      await createDeployment(cluster, "never-starts", CRASH);
    },
  },
  {
    name: "set-never-starts",
    summary: "a StatefulSet that has crashed from the beginning",
    create: async (cluster) =>
      await cluster.create(
        paths.statefulSets(SHOP),
        statefulSet({ name: "set-never-starts", image: "shop/set:1", annotations: CRASH }),
      ),
  },
  {
    name: "crashes-again",
    summary: "a Deployment whose pods crash again, whatever is done with them",
    create: async (cluster) => {
      await createDeployment(cluster, "crashes-again");
    },
    again: async (cluster) => {
      await crash(cluster, "crashes-again");
    },
  },
  {
    name: "bad-rollout-in-vain",
    summary: "a Deployment whose new revision crashes, and whose old one does so as well since then",
    create: async (cluster) => {
      await createDeployment(cluster, "bad-rollout-in-vain");
    },
    begin: async (cluster) => {
      const value = template({ name: "bad-rollout-in-vain", image: "shop/vain:2", annotations: CRASH });
      await cluster.patch(paths.deployment(SHOP, "bad-rollout-in-vain"), [
        { op: "replace", path: "/spec/template", value },
      ]);
    },
    again: async (cluster) => {
      await crash(cluster, "bad-rollout-in-vain");
    },
  },
  {
    name: "at-maximum",
    summary: "an HPA at its maximum, with more load than any maximum that policy allows can take",
    create: async (cluster) => {
      await createDeployment(cluster, "at-maximum", LOAD);
      await cluster.create(paths.hpas(SHOP), hpa("at-maximum", 2, 4));
    },
  },
  {
    name: "bare",
    summary: "a pod of no controller that crashes",
    create: async (cluster) =>
      await cluster.create(paths.pods(SHOP), {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "bare", annotations: CRASH },
        spec: { containers: [{ name: "app", image: "shop/bare:1" }] },
      }),
  },
];

/** A Deployment that runs well where nothing else is said. */
export async function createDeployment(
  cluster: Cluster,
  name: string,
  annotations: Record<string, string> = {},
): Promise<void> {
  const shape = { name, image: `shop/${name}:1`, annotations, progressDeadline: 120 };
  await cluster.create(paths.deployments(SHOP), deployment(shape));
}

async function crash(cluster: Cluster, name: string): Promise<void> {
  for (const { metadata } of await cluster.list<Pod>(paths.pods(SHOP), { labelSelector: `app=${name}` })) {
    if (metadata?.annotations?.["simulation/failure"] !== undefined) continue;
    await cluster.patch(paths.pod(SHOP, metadata?.name ?? ""), [
      { op: "add", path: "/metadata/annotations", value: { ...metadata?.annotations, ...CRASH } },
    ]);
  }
}
