import fc, { type Arbitrary } from "./properties.ts";
import type { KubernetesEvent } from "../../functions/run/event.ts";
import type {
  ControllerRevision,
  DaemonSet,
  Deployment,
  DisruptionBudget,
  Hpa,
  Job,
  Lease,
  Node,
  Pod,
  PodTemplate,
  ReplicaSet,
  LimitRange,
  ResourceQuota,
  StatefulSet,
} from "../../functions/shared/kubernetes/types.ts";
import { hostileText, label, TRICKS } from "./hostile.ts";
import { ago } from "./objects.ts";
import { anyPod, failingPod } from "./pod-arbitraries.ts";

/**
 * Objects of `shop` in which everything that the API does not require may be missing, null where it writes null, of no
 * sense, or of any length. Names of objects are names: the API server checks those.
 */

/** The largest that the API's integers hold, the smallest, and what is usual. */
const int32 = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(2 ** 31 - 1, -(2 ** 31), -1, 0),
);
const int64 = fc.oneof(int32, fc.constantFrom(2 ** 63, -(2 ** 63), 2 ** 53));
const moment: Arbitrary<string> = fc.oneof(
  fc.integer({ min: -200_000, max: 200_000 }).map((seconds) => ago(seconds)),
  fc.constantFrom(
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "1970-01-01T00:00:00Z",
    "2026-13-45T99:99:99Z",
    "soon",
    "",
  ),
  // Times that were never set are written as null.
  fc.constant(null as unknown as string),
);
const flag = fc.constantFrom("True", "False", "Unknown", "", "true");
const uid = fc.constantFrom("deploy-uid", "rs-1-uid", "rs-2-uid", "other-uid");

/** An object with any of these fields, or none. */
function some<T extends object>(fields: { [Key in keyof T]: Arbitrary<T[Key]> }): Arbitrary<Partial<T>> {
  return fc.record(fields, { requiredKeys: [] }) as Arbitrary<Partial<T>>;
}

/** A few of them, or one of them thousands of times. */
function fewOrMany<T>(one: Arbitrary<T>): Arbitrary<T[]> {
  return fc.oneof(
    { weight: 20, arbitrary: fc.array(one, { maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.tuple(one, fc.integer({ min: 200, max: 1_000 })).map(([item, n]) => Array<T>(n).fill(item)),
    },
  );
}

const texts = fc.dictionary(
  fc.oneof(
    fc.constantFrom("app", "eks-remediation/enabled", "deployment.kubernetes.io/revision", "constructor", "__proto__"),
    hostileText,
  ),
  hostileText,
  { maxKeys: 4 },
);

/** An owner reference may hold any text. */
const owner = fc.record({
  apiVersion: hostileText,
  kind: fc.oneof(fc.constantFrom("ReplicaSet", "Deployment", "Job", "StatefulSet", "Node"), hostileText),
  name: fc.oneof(label, hostileText),
  uid,
  controller: fc.boolean(),
});

const metadata = fc
  .tuple(
    fc.record({ name: label, namespace: fc.constant("shop"), uid }),
    some({
      generation: int64,
      creationTimestamp: moment,
      deletionTimestamp: fc.constant("2026-06-01T11:00:00Z"),
      labels: texts,
      annotations: texts,
      finalizers: fc.array(hostileText, { maxLength: 3 }),
      ownerReferences: fc.array(owner, { maxLength: 3 }),
      managedFields: fewOrMany(some({ subresource: fc.constantFrom("status", "scale"), time: moment })),
    }),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest }));

const condition = fc
  .tuple(
    fc.record({
      type: fc.oneof(
        fc.constantFrom("Progressing", "Available", "ReplicaFailure", "Failed", "Ready", "DiskPressure"),
        hostileText,
      ),
      status: flag,
    }),
    some({
      reason: fc.oneof(
        fc.constantFrom("ProgressDeadlineExceeded", "NewReplicaSetAvailable", "ReplicaSetUpdated", "FailedCreate"),
        hostileText,
      ),
      message: hostileText,
      lastTransitionTime: moment,
      lastUpdateTime: moment,
    }),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest }));
const conditions = fc.oneof(fewOrMany(condition), fc.constant(null as unknown as []));

const probe = some({ initialDelaySeconds: int32, periodSeconds: int32, failureThreshold: int32 });
const templateContainer = fc
  .tuple(
    fc.record({ name: label, image: hostileText }),
    some({ readinessProbe: probe, startupProbe: probe, resources: some({ limits: texts, requests: texts }) }),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest }));
