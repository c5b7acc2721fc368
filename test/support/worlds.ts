import fc from "./properties.ts";
import type { Deployment, Hpa, Pod, PodTemplate, ReplicaSet } from "../../functions/shared/kubernetes/types.ts";
import { ago, deployment, hpa, replicaSet, template } from "./objects.ts";
import { podIn, shapeOf, type DrawnPod, type Shape } from "./world-pods.ts";

/**
 * Deployments `shop/web` as they may stand on a cluster: pods of several containers in any state, with a history that its
 * controller made and pruned, an HPA, and what somebody else has put beside them. The times of a world are in order, and
 * its numbers agree.
 */

/** How pods may be. What `where` names is in the pod only if its shape has it; else the app is meant. */
export const arbitraryPod: fc.Arbitrary<DrawnPod> = fc.record({
  fault: fc.constantFrom(
    "none",
    "fresh",
    "crash",
    "out of memory",
    "between",
    "killed",
    "no image",
    "no config",
    "unready",
    "starting",
    "no node",
    "evicted",
  ),
  where: fc.constantFrom("app", "helper", "proxy", "setup"),
  restarts: fc.integer({ min: 1, max: 30 }),
  ran: fc.integer({ min: 1, max: 900 }),
});

export const arbitraryShape: fc.Arbitrary<Shape> = fc.record({
  helper: fc.boolean(),
  proxy: fc.boolean(),
  setup: fc.boolean(),
  probed: fc.boolean(),
});

/** One revision: what it runs, how it was marked when it was started, how long it was the present one, and its pods. */
const arbitraryRevision = fc.record({
  version: fc.integer({ min: 1, max: 3 }),
  mark: fc.constantFrom("", "kubectl.kubernetes.io/restartedAt", "checksum/config", "reloader.stakater.com/from"),
  served: fc.constantFrom(20, 300, 700, 5_000, 90_000),
  pods: fc.array(arbitraryPod, { maxLength: 3 }),
  /** Whether the controller never gave it any replicas. */
  never: fc.boolean(),
});
export type DrawnRevision = typeof arbitraryRevision extends fc.Arbitrary<infer T> ? T : never;

/** What somebody did who may create ReplicaSets, and no more than that. */
export const FORGERIES = [
  "without a hash",
  "by another writer",
  "older than the workload",
  "with a number twice",
] as const;
type Forgery = (typeof FORGERIES)[number];

export const arbitraryWorld = fc.record({
  shape: arbitraryShape,
  /** Oldest first. */
  earlier: fc.array(arbitraryRevision, { minLength: 0, maxLength: 4 }),
  present: fc.record({
    version: fc.integer({ min: 1, max: 3 }),
    age: fc.constantFrom(30, 400, 1_500, 50_000),
    pods: fc.array(arbitraryPod, { minLength: 1, maxLength: 3 }),
  }),
  progress: fc.constantFrom("complete", "failed", "under way"),
  /** How many old revisions without pods are kept. */
  historyLimit: fc.constantFrom(10, 10, 1, 0),
  forged: fc.option(fc.record({ how: fc.constantFrom<Forgery>(...FORGERIES), available: fc.nat({ max: 3 }) }), {
    nil: undefined,
  }),
  hpa: fc.constantFrom("none", "none", "settled", "at its maximum", "pinned"),
});
export type DrawnWorld = typeof arbitraryWorld extends fc.Arbitrary<infer T> ? T : never;

export interface World {
  workload: Deployment;
  holders: ReplicaSet[];
  pods: Pod[];
  hpa: Hpa | undefined;
}

/** The image that only a forged revision runs. */
export const FORGED_IMAGE = "evil/web:1";

