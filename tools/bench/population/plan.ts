import { FAILURES, type FailureKind, type Pool } from "./failures.ts";
import { Random } from "./random.ts";
import { namespaceName, teamName, versionOf, workloadName } from "./words.ts";

/** What a population is made from: the same for the same answers. */
export interface Size {
  pods: number;
  namespaces: number;
  /** The share of the pods that fail: so many failures are spread over the workloads. */
  failing: number;
  seed: number;
  /** When the youngest of what is well was made. */
  built: Date;
  /** The moment of the look: what fails has done so for minutes then. */
  now: Date;
}

/** A workload of the population, before its objects are written out. */
export interface Planned {
  pool: Pool;
  /** Among all workloads of the population. */
  index: number;
  namespace: string;
  name: string;
  /** How many pods it wants. */
  replicas: number;
  team: string;
  version: string;
  /** Whether an HPA scales it. */
  isScaled: boolean;
  /** Whether it is one of the Jobs that run at this moment. */
  isRunning: boolean;
  /** What is wrong with it, and with how many of its pods. */
  failure: FailureKind | undefined;
  failing: number;
  /** What looks wrong about it, and is not. */
  decoy: Decoy | undefined;
}

/** What looks like a failure, and is none: a pod held back on purpose, and failures that are old news. */
export type Decoy = "gated" | "succeeded-since" | "ended-long-ago";

/** Everything of a population but its objects. */
export interface Plan {
  size: Size;
  namespaces: string[];
  nodes: string[];
  workloads: Planned[];
}

/** How many pods one workload wants, as often as that is seen. */
const REPLICAS = [1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 8, 10, 12, 20, 30] as const;
const PODS_ON_A_NODE = 50;
/** Finished Jobs keep their pod, until it is deleted by hand or for its age. */
const PODS_KEPT = 0.6;
const RUNNING_JOBS = 0.02;
/** For so many failures there is one that is none. */
const FAILURES_PER_DECOY = 20;

/** How many workloads of each kind there are among so many pods. */
export function countsOf(pods: number): Record<Pool, number> {
  const jobs = Math.round(pods * 0.15);
  return {
    Deployment: Math.round(pods / 5),
    StatefulSet: Math.max(2, Math.round(pods / 60)),
    DaemonSet: 2 + Math.round(pods / 1_000),
    ReplicaSet: Math.max(1, Math.round(pods / 1_000)),
    Pod: Math.max(2, Math.round(pods / 500)),
    CronJob: Math.max(2, Math.round(jobs / 6)),
    Job: jobs,
  };
}

/** How many HPAs there are among so many pods. */
export function hpasOf(pods: number): number {
  return Math.round(pods * 0.06);
}

/** Plans a population: which workloads there are, where, of how many pods, and what is wrong with which. */
export function plan(size: Size): Plan {
  const namespaces = Array.from({ length: size.namespaces }, (_none, index) =>
    namespaceName(new Random(size.seed, "namespace", index), index),
  );
  const random = new Random(size.seed, "nodes");
  const nodes = Array.from({ length: Math.max(3, Math.ceil(size.pods / PODS_ON_A_NODE)) }, () => {
    const [b, c, d] = [random.below(4) + 8, random.below(250), random.below(250)];
    return `ip-10-${b}-${c}-${d}-${random.hex(3)}.eu-west-1.compute.internal`;
  });
  const workloads = planWorkloads(size, namespaces, nodes.length);
  fail(workloads, size);
  return { size, namespaces, nodes, workloads };
}

function planWorkloads(size: Size, namespaces: string[], nodes: number): Planned[] {
  const workloads: Planned[] = [];
  const counts = countsOf(size.pods);
  for (const [pool, count] of Object.entries(counts) as [Pool, number][]) {
    for (let number = 0; number < count; number++) {
      const index = workloads.length;
      const random = new Random(size.seed, "workload", pool, number);
      workloads.push({
        pool,
        index,
        namespace: namespaces[placeOf(random, namespaces.length)] ?? "",
        name: workloadName(random, index),
        replicas: replicasOf(pool, number, random, nodes),
        team: teamName(random),
        version: versionOf(random),
        isScaled: false,
        isRunning: pool === "Job" && number < Math.ceil(count * RUNNING_JOBS),
        failure: undefined,
        failing: 0,
        decoy: undefined,
      });
    }
  }
  fitDeployments(workloads, size.pods);
  const scalable = workloads.filter(({ pool, replicas }) => pool === "Deployment" && replicas > 1);
  const every = scalable.length / Math.max(1, Math.min(scalable.length, hpasOf(size.pods)));
  for (let at = 0; at < scalable.length; at += every) {
    const scaled = scalable[Math.floor(at)];
    if (scaled !== undefined) scaled.isScaled = true;
  }
  return workloads;
}