export const hostileTemplate = fc.record({
  metadata: some({ labels: texts, annotations: texts, creationTimestamp: moment }),
  spec: fc
    .tuple(
      fc.record({ containers: fewOrMany(templateContainer) }),
      some({ terminationGracePeriodSeconds: int64, nodeSelector: texts, priorityClassName: hostileText }),
    )
    .map(([fixed, rest]) => ({ ...fixed, ...rest })),
}) as Arbitrary<PodTemplate>;

const selector = some({
  matchLabels: texts,
  matchExpressions: fc.array(
    fc.record({
      key: fc.oneof(fc.constantFrom("app", "constructor"), hostileText),
      operator: fc.constantFrom("In", "NotIn", "Exists", "DoesNotExist", "Gt", ""),
      values: fc.array(hostileText, { maxLength: 3 }),
    }),
    { maxLength: 2 },
  ),
});

/** An object of which spec and status may be missing, with these fields in them. */
function object<T>(spec: Arbitrary<object>, status: Arbitrary<object>): Arbitrary<T> {
  return fc
    .tuple(metadata, some({ spec, status }))
    .map(([meta, rest]) => ({ metadata: meta, ...rest })) as Arbitrary<unknown> as Arbitrary<T>;
}

/** A spec with its template and selector, and any of the other fields. */
function workloadSpec(fields: Record<string, Arbitrary<unknown>>): Arbitrary<object> {
  return fc
    .tuple(
      fc.record({ template: hostileTemplate, selector }),
      some({ replicas: int32, minReadySeconds: int32, ...fields }),
    )
    .map(([fixed, rest]) => ({ ...fixed, ...rest }));
}

const counts = {
  observedGeneration: int64,
  replicas: int32,
  readyReplicas: int32,
  availableReplicas: int32,
  updatedReplicas: int32,
  conditions,
};

export const hostileDeployment = object<Deployment>(
  workloadSpec({ progressDeadlineSeconds: int32, paused: fc.boolean() }),
  some(counts),
);
export const hostileReplicaSet = fc
  .tuple(
    object<ReplicaSet>(workloadSpec({}), some(counts)),
    some({
      "deployment.kubernetes.io/revision": fc.oneof(fc.constantFrom("1", "2", "1e400", "-1", "0x10"), hostileText),
      "deployment.kubernetes.io/revision-history": fc.oneof(fc.constantFrom("1,3", "2,,x"), hostileText),
    }),
  )
  .map(([set, annotations]) => ({
    ...set,
    metadata: { ...set.metadata, annotations: { ...set.metadata?.annotations, ...annotations } },
  })) as Arbitrary<ReplicaSet>;
const updateStrategy = some({
  type: fc.constantFrom("OnDelete", "RollingUpdate", ""),
  rollingUpdate: some({ partition: int32 }),
});
const revisionName = fc.constantFrom("web-1", "web-2", "");
export const hostileStatefulSet = object<StatefulSet>(
  workloadSpec({
    updateStrategy,
    podManagementPolicy: fc.constantFrom("Parallel", "OrderedReady"),
    ordinals: some({ start: int32 }),
  }),
  some({ ...counts, currentRevision: revisionName, updateRevision: revisionName }),
);
export const hostileDaemonSet = object<DaemonSet>(
  workloadSpec({ updateStrategy }),
  some({
    observedGeneration: int64,
    desiredNumberScheduled: int32,
    numberReady: int32,
    numberAvailable: int32,
    updatedNumberScheduled: int32,
  }),
);
export const hostileJob = object<Job>(workloadSpec({}), some({ conditions, startTime: moment }));

export const hostileControllerRevision = fc
  .tuple(
    metadata,
    int64,
    some({
      data: fc.oneof(
        hostileTemplate.map((template) => ({ spec: { template: { ...template, $patch: "replace" } } })),
        some({ spec: some({ template: fc.constant({ $patch: "delete" }) }) }),
        fc.constant({ spec: null }),
        fc.constant(null),
        fc.constant("text"),
      ),
    }),
  )
  .map(([meta, revision, rest]) => ({
    metadata: meta,
    revision,
    ...rest,
  })) as Arbitrary<unknown> as Arbitrary<ControllerRevision>;

const amount = some({ averageUtilization: int32, averageValue: hostileText, value: hostileText });
const source = some({
  name: hostileText,
  container: hostileText,
  metric: fc.record({ name: hostileText }),
  target: amount,
  current: amount,
});
const metric = fc
  .tuple(
    fc.oneof(
      fc.constantFrom("Resource", "Pods", "Object", "External", "ContainerResource"),
      fc.constantFrom(...TRICKS),
    ),
    some({ resource: source, pods: source, object: source, external: source, containerResource: source }),
  )
  .map(([type, rest]) => ({ type, ...rest }));