export function worldOf(drawn: DrawnWorld): World {
  const { shape, earlier, present, progress, historyLimit, forged } = drawn;
  let created = present.age;
  const revisions = earlier.toReversed().map((revision, index) => {
    created += revision.served;
    return { ...revision, number: earlier.length - index, created };
  });
  const now = earlier.length + 1;
  const presentTemplate = templateOf(shape, present.version);
  const podsOf = (number: number, made: number, drawnPods: readonly DrawnPod[]) =>
    drawnPods.map((each, index) =>
      podIn(each, { shape, name: `web-${number}-${index}`, revision: number, age: Math.max(10, made - 5) }),
    );
  const old = revisions.map((each) => {
    const pods = podsOf(each.number, each.created, each.pods);
    return {
      ...each,
      pods,
      set: setOf(each.number, templateOf(shape, each.version, each), each.created, pods, each.never),
    };
  });
  // The controller keeps those that have pods, and the newest of the others.
  const idle = old.filter(({ pods }) => pods.length === 0);
  const pruned = new Set(idle.slice(historyLimit));
  const own = podsOf(now, present.age, present.pods);
  const made = old.filter((each) => !pruned.has(each)).map(({ set }) => set);
  return {
    workload: workloadOf(presentTemplate, drawn, own),
    holders: [
      ...(forged === undefined ? [] : [forgery(forged, now, created)]),
      setOf(now, presentTemplate, present.age, own, false),
      ...made,
    ],
    pods: [...own, ...old.flatMap(({ pods }) => pods)],
    hpa: hpaOf(drawn),
  };

  function workloadOf(templateNow: PodTemplate, { present: { age } }: DrawnWorld, pods: Pod[]): Deployment {
    const ready = pods.filter(isUp).length;
    const conditions = {
      complete: { status: "True", reason: "NewReplicaSetAvailable", lastUpdateTime: ago(Math.max(5, age - 10)) },
      failed: { status: "False", reason: "ProgressDeadlineExceeded", lastUpdateTime: ago(Math.max(5, age - 600)) },
      "under way": { status: "True", reason: "ReplicaSetUpdated", lastUpdateTime: ago(Math.min(age, 30)) },
    };
    return deployment({
      template: templateNow,
      replicas: 3,
      metadata: {
        resourceVersion: "7",
        creationTimestamp: ago(created + 100),
        managedFields: [
          written("kubectl-client-side-apply", ["template"], age),
          {
            manager: "kube-controller-manager",
            operation: "Update",
            apiVersion: "apps/v1",
            subresource: "status",
            time: ago(5),
            fieldsType: "FieldsV1",
            fieldsV1: { "f:status": {} },
          },
        ],
      },
      progressing: conditions[progress],
      status: { readyReplicas: ready, availableReplicas: ready, updatedReplicas: pods.length, replicas: pods.length },
    });
  }
}

function hpaOf({ hpa: kind }: DrawnWorld): Hpa | undefined {
  switch (kind) {
    case "settled":
      return hpa();
    case "at its maximum":
      return hpa({ min: 2, max: 4, current: 4, limited: "TooManyReplicas", limitedSince: ago(1_000) });
    case "pinned":
      return hpa({ min: 4, max: 4, current: 4, limited: "TooManyReplicas", limitedSince: ago(1_000) });
    default:
      return undefined;
  }
}

/** The template of a version, with the mark of the revision that started it again. */
export function templateOf(
  shape: Shape,
  version: number,
  revision?: Pick<DrawnRevision, "mark"> & { number: number },
): PodTemplate {
  const base = shapeOf(shape, template(`shop/web:${version}`));
  if (revision === undefined || revision.mark === "") return base;
  return { ...base, metadata: { ...base.metadata, annotations: { [revision.mark]: `${revision.number}` } } };
}

/** A managed fields entry of the workload's controller, or of whoever is named. */
export function written(manager: string, below: readonly string[], seconds: number) {
  const fields = below.reduceRight<object>((inner, name) => ({ [`f:${name}`]: inner }), {});
  return {
    manager,
    operation: "Update",
    apiVersion: "apps/v1",
    fieldsType: "FieldsV1",
    fieldsV1: { "f:spec": fields },
    time: ago(seconds),
  };
}

function isUp({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True") === true;
}

function setOf(number: number, of: PodTemplate, created: number, pods: readonly Pod[], never: boolean): ReplicaSet {
  const living = pods.filter(({ status }) => status?.phase !== "Failed");
  const set = replicaSet(number, {
    template: of,
    replicas: living.length,
    available: living.filter(isUp).length,
    created: ago(created),
  });
  const managedFields = [written("kube-controller-manager", ["template"], created)];
  const neverHadAny = never && pods.length === 0;
  return {
    ...set,
    metadata: { ...set.metadata, resourceVersion: "7", managedFields, generation: neverHadAny ? 1 : 2 },
    spec: { selector: {}, ...set.spec, replicas: living.length },
  };
}

/** A ReplicaSet that claims to be the workload's: the controller adopts what matches its selector. */
function forgery({ how, available }: { how: Forgery; available: number }, now: number, oldest: number): ReplicaSet {
  const number = how === "with a number twice" ? Math.max(1, now - 1) : now;
  const set = replicaSet(90 + number, {
    template: template(FORGED_IMAGE),
    available,
    created: ago(how === "older than the workload" ? oldest + 5_000 : 20),
  });
  const hash = how === "without a hash" ? undefined : "900";
  const manager = how === "by another writer" ? "kubectl-create" : "kube-controller-manager";
  return {
    ...set,
    metadata: {
      ...set.metadata,
      name: hash === undefined ? "web-backup" : `web-${hash}`,
      annotations: { "deployment.kubernetes.io/revision": `${number}` },
      managedFields: [written(manager, ["template"], 20)],
      generation: 2,
    },
    spec: {
      ...set.spec,
      selector: {},
      template: {
        ...template(FORGED_IMAGE),
        metadata: { labels: { app: "web", ...(hash === undefined ? {} : { "pod-template-hash": hash }) } },
      },
    },
  };
}
