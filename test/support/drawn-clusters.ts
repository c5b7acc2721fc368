import fc from "./properties.ts";
import type { Job, Pod, ReplicaSet } from "../../functions/shared/kubernetes/types.ts";
import { FAILING_PODS } from "./failing-pods.ts";
import { HEALTHY_PODS } from "./healthy-pods.ts";
import { ago, pod, replicaSet } from "./objects.ts";
import { PLAIN } from "./pod-rows.ts";
import type { Objects } from "./served-cluster.ts";
import { controlledBy, deploymentWith, node, statefulSet, statusWritten } from "./workload-objects.ts";

export const NAMESPACES = ["blog", "kube-system", "mail", "shop"];
const GIVEN_UP = { type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" };
const HASHES = ["5d7c9b8f4d", "6f8c9d7b55"];
const NODES = ["node-0", "node-1", "node-lost"];

/** A pod in one of all states, whose name and node may be those of a pod in another namespace. */
const pods: fc.Arbitrary<Pod> = fc
  .record({
    row: fc.constantFrom(...FAILING_PODS, ...HEALTHY_PODS),
    namespace: fc.constantFrom(...NAMESPACES),
    nodeName: fc.option(fc.constantFrom(...NODES), { nil: undefined }),
    ordinal: fc.nat(4),
    controller: fc.constantFrom("none", "StatefulSet", "ReplicaSet", "Job"),
    isLabelled: fc.boolean(),
  })
  .map(({ row, namespace, nodeName, ordinal, controller, isLabelled }) => {
    const { metadata, spec, ...rest } = row.build(PLAIN);
    const names: Partial<Record<string, string>> = {
      ReplicaSet: `web-${HASHES[ordinal % 2]}-bcdf${ordinal + 4}`,
      Job: `report-bcdf${ordinal + 4}`,
    };
    const name = names[controller] ?? `db-${ordinal}`;
    const owners = {
      ...{ none: { ownerReferences: [] }, StatefulSet: controlledBy("StatefulSet", "db") },
      ...{ Job: controlledBy("Job", "report"), ReplicaSet: controlledBy("ReplicaSet", `web-${HASHES[ordinal % 2]}`) },
    }[controller];
    const marks = {
      "statefulset.kubernetes.io/pod-name": name,
      "pod-template-hash": HASHES[ordinal % 2] ?? "",
      "batch.kubernetes.io/job-name": "report",
    };
    const labels = isLabelled ? marks : {};
    return {
      ...rest,
      metadata: { ...metadata, labels, ...statusWritten(900), ...owners, namespace, name },
      spec: { containers: [{ name: "app" }], ...spec, ...(nodeName === undefined ? {} : { nodeName }) },
    };
  });

/** Pods that are well, and have a label in common with some that fail: by their names, or because somebody copied it. */
const crowds = fc.record({
  number: fc.integer({ min: 1, max: 50 }),
  namespace: fc.constantFrom(...NAMESPACES),
  isCopied: fc.boolean(),
});

/** A cluster as it is drawn: `objectsOf` writes it out. */
export const CLUSTERS = fc.record({
  pods: fc.uniqueArray(pods, {
    maxLength: 40,
    size: "max",
    selector: ({ metadata }) => `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`,
  }),
  down: fc.subarray(NAMESPACES),
  stuck: fc.subarray(NAMESPACES),
  /** How many pods of each Job have succeeded, and how many are left. */
  jobs: fc.array(fc.record({ succeeded: fc.nat(2), left: fc.nat(2), isActive: fc.boolean() }), {
    maxLength: 12,
    size: "max",
  }),
  crowd: fc.option(crowds, { nil: undefined, freq: 1 }),
});
export type Cluster = typeof CLUSTERS extends fc.Arbitrary<infer Drawn> ? Drawn : never;

function crowdOf({
  number,
  namespace,
  isCopied,
}: typeof crowds extends fc.Arbitrary<infer Drawn> ? Drawn : never): Pod[] {
  return Array.from({ length: number }, (_, index) => {
    const name = isCopied ? `copy${index}` : `web-${HASHES[0] ?? ""}-${letters(index)}`;
    const made = pod({ name });
    const labels = { "pod-template-hash": HASHES[0] ?? "" };
    return { ...made, metadata: { ...made.metadata, ...statusWritten(900), namespace, labels, ownerReferences: [] } };
  });
}

/** As what the API server makes names of: `jbbbc`. */
function letters(index: number): string {
  return `j${String(1_000 + index).replaceAll(/\d/g, (digit) => "bcdfghjklm"[Number(digit)] ?? "")}`;
}

/** The ReplicaSet of a revision of `web`. */
function setOf(namespace: string, hash: string): ReplicaSet {
  const { metadata, ...rest } = replicaSet(1);
  const labels = { "pod-template-hash": hash };
  return { ...rest, metadata: { ...metadata, namespace, name: `web-${hash}`, labels } };
}

/** A Job that began long ago; of two namespaces two may have one name. */
function jobOf(drawn: { succeeded: number; left: number; isActive: boolean }, namespace: string, index: number): Job {
  return {
    metadata: { ...statusWritten(9_000), namespace, name: `job-${index % 7}`, creationTimestamp: ago(9_000) },
    spec: { completions: drawn.succeeded + drawn.left, template: {} },
    status: {
      succeeded: drawn.succeeded,
      ...(drawn.isActive ? { active: 1 } : {}),
      ...(drawn.left === 0 ? { conditions: [{ type: "Complete", status: "True" }] } : {}),
    },
  };
}

/** What there is on a cluster that was drawn. */
export function objectsOf({ pods, down, stuck, jobs, crowd }: Cluster): Objects {
  return {
    namespaces: NAMESPACES,
    nodes: [
      node("node-0"),
      node("node-1"),
      { ...node("node-lost", "Unknown", 900), metadata: { name: "node-lost", creationTimestamp: ago(9_000) } },
    ],
    pods: [...pods, ...(crowd === undefined ? [] : crowdOf(crowd))],
    replicaSets: NAMESPACES.flatMap((namespace) => HASHES.map((hash) => setOf(namespace, hash))),
    jobs: jobs.map((drawn, index) => jobOf(drawn, NAMESPACES[index % 4] ?? "", index)),
    statefulSets: NAMESPACES.map((namespace) =>
      statefulSet(down.includes(namespace) ? 0 : 2, { ...statusWritten(900), namespace, name: "db" }),
    ),
    deployments: NAMESPACES.map((namespace) =>
      stuck.includes(namespace)
        ? deploymentWith({ name: "web", namespace, updated: 1, conditions: [GIVEN_UP] })
        : deploymentWith({ name: "web", namespace }),
    ),
  };
}