/** Some namespaces are larger than others. */
function placeOf(random: Random, namespaces: number): number {
  return random.below(3) === 0 ? random.below(Math.ceil(namespaces / 4)) : random.below(namespaces);
}

function replicasOf(pool: Pool, number: number, random: Random, nodes: number): number {
  if (pool === "Deployment") return random.pick(REPLICAS);
  if (pool === "StatefulSet") return 1 + random.below(5);
  // Two are everywhere, as agents are; the others are on some nodes.
  if (pool === "DaemonSet") return number < 2 ? nodes : Math.min(nodes, 3 + random.below(4));
  if (pool === "ReplicaSet") return 2;
  if (pool === "Pod") return 1;
  if (pool === "Job") return random.next() < PODS_KEPT ? 1 : 0;
  return 0;
}

/** Lets the Deployments want as many pods as all others leave. */
function fitDeployments(workloads: Planned[], pods: number): void {
  for (const job of workloads) if (job.isRunning) job.replicas = 1;
  const deployments = workloads.filter(({ pool }) => pool === "Deployment");
  let surplus = workloads.reduce((sum, { replicas }) => sum + replicas, 0) - pods;
  while (surplus !== 0 && deployments.length > 0) {
    const before = surplus;
    for (const deployment of deployments) {
      if (surplus > 0 && deployment.replicas > 1) {
        deployment.replicas--;
        surplus--;
      } else if (surplus < 0) {
        deployment.replicas++;
        surplus++;
      }
    }
    if (surplus === before) break;
  }
}

/** Spreads the failures over the workloads, each in one of its own for as long as there are such. */
function fail(workloads: Planned[], { pods, failing, seed }: Size): void {
  const count = Math.round(pods * failing);
  if (count === 0) return;
  const random = new Random(seed, "failures");
  const kinds = random.shuffled(mixOf(count));
  // In the order of their namespaces, so that no namespace has far more of them than others.
  const order = random
    .shuffled(workloads)
    .sort((a, b) => (a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0));
  const start = new Map<FailureKind, number>();
  const isFree = (kind: FailureKind, planned: Planned) => {
    const { pool, least = 1, scaled = false } = FAILURES[kind];
    const isOpen = planned.failure === undefined && !planned.isRunning && planned.pool === pool;
    return (
      isOpen && (pool === "CronJob" || pool === "Job" || planned.replicas >= least) && (!scaled || planned.isScaled)
    );
  };
  for (const kind of new Set(kinds)) {
    const wanted = kinds.filter((each) => each === kind).length;
    const free = order.filter((planned) => isFree(kind, planned));
    const every = free.length / wanted;
    const taken = Math.min(wanted, free.length);
    for (let number = 0; number < taken; number++) {
      const planned = free[Math.floor(number * Math.max(1, every))];
      if (planned !== undefined) Object.assign(planned, { failure: kind, failing: 1 });
    }
    start.set(kind, wanted - taken);
  }
  let left = [...start.values()].reduce((sum, number) => sum + number, 0);
  for (const planned of order) {
    if (left > 0 && isFree("crash-loop", planned)) {
      Object.assign(planned, { failure: "crash-loop", failing: 1 });
      left--;
    }
  }
  // More than there are workloads: several pods of one.
  for (let more = true; left > 0 && more;) {
    more = false;
    for (const planned of order) {
      const hasMore = planned.failure === "crash-loop" && planned.failing < planned.replicas;
      if (left === 0 || !hasMore) continue;
      planned.failing++;
      left--;
      more = true;
    }
  }
  deceive(order, Math.ceil(count / FAILURES_PER_DECOY));
}

/** So many failures, each kind as often as it is seen. */
function mixOf(count: number): FailureKind[] {
  const kinds = Object.entries(FAILURES) as [FailureKind, { weight: number }][];
  const total = kinds.reduce((sum, [, { weight }]) => sum + weight, 0);
  let reached = 0;
  return kinds.flatMap(([kind, { weight }]) => {
    const before = Math.round((reached / total) * count);
    reached += weight;
    return Array.from({ length: Math.round((reached / total) * count) - before }, () => kind);
  });
}

const DECOYS = { gated: "Deployment", "succeeded-since": "CronJob", "ended-long-ago": "Pod" } as const;
/** Of so many pods one may be held back, and the Deployment stays available, however long somebody looks. */
const LEAST_OF_GATED = 4;

function deceive(order: readonly Planned[], count: number): void {
  const kinds = Object.keys(DECOYS) as Decoy[];
  const free = order.filter(({ failure, isScaled, replicas, pool }) => {
    return failure === undefined && !isScaled && (pool !== "Deployment" || replicas >= LEAST_OF_GATED);
  });
  for (let number = 0; number < count; number++) {
    const decoy = kinds[number % kinds.length] ?? "gated";
    const planned = free.find((each) => each.decoy === undefined && each.pool === DECOYS[decoy]);
    if (planned !== undefined) planned.decoy = decoy;
  }
}