const hpaCondition = fc
  .tuple(
    fc.record({ type: fc.constantFrom("AbleToScale", "ScalingActive", "ScalingLimited"), status: flag }),
    some({
      reason: fc.oneof(fc.constantFrom("TooManyReplicas", "ScalingDisabled", "FailedGetScale"), hostileText),
      message: hostileText,
      lastTransitionTime: moment,
    }),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest }));
export const hostileHpa = fc
  .tuple(
    metadata,
    fc
      .tuple(
        fc.record({
          scaleTargetRef: fc.record({ kind: fc.constantFrom("Deployment", "StatefulSet", "constructor"), name: label }),
          maxReplicas: int32,
        }),
        some({ minReplicas: int32, metrics: fewOrMany(metric) }),
      )
      .map(([fixed, rest]) => ({ ...fixed, ...rest })),
    some({
      status: some({
        currentReplicas: int32,
        desiredReplicas: int32,
        lastScaleTime: moment,
        currentMetrics: fc.oneof(fewOrMany(metric), fc.constant(null as unknown as [])),
        conditions: fc.oneof(fewOrMany(hpaCondition), fc.constant(null as unknown as [])),
      }),
    }),
  )
  .map(([meta, spec, rest]) => ({ metadata: meta, spec, ...rest })) as Arbitrary<unknown> as Arbitrary<Hpa>;

export const hostileEvent = fc
  .tuple(
    fc.record({ metadata, involvedObject: some({ kind: hostileText, name: hostileText }) }),
    some({
      reason: hostileText,
      message: hostileText,
      count: int32,
      series: some({ count: int32, lastObservedTime: moment }),
      firstTimestamp: moment,
      lastTimestamp: moment,
      eventTime: moment,
      reportingComponent: hostileText,
    }),
  )
  .map(([fixed, rest]) => ({ ...fixed, ...rest })) as Arbitrary<unknown> as Arbitrary<KubernetesEvent>;

export const hostileBudget = object<DisruptionBudget>(
  some({ selector }),
  some({ disruptionsAllowed: int32, currentHealthy: int32, expectedPods: int32, desiredHealthy: int32 }),
);
export const hostileQuota = object<ResourceQuota>(some({ hard: texts }), some({ hard: texts, used: texts }));
export const hostileLimitRange = object<LimitRange>(
  some({
    limits: fewOrMany(
      some({
        type: fc.constantFrom("Container", "Pod", "PersistentVolumeClaim"),
        max: texts,
        min: texts,
        maxLimitRequestRatio: texts,
      }),
    ),
  }),
  fc.constant({}),
);
export const hostileNode = object<Node>(some({ unschedulable: fc.boolean() }), some({ conditions }));

/** A pod of any kind, with a name, and an owner that may be anything. */
export const hostilePod: Arbitrary<Pod> = fc
  .tuple(
    fc.oneof(
      anyPod,
      failingPod.map(({ pod }) => pod),
    ),
    metadata,
    fc.boolean(),
  )
  .map(([pod, meta, own]) => ({
    ...pod,
    metadata: own ? { ...meta, ...pod.metadata, name: meta.name, namespace: "shop", uid: meta.uid } : meta,
  }));

/** Few pods, or thousands. */
export const hostilePods: Arbitrary<Pod[]> = fc.oneof(
  { weight: 20, arbitrary: fc.array(hostilePod, { maxLength: 4 }) },
  {
    weight: 1,
    arbitrary: fc.tuple(hostilePod, fc.integer({ min: 200, max: 800 })).map(([pod, n]) =>
      Array.from({ length: n }, (_, index) => ({
        ...pod,
        metadata: { ...pod.metadata, name: `web-${index}`, uid: `web-${index}-uid` },
      })),
    ),
  },
);

const historyEntry = fc.record({
  at: fc.oneof(
    fc.constantFrom("2026-06-01T11:59:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"),
    hostileText,
  ),
  execution: hostileText,
  cause: hostileText,
  action: fc.oneof(fc.constantFrom("restart", "rollback", "none"), hostileText),
  outcome: fc.oneof(fc.constantFrom("RolledBack", "Unresolved", "Recovered"), hostileText),
});
export const hostileLease: Arbitrary<Lease> = fc
  .tuple(
    object<Lease>(
      some({
        holderIdentity: hostileText,
        leaseDurationSeconds: int32,
        acquireTime: moment,
        renewTime: moment,
        leaseTransitions: int32,
      }),
      some({}),
    ),
    fc.oneof(
      hostileText,
      fewOrMany(historyEntry).map((entries) => JSON.stringify(entries)),
      fc.json(),
      fc.constant(undefined),
    ),
  )
  .map(([lease, history]) => ({
    ...lease,
    metadata: {
      ...lease.metadata,
      annotations: {
        ...lease.metadata?.annotations,
        ...(history === undefined ? {} : { "eks-remediation/history": history }),
      },
    },
  }));
